import Glibc

/// Standard input and output as lines.
public enum LineStream {
  /// The next line of standard input; nil at its end.
  public static func read() -> [UInt8]? { readLine().map { Array($0.utf8) } }

  /// Writes a line to standard output; ends the process where nobody reads it.
  public static func write(_ line: [UInt8]) {
    let bytes = line + [UInt8(ascii: "\n")]
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      guard written > 0 else { exit(1) }
      rest = rest.dropFirst(written)
    }
  }

  /// The lines of a file, such as one of /proc, whose size is not known beforehand; none where it cannot be read.
  public static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var (line, capacity, lines) = (nil as UnsafeMutablePointer<CChar>?, 0, [String]())
    defer { free(line) }
    while getline(&line, &capacity, file) > 0 { lines.append(line.map { String(cString: $0) } ?? "") }
    return lines
  }
}
