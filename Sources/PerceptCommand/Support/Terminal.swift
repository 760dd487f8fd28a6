import FoundationEssentials
@preconcurrency import Glibc
import Percept
import Synchronization

/// Results on standard output, everything else on standard error.
enum Terminal {
  /// A line of the result.
  static func print(_ line: String) {
    fputs(printable(line) + "\n", stdout)
  }

  /// A result for machines: one JSON object on one line, keys sorted, numbers that round-trip.
  static func print(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A line about the work, not of the result.
  static func note(_ line: String) {
    statusLine.withLock { status in
      _ = fputs((status.isEmpty ? "" : erase) + printable(line) + "\n" + status, stderr)
    }
  }

  /// What stands at the bottom of the terminal and is drawn over again.
  private static let statusLine = Mutex("")
  private static let erase = "\r\u{1B}[K"

  /// Whether there is a terminal on which a line can be drawn over again.
  static var isAnimated: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// How many characters a line has.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Shows a line at the bottom, in place of the last; none where it is empty. Only where ``isAnimated``. What does not fit is cut
  /// off: a line that wraps could not be drawn over.
  static func showStatus(_ line: String) {
    let line = String(line.prefix(columns - 1))
    statusLine.withLock { status in
      guard line != status else { return }
      fputs(erase + line, stderr)
      status = line
    }
  }

  /// Something that the user should know about the result.
  static func warn(_ sentence: String) {
    note("Warning: \(sentence)")
  }

  /// Opens /dev/null where standard input, output or error are closed: otherwise the next file opened would take their
  /// place and be read or written by mistake.
  static func ensureStreams() {
    for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Goes on where nobody reads any more what is printed: what takes long is not lost by `| head`.
  static func ignoreClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Brings everything printed to its destination.
  ///
  /// - Throws: `FileError` when it does not arrive, on a full disk for example.
  static func flush() throws {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else {
      throw FileError("standard output", .unwritable(String(cString: strerror(errno))))
    }
  }

  /// A counter that moves in place on a terminal and is silent elsewhere.
  static func counter(_ label: String, isQuiet: Bool) -> (@Sendable (Int, Int) -> Void)? {
    guard !isQuiet, isAnimated else { return nil }
    return { done, total in
      let percent = 100 * done / max(total, 1)
      showStatus(done == total ? "" : "\(label) \(percent) % of \(total)")
    }
  }
}
