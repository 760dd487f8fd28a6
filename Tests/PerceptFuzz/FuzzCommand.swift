import ArgumentParser
import PerceptIO
import PerceptPlatform
import PerceptTestSupport

/// Reads randomly changed inputs with each reader, in processes of their own, and reports those that end a process.
@main
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Read randomly changed files with each reader. See Tests/PerceptFuzz/README.md.")

  @Argument(help: "A target, or all: \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
  var name: String

  @Argument(help: "The number of inputs.")
  var count = 2000

  @Argument(help: "The seed. Equal seeds give equal inputs.")
  var seed: UInt64 = 1

  @Option(help: "The index of the first input.")
  var first = 0

  @Option(help: "Read only this file, in this process.")
  var file: String?

  @Option(help: ArgumentHelp("Read the inputs in this process, with a folder for its files.", visibility: .hidden))
  var folder: String?

  /// The number of inputs that one process reads.
  private static let batch = 200

  func run() throws {
    let targets = FuzzTarget.all.filter { name == "all" || name == $0.name }
    guard !targets.isEmpty, count >= 0, first >= 0 else {
      throw ValidationError("There is no such target, or a number is negative.")
    }
    var faults = 0
    for (name, make) in targets {
      if let folder {
        try Batch.run(FuzzInputs(name, try make(folder), seed: seed), first..<first + count, folder: folder)
        continue
      }
      let files = try TemporaryFolder()
      let target = try make(files.path)
      if let file {
        print(try target.accepts(FileSystem.read(file)) ? "accepted" : "refused")
      } else {
        faults += try report(on: FuzzInputs(name, target, seed: seed), files)
        fflush(nil)
      }
      withExtendedLifetime(files) {}
    }
    if faults > 0 { throw ExitCode.failure }
  }

  /// Reads all inputs in batches. After an input that ends its process, the next process goes on with the one after it.
  private func report(on inputs: FuzzInputs, _ files: TemporaryFolder) throws -> Int {
    var (next, accepted, faults, peak, slowest) = (first, 0, 0, 0, (seconds: 0.0, index: 0))
    let start = ContinuousClock.now
    while next < first + count {
      let end = min(next + Self.batch, first + count)
      let fault = try Batch.fault(
        of: [inputs.name, "\(end - next)", "\(seed)", "--first", "\(next)", "--folder", files.path], in: files)
      let progress = try Batch.finalProgress(in: files)
      accepted += progress.accepted
      peak = max(peak, progress.peak)
      if progress.slowest.seconds > slowest.seconds { slowest = progress.slowest }
      next = end
      if let fault {
        faults += 1
        next = progress.index + 1
        try report(fault, at: progress.index, of: inputs)
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "\(inputs.name): \(count) inputs, \(accepted) accepted, \(faults) faults, \(Int(seconds)) s, "
        + "at most \(peak >> 20) MiB, slowest \(Int(slowest.seconds * 1000)) ms (index \(slowest.index))")
    return faults
  }

  private func report(_ fault: String, at index: Int, of inputs: FuzzInputs) throws {
    let path = ".build/fuzz/\(inputs.name)-\(seed)-\(index)"
    _ = FileSystem.makePrivateFolder(FileSystem.folder(of: path))
    try FileSystem.write(inputs[index], to: path, replacing: true)
    print("FAULT in \(path): \(fault); again with: scripts/fuzz \(inputs.name) 1 \(seed) --first \(index)")
  }
}
