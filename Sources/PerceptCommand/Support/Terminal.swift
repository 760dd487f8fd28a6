import FoundationEssentials
@preconcurrency import Glibc
import Percept
import Synchronization

/// The output of the program: results on standard output, everything else on standard error.
enum Terminal {
  static func print(_ line: String) {
    fputs(printable(line) + "\n", stdout)
  }

  /// Prints a result as one JSON object on one line, with sorted keys and numbers that round-trip.
  static func print(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Prints a line that is not part of the result to standard error.
  static func note(_ line: String) {
    statusLine.withLock { status in
      _ = fputs((status.isEmpty ? "" : erase) + printable(line) + "\n" + status, stderr)
    }
  }

  /// The status line at the bottom of the terminal, which is redrawn in place.
  private static let statusLine = Mutex("")
  private static let erase = "\r\u{1B}[K"

  /// Whether standard error is a terminal that can redraw a line.
  static var isAnimated: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// The terminal's width in characters; 80 if it is unknown.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Replaces the status line; empty removes it. Callers check ``isAnimated``. Truncates: a wrapped line cannot be redrawn.
  static func showStatus(_ line: String) {
    let line = String(line.prefix(columns - 1))
    statusLine.withLock { status in
      guard line != status else { return }
      fputs(erase + line, stderr)
      status = line
    }
  }

  static func warn(_ sentence: String) {
    note("Warning: \(sentence)")
  }

  /// Opens /dev/null for each closed standard stream. Otherwise, the next file that is opened would get its descriptor.
  static func ensureStreams() {
    for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Ignores SIGPIPE, so that a long-running command does not end when its output is no longer read, as with `| head`.
  static func ignoreClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Flushes standard output. Throws `FileError` if it cannot be written, for example because the disk is full.
  static func flush() throws {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else {
      throw FileError("standard output", .unwritable(String(cString: strerror(errno))))
    }
  }

  /// Returns a function that shows completed items and their total in the status line; nil if quiet or not ``isAnimated``.
  static func counter(_ label: String, isQuiet: Bool) -> (@Sendable (Int, Int) -> Void)? {
    guard !isQuiet, isAnimated else { return nil }
    return { done, total in
      let percent = 100 * done / max(total, 1)
      showStatus(done == total ? "" : "\(label) \(percent) % of \(total)")
    }
  }
}
