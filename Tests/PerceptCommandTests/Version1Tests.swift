import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

/// Model files and a checkpoint of version 0.1.0, which wrote format version 1. See Fixtures/version1/make.py.
@Suite("Compatibility with version 1")
struct Version1Tests {
  /// The flags of each training, by the name of its model file, as in `make.py`.
  static let trainings = [
    "momentum": """
    --learning-rate 0.05 --iterations 60 --optimizer momentum --momentum 0.8 --schedule step --warm-up 0.1 \
    --l2 0.01 --class-weights 1,2 --label-smoothing 0.1 --form primal
    """,
    "automatic": "--iterations 50 --optimizer nesterov",
    "lbfgs": "--iterations 20 --optimizer lbfgs --scale standardize --l2 0.1",
    "hidden": "--hidden 3 --epochs 6 --batch-size 4 --augment mirror,rotate:5 --patience 3 --schedule cosine",
    "l1": "--learning-rate 0.05 --iterations 30 --l1 0.01",
  ]

  /// The tensors and the training record in a model file.
  struct Model {
    let tensors: [String: [UInt8]]
    let formatVersion: Int?
    let training: [String: Any]

    var costs: [Double] { training["costs"] as? [Double] ?? [] }

    /// The numbers of all tensors, which are Float64, and the costs.
    var numbers: [Double] {
      tensors.sorted { $0.key < $1.key }.flatMap { _, bytes in
        stride(from: 0, to: bytes.count, by: 8).map { offset in
          Double(bitPattern: bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
      } + costs
    }

    init(_ path: String) throws {
      let bytes = try FileSystem.read(path)
      let start = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      var header = try json(String(decoding: bytes[8..<start], as: UTF8.self))
      let metadata = try #require(header.removeValue(forKey: "__metadata__") as? [String: String])
      // Version 1 did not record the images that the model has seen.
      tensors = try header.filter { !$0.key.hasPrefix("seen.") }.mapValues { tensor in
        let offsets = try #require((tensor as? [String: Any])?["data_offsets"] as? [Int])
        return Array(bytes[start + offsets[0]..<start + offsets[1]])
      }
      let percept = try json(try #require(metadata["percept"]))
      formatVersion = percept["formatVersion"] as? Int
      training = try #require(percept["training"] as? [String: Any])
    }
  }

  let percept = Program.percept
  let fixtures = FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures/version1")
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func fixture(_ name: String) -> String { FileSystem.path(fixtures, name) }

  /// Runs the training of a name, as `make.py` does, with further flags.
  func train(_ name: String, _ further: String...) throws -> Program.Result {
    let flags = try #require(Self.trainings[name]).split(separator: " ").map(String.init)
    let common = ["--image-size", "6", "--seed", "3", "--test-fraction", "0.25", "--no-cache", "--quiet"]
    // Version 1 did not center features in batches.
    let scale = name == "hidden" ? ["--scale", "unit"] : []
    return try percept(
      ["train", fixture("images")] + scale + flags + common + further + ["-o", name + ".safetensors"], in: folder)
  }

  /// Checks that the model that a training wrote has the weights and the costs of the fixture.
  ///
  /// Version 1 rounded sums of the primal form to Float64 and Float32. In batches, OpenBLAS computes in Float32, with
  /// rounding errors that depend on the processor.
  func expectSame(_ name: String) throws {
    let (new, old) = (try Model(folder.path(name + ".safetensors")), try Model(fixture(name + ".safetensors")))
    #expect(old.formatVersion == 1 && new.formatVersion == 2)
    #expect(!old.tensors.isEmpty && !old.costs.isEmpty && new.tensors.keys == old.tensors.keys)
    #expect(new.numbers.count == old.numbers.count && new.costs.count == old.costs.count)
    let difference = zip(new.numbers, old.numbers).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference < 1e-6, "\(name): \(difference)")
  }

  @Test("the trainings are those of make.py")
  func flags() throws {
    let script = String(decoding: try FileSystem.read(fixture("make.py")), as: UTF8.self)
    // A long text continues on the next line of the script.
    let joined = script.replacing(#/" *\n *"/#, with: "")
    for (name, flags) in Self.trainings { #expect(joined.contains("\"\(name)\": \"\(flags)\",")) }
    let models = try FileSystem.names(inFolder: fixtures).filter { $0.hasSuffix(".safetensors") }
    #expect(Set(models) == Set(Self.trainings.keys.map { $0 + ".safetensors" }))
  }

  @Test(
    "a model file of version 1 classifies as many images correctly as its record says",
    arguments: trainings.keys.sorted())
  func predict(name: String) throws {
    let scores = try #require(Model(fixture(name + ".safetensors")).training["scores"] as? [String: [String: Any]])
    let correct = scores.values.compactMap { $0["correct"] as? Int }.reduce(0, +)
    let evaluated = try percept("evaluate", fixture(name + ".safetensors"), fixture("images"), "--json", in: folder)
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let evaluation = try json(evaluated.output)
    #expect(evaluation["count"] as? Int == 16 && evaluation["correct"] as? Int == correct)
    let images = ["images/a/0.png", "images/b/0.png"].map(fixture)
    let predicted = try percept(["predict", fixture(name + ".safetensors")] + images, in: folder)
    #expect(predicted.status == 0 && predicted.lines.count == 2, "\(predicted.errors)")
  }

  @Test("a training with the flags of version 1 writes the same weights and costs", arguments: trainings.keys.sorted())
  func same(name: String) throws {
    let result = try train(name)
    #expect(result.status == 0, "\(result.errors)")
    try expectSame(name)
  }

  @Test("a training resumes from a checkpoint of version 1, with the same weights and costs")
  func resume() throws {
    let checkpoint = try FileSystem.read(fixture("momentum.safetensors.checkpoint"))
    try folder.write(checkpoint, to: "momentum.safetensors.checkpoint")
    let result = try train("momentum", "--resume", "--cost-every", "1", "--log", "log.jsonl")
    #expect(result.status == 0, "\(result.errors)")
    try expectSame("momentum")
    let log = try FileSystem.read(folder.path("log.jsonl")).split(separator: UInt8(ascii: "\n"))
    let iterations = try log.map { try json(String(decoding: $0, as: UTF8.self))["iteration"] as? Int }
    #expect(iterations == Array(56..<60), "only the iterations after the checkpoint ran")
    #expect(FileSystem.kind(of: folder.path("momentum.safetensors.checkpoint")) == nil)
  }

  @Test("a checkpoint of version 1 with another L2 penalty is refused, and the difference is named")
  func other() throws {
    let checkpoint = try FileSystem.read(fixture("momentum.safetensors.checkpoint"))
    try folder.write(checkpoint, to: "momentum.safetensors.checkpoint")
    let result = try train("momentum", "--resume", "--l2", "0.02")
    #expect(result.status == 64)
    #expect(result.errors.contains("(L2 was 0.01, is 0.02)"), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("momentum.safetensors")) == nil)
    #expect(try FileSystem.read(folder.path("momentum.safetensors.checkpoint")) == checkpoint)
  }
}
