import Foundation
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

/// Every command that evaluates a model leaves out the images that the model has seen, and all commands give one number.
@Suite("Evaluation on unseen images")
struct UnseenImagesTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  /// The number of images evaluated on, and the number of correct predictions.
  struct Count: Equatable {
    var correct: Int
    var count: Int
  }

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("photos/a", 30), ("photos/b", 20)])
    // Wrong labels, so that the accuracy is neither 0 nor 1 and differs between seen and unseen images.
    for number in 0..<8 { try move("photos/a/000\(number).png", "photos/b/from-a-\(number).png") }
    for number in 0..<6 { try move("photos/b/000\(number).png", "photos/a/from-b-\(number).png") }
  }

  func move(_ from: String, _ to: String) throws {
    try FileManager.default.moveItem(atPath: folder.path(from), toPath: folder.path(to))
  }

  /// Trains a model and returns the object that `--json` prints.
  func train(_ data: String, _ options: String...) throws -> [String: Any] {
    let result = try percept(
      ["train", data, "-o", "m.safetensors", "--image-size", "12", "--force", "--json", "--quiet"] + options, in: folder
    )
    #expect(result.status == 0, "\(result.errors)")
    return try json(result.output)
  }

  func count(_ object: Any?) throws -> Count {
    let object = try #require(object as? [String: Any])
    return Count(correct: try #require(object["correct"] as? Int), count: try #require(object["count"] as? Int))
  }

  /// Returns the numbers of a sentence that `pattern` captures.
  func count(in text: String, _ pattern: Regex<(Substring, Substring, Substring)>) throws -> Count {
    let match = try #require(text.firstMatch(of: pattern), "\(text.prefix(300))")
    return Count(correct: try #require(Int(match.1)), count: try #require(Int(match.2)))
  }

  /// Expects that all commands evaluate the model on the same images with the same result, and returns that.
  func evaluated(_ data: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Count {
    let result = try percept("evaluate", "m.safetensors", data, "--json", in: folder)
    #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    let wanted = try count(json(result.output))
    let text = try percept("evaluate", "m.safetensors", data, in: folder)
    let line = try #require(text.lines.first { $0.hasPrefix("accuracy: ") }, sourceLocation: sourceLocation)
    #expect(try count(in: line, /\((\d+) of (\d+)/) == wanted, sourceLocation: sourceLocation)
    #expect(
      try percept("report", "m.safetensors", data, "-o", "r.html", "--force", in: folder).status == 0,
      sourceLocation: sourceLocation)
    let report = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    #expect(
      try count(in: report, /(\d+) of (\d+) images are classified correctly/) == wanted, sourceLocation: sourceLocation)
    let figure = try self.figure("misclassified", data)
    let wrong = try count(in: figure, /Misclassified: (\d+) of (\d+)/)
    #expect(
      Count(correct: wrong.count - wrong.correct, count: wrong.count) == wanted, sourceLocation: sourceLocation)
    let matrix = try self.figure("confusion", data)
    let rows = matrix.matches(of: /: (\d+) of (\d+) correct/).compactMap { match in
      Int(match.1).flatMap { correct in Int(match.2).map { Count(correct: correct, count: $0) } }
    }
    #expect(
      rows.reduce(0) { $0 + $1.correct } == wanted.correct && rows.reduce(0) { $0 + $1.count } == wanted.count,
      sourceLocation: sourceLocation)
    #expect(try !self.figure("evaluation", data).isEmpty, sourceLocation: sourceLocation)
    return wanted
  }

  func figure(_ name: String, _ data: String) throws -> String {
    let result = try percept("figure", name, "m.safetensors", data, "-o", "f.svg", "--force", "--quiet", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return String(decoding: try FileSystem.read(folder.path("f.svg")), as: UTF8.self)
  }

  @Test("on a folder that is not split, all commands evaluate on the test split of the training")
  func unsplitFolder() throws {
    let trained = try train("photos")
    let expected = try count(trained["test"])
    #expect(expected.count == 10 && expected.correct < 10)
    #expect(try evaluated("photos") == expected)
    let object = try json(percept("evaluate", "m.safetensors", "photos", "--json", in: folder).output)
    #expect(object["seen"] as? [String: Int] == ["training": 40, "validation": 0])
    let text = try percept("evaluate", "m.safetensors", "photos", in: folder)
    #expect(text.lines.first == "images: Left out 40 of 50 images that the model was trained on.")
    let report = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    #expect(report.contains("Correct answers: training 40 of 40, test "))
    #expect(report.contains("The model overfits: 100.0\u{A0}% of the training images are classified correctly"))
  }

  @Test("validation images count as seen")
  func validation() throws {
    let trained = try train("photos", "--patience", "3", "--iterations", "50")
    #expect(try evaluated("photos") == count(trained["test"]))
    let object = try json(percept("evaluate", "m.safetensors", "photos", "--json", in: folder).output)
    #expect(object["seen"] as? [String: Int] == ["training": 32, "validation": 8])
  }

  @Test("in a folder that has grown, the new images are evaluated too")
  func grown() throws {
    let expected = try count(train("photos")["test"])
    try folder.addImages([("photos/a", 3), ("photos/b", 0)], seed: 7)
    for number in 0..<3 { try move("photos/a/000\(number).png", "photos/a/new-\(number).png") }
    let now = try evaluated("photos")
    #expect(now.count == expected.count + 3 && now.correct >= expected.correct)
  }

  @Test("renamed and moved files and a CSV file of them are recognized")
  func renamed() throws {
    let expected = try count(train("photos")["test"])
    var rows = ["file,label"]
    for name in ["a", "b"] {
      for (number, file) in try FileSystem.names(inFolder: folder.path("photos/\(name)")).sorted().enumerated() {
        rows.append("photos/\(name)/\(file),\(name)")
        try folder.makeFolder("other/\(name)/sub")
        try FileManager.default.copyItem(
          atPath: folder.path("photos/\(name)/\(file)"), toPath: folder.path("other/\(name)/sub/x\(number)"))
      }
    }
    try folder.write(Array(rows.joined(separator: "\n").utf8), to: "list.csv")
    #expect(try evaluated("list.csv") == expected)
    #expect(try evaluated("other") == expected)
  }

  @Test("IDX images are recognized, gzipped or not, and after converting the data to another size")
  func idx() throws {
    let (count, side) = (60, 6)
    var images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side)]
    var labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, UInt8(count)]
    for index in 0..<count {
      let pixels = TestImages.sided(index % 2, seed: UInt64(index), side: side).pixels
      images += stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
      let isWrong = index % 7 == 0
      labels.append(UInt8(isWrong ? 1 - index % 2 : index % 2))
    }
    try folder.write(images, to: "idx/images-idx3-ubyte")
    try folder.write(labels, to: "idx/labels-idx1-ubyte")
    let trained = try percept(
      "train", "idx", "-o", "m.safetensors", "--image-size", "5", "--json", "--quiet", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let expected = try self.count(json(trained.output)["test"])
    #expect(try evaluated("idx") == expected)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = [folder.path("idx/images-idx3-ubyte"), folder.path("idx/labels-idx1-ubyte")]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try evaluated("idx") == expected)
  }

  @Test("a model that was trained on all images has no accuracy, and --min-accuracy fails")
  func noTestSplit() throws {
    let trained = try train("photos", "--test-fraction", "0", "--report", "t.html")
    #expect(trained["test"] == nil)
    let result = try percept("evaluate", "m.safetensors", "photos", in: folder)
    let reason = "The model was trained on all 50 images, so the accuracy on new images is unknown."
    #expect(result.status == 0 && result.lines == ["images: \(reason)"])
    let object = try json(percept("evaluate", "m.safetensors", "photos", "--json", in: folder).output)
    #expect(object["accuracy"] is NSNull && object["count"] as? Int == 0 && object["note"] as? String == reason)
    let gate = try percept("evaluate", "m.safetensors", "photos", "--min-accuracy", "0.1", in: folder)
    #expect(gate.status == 1)
    #expect(gate.errors == "Error: --min-accuracy cannot be checked. \(reason) Evaluate it on other images.\n")
    for name in ["misclassified", "confusion", "evaluation"] {
      let figure = try percept("figure", name, "m.safetensors", "photos", in: folder)
      #expect(figure.status == 65 && figure.errors.contains(reason))
    }
    #expect(try percept("report", "m.safetensors", "photos", "-o", "r.html", "--quiet", in: folder).status == 0)
    for name in ["r.html", "t.html"] {
      let report = String(decoding: try FileSystem.read(folder.path(name)), as: UTF8.self)
      #expect(report.contains(reason) && !report.contains("images are classified correctly"))
    }
  }

  @Test("without a record of the seen images, a model has no headline and passes no threshold unless told so")
  func unknown() throws {
    let fixture = FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures/version1/automatic.safetensors")
    try FileManager.default.copyItem(atPath: fixture, toPath: folder.path("m.safetensors"))
    for _ in 0..<2 {
      let result = try percept("evaluate", "m.safetensors", "photos", "--min-accuracy", "0.1", in: folder)
      #expect(result.status == 1 && result.errors.contains("--assume-unseen"))
      #expect(result.lines.first?.contains("It is unknown which images the model was trained on") == true)
      #expect(!result.output.contains("accuracy: ") && !result.output.contains("verdict"))
      let object = try json(percept("evaluate", "m.safetensors", "photos", "--json", in: folder).output)
      #expect(object["seen"] is NSNull && object["verdict"] == nil && object["count"] as? Int == 50)
      #expect(object["accuracy"] is NSNull && object["interval"] is NSNull && object["correct"] is Int)
      let assumed = try percept(
        "evaluate", "m.safetensors", "photos", "--min-accuracy", "0.1", "--assume-unseen", in: folder)
      #expect(assumed.status == 0 && assumed.output.hasPrefix("accuracy: "))
      #expect(
        try percept("report", "m.safetensors", "photos", "-o", "r.html", "--force", "--quiet", in: folder).status == 0)
      let report = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
      #expect(report.contains("It is unknown which images the model was trained on"))
      let figure = try percept(
        "figure", "confusion", "m.safetensors", "photos", "-o", "f.svg", "--force", "--quiet", in: folder)
      #expect(figure.status == 0 && figure.errors.contains("It is unknown"))
      // Then the same for a model of this version. The report on the training itself knows what was seen.
      _ = try train("photos", "--no-seen", "--report", "t.html")
    }
    let report = String(decoding: try FileSystem.read(folder.path("t.html")), as: UTF8.self)
    #expect(report.contains(" of 10 images are classified correctly"))
  }

  @Test("exact copies of training images are left out of the test split, also if the data is split")
  func copies() throws {
    try folder.addImages([("split/train/a", 10), ("split/train/b", 10), ("split/test/a", 4), ("split/test/b", 4)])
    for number in 0..<3 {
      try FileManager.default.copyItem(
        atPath: folder.path("split/train/a/000\(number).png"), toPath: folder.path("split/test/a/copy-\(number).png"))
    }
    let result = try percept("train", "split", "-o", "m.safetensors", "--image-size", "12", in: folder)
    #expect(
      result.errors.contains(
        "Left out of the test split: 3 images (such as split/test/a/copy-0.png) that are exact copies of images in the "
          + "training split.\n"))
    #expect(result.output.contains("(8 of 8"))
    let object = try json(percept("evaluate", "m.safetensors", "split", "--json", in: folder).output)
    #expect(try count(object).count == 8 && object["seen"] as? [String: Int] == ["training": 3, "validation": 0])
  }

  @Test("--continue keeps what the first model has seen, and draws no test images from it")
  func continued() throws {
    let expected = try count(train("photos")["test"])
    try move("m.safetensors", "first.safetensors")
    let second = try train("photos", "--continue", "first.safetensors", "--seed", "5", "--iterations", "10")
    #expect(try count(second["test"]).count == expected.count)
    #expect(try evaluated("photos").count == expected.count)
    // Data that is split differently: its test split has images that the first model has seen.
    var rows = ["file,label,split"]
    for name in ["a", "b"] {
      for (number, file) in try FileSystem.names(inFolder: folder.path("photos/\(name)")).sorted().enumerated() {
        rows.append("photos/\(name)/\(file),\(name),\(number % 2 == 0 ? "train" : "test")")
      }
    }
    try folder.write(Array(rows.joined(separator: "\n").utf8), to: "split.csv")
    let third = try percept(
      "train", "split.csv", "-o", "third.safetensors", "--continue", "first.safetensors", "--image-size", "12",
      in: folder)
    #expect(third.status == 0, "\(third.errors)")
    #expect(third.errors.contains("that the model of --continue was trained on."))
    let test = try json(percept("evaluate", "first.safetensors", "split.csv", "--json", in: folder).output)
    #expect(third.output.contains(" of \(try count(test).count);"))
  }

  @Test("two models are compared on the images that both have not seen")
  func compare() throws {
    _ = try train("photos")
    try move("m.safetensors", "first.safetensors")
    _ = try train("photos", "--seed", "5")
    let object = try json(
      percept("evaluate", "m.safetensors", "photos", "--compare", "first.safetensors", "--json", in: folder).output)
    let both = try count(object)
    #expect(both.count < 10)
    #expect(try count((object["comparison"] as? [String: Any])?["score"]).count == both.count)
    let all = try percept("evaluate", "m.safetensors", "photos", "--compare", "all.safetensors", in: folder)
    #expect(all.status == 66)
    _ = try train("photos", "--no-seen", "--seed", "5")
    let unknown = try percept("evaluate", "first.safetensors", "photos", "--compare", "m.safetensors", in: folder)
    #expect(unknown.lines.first?.hasPrefix("images: It is unknown which images the models were trained on,") == true)
    #expect(unknown.lines[1].hasPrefix("correct: ") && unknown.lines[1].contains(" of 10)"))
    // The flag is about the model without a record; the images of the other one are left out.
    let assumed = try percept(
      "evaluate", "first.safetensors", "photos", "--compare", "m.safetensors", "--assume-unseen", in: folder)
    #expect(assumed.lines.first == "images: Left out 40 of 50 images that the models were trained on.")
  }

  @Test("near copies of training images are reported, and dropped, by train and evaluate alike")
  func nearCopies() throws {
    try folder.addImages([("near/a", 12), ("near/b", 12)], side: 64)
    for name in ["a", "b"] {
      for number in 10..<12 {
        let image = try Image(contentsOf: folder.path("near/\(name)/00\(number).png"))
        try folder.write(image.encodedJPEG(), to: "near/\(name)/copy-\(number).jpg")
      }
    }
    for flags in [[], ["--drop-leaks"]] {
      let trained = try percept(
        ["train", "near", "-o", "n.safetensors", "--force", "--json", "--quiet", "--seed", "3"] + flags, in: folder)
      let evaluated = try percept(["evaluate", "n.safetensors", "near", "--json", "--quiet"] + flags, in: folder)
      #expect(try count(json(trained.output)["test"]) == count(json(evaluated.output)))
      #expect(trained.errors == evaluated.errors)
      #expect(trained.errors.isEmpty == !flags.isEmpty, "\(trained.errors)")
    }
  }

  @Test("explain says whether the model was trained on the image")
  func explain() throws {
    let expected = try count(train("photos")["test"])
    let names = try ["a", "b"].flatMap { name in
      try FileSystem.names(inFolder: folder.path("photos/\(name)")).map { "photos/\(name)/\($0)" }
    }
    let result = try percept(["explain", "m.safetensors"] + names, in: folder)
    let remark = "The model was trained on this image, so its probability says little about new images."
    #expect(result.lines.count { $0.contains(remark) } == names.count - expected.count)
    let bytes = try FileSystem.read(folder.path(names[0]))
    let object = try json(percept("explain", "m.safetensors", "-", "--json", in: folder, input: bytes).output)
    #expect(object["seen"] is NSNull || object["seen"] as? String == "train")
  }

  @Test("explain finds the training images in the data by itself")
  func influence() throws {
    _ = try train("photos", "--seed", "3", "--test-fraction", "0.3")
    let result = try percept("explain", "m.safetensors", "photos/a/0009.png", "--data", "photos", in: folder)
    #expect(result.status == 0 && result.output.contains("training images with the most influence"))
    #expect(!result.errors.contains("no training influence"))
  }
}
