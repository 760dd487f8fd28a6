import PerceptPlatform
import Testing

/// Measures resident memory with `/proc/self`.
enum PeakMemory {
  /// Returns by how many bytes the peak during a call exceeds the memory before it. Other tests that run at the same time
  /// count as well.
  static func growth(during body: () throws -> Void) throws -> Int {
    try resetPeak()
    let before = try value(of: "VmRSS:")
    try body()
    return try value(of: "VmHWM:") - before
  }

  private static func resetPeak() throws {
    let file = try #require(fopen("/proc/self/clear_refs", "w"))
    fputs("5", file)
    fclose(file)
  }

  /// Reads a number of kilobytes.
  private static func value(of key: String) throws -> Int {
    let file = try #require(fopen("/proc/self/status", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let words = line.withUnsafeBufferPointer { line in
        String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }.split(whereSeparator: \.isWhitespace)
      if words.first == key[...] { return try #require(words.dropFirst().first.flatMap { Int($0) }) << 10 }
    }
    throw CancellationError()
  }
}
