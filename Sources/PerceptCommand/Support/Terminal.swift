import FoundationEssentials
import Percept
@preconcurrency import PerceptPlatform
import Synchronization

/// The output of the program: results on standard output, everything else on standard error.
enum Terminal {
  /// Whether nothing is printed: in a cluster, ranks other than 0 print only errors.
  static var isSilent: Bool {
    get { silence.withLock { $0 } }
    set { silence.withLock { $0 = newValue } }
  }
  private static let silence = Mutex(false)

  static func print(_ line: String) { write(printable(line)) }

  /// Prints help, or another text of the parser, as it is. It contains nothing that the user or the data chooses.
  static func printHelp(_ text: String) { write(text) }

  /// Prints a result as one JSON object on one line, with sorted keys and numbers that round-trip. Scalars that are
  /// unsafe on a terminal are escaped as in JSON, so the value stays the same.
  static func print(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    write(String(decoding: terminalSafe(json: Array(try encoder.encode(value))), as: UTF8.self))
  }

  /// Prints a row of a CSV file. For a program that reads it, texts stay as they are; on a terminal, they are escaped.
  static func print(csv fields: [String]) {
    let row = LabelFile.csvRow(fields)
    write(isOutputTerminal ? printable(row) : row)
  }

  /// Whether results are printed to a terminal instead of a file or a pipe. Open MPI reads them from a pseudoterminal, whose
  /// other end is unknown: they are printed as to a file.
  static var isOutputTerminal: Bool { Cluster.current == nil && isatty(STDOUT_FILENO) == 1 }

  /// The `errno` of the first failure to write standard output; 0 if there was none.
  private static let failure = Mutex<Int32>(0)

  private static func write(_ line: String) {
    if isSilent { return }
    if fputs(line + "\n", stdout) == EOF { recordFailure() }
  }

  private static func recordFailure() {
    let code = errno
    failure.withLock { if $0 == 0 { $0 = code } }
  }

  /// Prints a line that is not part of the result to standard error.
  static func note(_ line: String) {
    if isSilent { return }
    statusLine.withLock { status in
      _ = fputs((status.isEmpty ? "" : erase) + printable(line) + "\n" + status, stderr)
    }
  }

  /// The status line at the bottom of the terminal, which is redrawn in place.
  private static let statusLine = Mutex("")
  private static let erase = "\r\u{1B}[K"

  /// Whether standard error is a terminal that can redraw a line.
  static var isAnimated: Bool {
    !isSilent && isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// The terminal's width in characters; 80 if it is unknown.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Replaces the status line; empty removes it. Callers check ``isAnimated``. Truncates: a wrapped line cannot be redrawn.
  static func showStatus(_ line: String) {
    let line = String(printable(line).prefix(columns - 1))
    statusLine.withLock { status in
      guard line != status else { return }
      fputs(erase + line, stderr)
      status = line
    }
  }

  static func warn(_ sentence: String) {
    note("Warning: \(sentence)")
  }

  /// Opens /dev/null for each closed standard stream. Otherwise, the next file that is opened would get its descriptor,
  /// and what is printed would be written to it. It is opened for reading, so that writing fails as on a closed stream.
  static func ensureStreams() {
    for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Ignores SIGPIPE, so that a long-running command does not end when its output is no longer read, as with `| head`.
  static func ignoreClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Flushes standard output. Throws `FileError` if anything that was printed cannot be written, for example because
  /// the disk is full or standard output is closed.
  static func flush() throws {
    if fflush(stdout) != 0 { recordFailure() }
    // A network file system may report a full disk only when a file is closed. Standard output itself stays open.
    let copy = dup(STDOUT_FILENO)
    if copy >= 0, close(copy) != 0 { recordFailure() }
    let code = failure.withLock { $0 }
    guard code != 0 else { return }
    let reason = code == EBADF ? "it is not open for writing" : String(cString: strerror(code))
    throw FileError("standard output", .unwritable(reason))
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
