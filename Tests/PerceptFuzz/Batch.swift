import Foundation
import PerceptIO
import PerceptPlatform
import PerceptTestSupport

/// Inputs that one process reads one after the other. It writes its progress into a file, which tells the process that
/// waits for it which input it was reading when it ended.
struct Batch {
  /// What a process has done so far. It is written to a file as it is in memory.
  struct Progress {
    /// The index of the current input.
    var index = 0
    var accepted = 0
    /// The largest resident memory so far, in bytes.
    var peak = 0
    /// The longest time for one input, in seconds, and its index.
    var slowest = (seconds: 0.0, index: 0)
  }

  /// The limits for one input.
  static let (longest, largest) = (UInt32(5), 1 << 30)

  static func progress(in folder: String) -> String { FileSystem.path(folder, "progress") }

  /// Reads the inputs at some indices in this process. Throws if one of them shows a fault.
  static func run(_ inputs: FuzzInputs, _ indices: Range<Int>, folder: String) throws {
    let file = open(progress(in: folder), O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else { throw FileError(folder, .unwritable(String(cString: strerror(errno)))) }
    defer { close(file) }
    var progress = Progress()
    func save() { _ = withUnsafeBytes(of: progress) { pwrite(file, $0.baseAddress, $0.count, 0) } }
    for index in indices {
      progress.index = index
      save()
      let input = inputs[index]
      alarm(longest)  // ends the process
      let start = ContinuousClock.now
      if try inputs.target.accepts(input) { progress.accepted += 1 }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      alarm(0)
      if seconds > progress.slowest.seconds { progress.slowest = (seconds, index) }
      progress.peak = peakMemory()
      try require(progress.peak <= largest, "it takes \(progress.peak >> 20) MiB of memory")
    }
    save()
  }

  private static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss << 10
  }

  /// Runs this program with arguments. Returns how it ended, if it did not succeed.
  static func fault(of arguments: [String], in folder: TemporaryFolder) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    // Codecs write about damaged files to standard error.
    let errors = folder.path("errors")
    try folder.write([], to: "errors")
    process.standardError = FileHandle(forWritingAtPath: errors)
    try FileSystem.remove(progress(in: folder.path))
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_DETERMINISTIC_HASHING": "1", "SWIFT_BACKTRACE": "enable=no"]) { own, _ in own }
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus
    switch process.terminationReason {
    case .exit:
      let lines = try FileSystem.read(errors).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
      return status == 0 ? nil : lines.last ?? "exit code \(status)"
    case .uncaughtSignal: return status == SIGALRM ? "no end after \(longest) s" : "signal \(status)"
    @unknown default: return "unknown end"
    }
  }

  /// Returns the progress of a process that has ended.
  static func finalProgress(in folder: TemporaryFolder) throws -> Progress {
    let bytes = try FileSystem.read(progress(in: folder.path))
    guard bytes.count >= MemoryLayout<Progress>.size else { return Progress() }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: Progress.self) }
  }
}
