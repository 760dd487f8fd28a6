import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

/// Data to draw figures of: a folder or IDX files, the flags that select two classes, and two images.
struct FigureData: CustomTestStringConvertible, Sendable {
  let name: String
  let path: String
  let flags: [String]
  let images: [String]

  /// Flags that make some labels wrong, because the model makes no mistakes on computed images.
  var flagsThatMislead: [String] { flags.isEmpty ? ["--classes", "a=b,b=a"] : flags }

  var testDescription: String { name }

  /// Computed images, and the real images that are available.
  static let all: [FigureData] = {
    var all = [
      FigureData(name: "computed", path: "faces", flags: [], images: ["faces/a/0000.png", "faces/b/0001.png"])
    ]
    if SharedData.isPresent {
      let path = SharedData.path("celeb100")
      all.append(
        FigureData(
          name: "celeb100", path: path, flags: ["--classes", "male,female"],
          images: ["\(path)/test/male/000081.jpg", "\(path)/test/female/000083.jpg"]))
    }
    if FileSystem.kind(of: DocumentedData.fashion) == .folder {
      let images = DocumentedData.fashion + "/t10k-images-idx3-ubyte.gz"
      all.append(
        FigureData(
          name: "Fashion-MNIST", path: DocumentedData.fashion, flags: ["--classes", "1=trouser,3=dress"],
          images: ["\(images)#3", "\(images)#13"]))
    }
    return all
  }()
}

@Suite("percept figure and percept report")
struct FigureCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
  }

  @Test("every figure is drawn as SVG and as PNG", arguments: FigureData.all)
  func everyFigure(data: FigureData) throws {
    let trained = try percept(
      ["train", data.path, "-o", "m.safetensors", "--iterations", "20", "--learning-rate", "0.004"] + data.flags,
      in: folder)
    #expect(trained.status == 0)
    let figures: [(name: String, arguments: [String])] = [
      ("sigmoid", []), ("learning-curve", ["m.safetensors"]),
      ("learning-curve", ["m.safetensors", "m.safetensors", "--log"]),
      ("misclassified", ["m.safetensors", data.path] + data.flagsThatMislead), ("weights", ["m.safetensors"]),
      ("evaluation", ["m.safetensors", data.path] + data.flags),
      ("learned", ["m.safetensors"] + data.images), ("interpolations", [data.images[0]]),
      ("interpolations", [data.images[0], "--method", "sinc", "--side", "100"]),
      ("montage", [data.path, "--limit", "9"] + data.flags),
      ("montage", [data.path, "--model", "m.safetensors", "--limit", "2", "--interpolation", "sinc"] + data.flags),
      ("statistics", [data.path] + data.flags), ("graph", ["m.safetensors"]),
      ("graph", ["m.safetensors", data.images[1]]),
    ]
    for (index, figure) in figures.enumerated() {
      for ending in ["svg", "png"] {
        let file = "\(index).\(ending)"
        let result = try percept(["figure", figure.name] + figure.arguments + ["-o", file], in: folder)
        #expect(result.status == 0 && result.output == file + "\n", "\(figure.name): \(result.errors)")
        let bytes = try FileSystem.read(folder.path(file))
        if ending == "png" {
          let image = try Image(decoding: bytes, named: file)
          #expect(image.width > 80 && Set(image.pixels).count > 5)
        } else {
          #expect(String(decoding: bytes, as: UTF8.self).contains("<title id="))
        }
      }
    }
  }

  @Test("an enlarged image has the pixels that the library returns", arguments: ["nearest", "sinc", "None"])
  func enlarged(method: String) throws {
    let result = try percept(
      "figure", "interpolations", "faces/a/0000.png", "--image-size", "12", "--method", method, "--side", "60", "-o",
      "x.svg",
      in: folder)
    #expect(result.status == 0)
    let small = try Image(contentsOf: folder.path("faces/a/0000.png"))
    let interpolation = try #require(Interpolation(rawValue: method == "None" ? "auto" : method))
    let large = small.enlarged(to: ImageSize(60), by: interpolation)
    let svg = String(decoding: try FileSystem.read(folder.path("x.svg")), as: UTF8.self)
    let base64 = try #require(svg.firstRange(of: "base64,")).upperBound
    #expect(try Image(decoding: decoded(base64: svg[base64...].prefix { $0 != "\"" }), named: "x") == large)
  }

  @Test("interpolations enlarge an image at its own size, and the sigmoid has the proportion of the article")
  func sizes() throws {
    let montage = try percept("figure", "montage", "faces", "--limit", "4", "-o", "m.png", in: folder)
    #expect(montage.status == 0)
    let image = try Image(contentsOf: folder.path("m.png"))
    for (flags, width) in [([], 2 * image.width), (["--side", "60"], 60)] as [([String], Int)] {
      let result = try percept(
        ["figure", "interpolations", "m.png", "--method", "nearest", "-o", "\(width).png"] + flags, in: folder)
      #expect(result.status == 0)
      let enlarged = try Image(contentsOf: folder.path("\(width).png"))
      #expect(enlarged == image.enlarged(to: ImageSize(width), by: .nearest))
    }
    #expect(try percept("figure", "sigmoid", "-o", "s.png", in: folder).status == 0)
    let sigmoid = try Image(contentsOf: folder.path("s.png"))
    #expect(sigmoid.width == 2 * sigmoid.height)
  }

  @Test("the value of the sigmoid is printed as in the article")
  func sigmoidValue() throws {
    #expect(try percept("figure", "sigmoid", "--at", "-500").output == "7.124576406741286e-218\n")
    #expect(try percept("figure", "sigmoid", "--at", "500").output == "1.0\n")
  }

  @Test("percept report and train --report write the same page")
  func report() throws {
    try folder.addImages([("split/train/a", 8), ("split/train/b", 6), ("split/test/a", 3), ("split/test/b", 3)])
    let trained = try percept(
      "train", "split", "-o", "m.safetensors", "--iterations", "30", "--report", "1.html", in: folder)
    #expect(trained.lines.last == "report: 1.html")
    #expect(try percept("report", "m.safetensors", "split", "-o", "2.html", in: folder).output == "2.html\n")
    let pages = try ["1.html", "2.html"].map { try FileSystem.read(folder.path($0)) }
    #expect(pages[0] == pages[1])
    #expect(
      String(decoding: pages[0], as: UTF8.self).contains(
        "6 of 6 images are classified correctly (100.0\u{A0}%; 95\u{A0}% conf"))
    #expect(try percept("report", "m.safetensors", "split", "-o", "2.html", in: folder).status == 73)
  }

  @Test("figure misclassified fails for a model that makes no mistakes")
  func nothingWrong() throws {
    #expect(try percept("train", "faces", "-o", "m.safetensors", "--quiet", in: folder).status == 0)
    let result = try percept("figure", "misclassified", "m.safetensors", "faces", in: folder)
    #expect(result.status == 65)
    #expect(
      result.errors == """
        Left out 16 of 20 images that the model was trained on.
        Error: nothing to show: all 4 images in faces are classified correctly

        """)
  }

  @Test(
    "bad input is reported in one sentence with the right exit code",
    arguments: [
      (
        ["learning-curve", "zero.safetensors"], 65,
        "zero.safetensors: no learning curve, because the model contains no costs; train it for at least one iteration"
      ),
      (["weights", "none.safetensors"], 66, "none.safetensors: no such file or folder"),
      (
        ["weights", "zero.safetensors", "-o", "x.gif"], 64,
        "x.gif: unknown figure format; use a file name that ends in .svg or .png"
      ),
      (
        ["weights", "zero.safetensors", "-o", "no/x.svg"], 73, "no/x.svg: cannot be written: No such file or directory"
      ),
      (["learned", "zero.safetensors", "faces"], 66, "faces: is a folder, not a file"),
      (
        ["graph", "zero.safetensors", "faces/a/0000.png", "--label", "c"], 65,
        "unknown class \"c\"; available classes: a, b"
      ),
      (["montage", "nowhere"], 66, "nowhere: no such file or folder"),
    ] as [([String], Int32, String)])
  func badInput(arguments: [String], status: Int32, message: String) throws {
    #expect(try percept("train", "faces", "-o", "zero.safetensors", "--iterations", "0", in: folder).status == 0)
    let result = try percept(["figure"] + arguments, in: folder)
    #expect(result.status == status)
    #expect(result.errors == "Error: \(message)\n")
  }

  @Test(
    "an unknown figure, method or limit is a usage error",
    arguments: [
      ["sinus"], ["interpolations", "faces/a/0000.png", "--method", "cubic"], ["montage", "faces", "--limit", "0"],
      ["interpolations", "faces/a/0000.png", "--side", "5000"], ["weights"],
      ["interpolations", "faces/a/0000.png", "--model", "m", "--image-size", "8"],
    ])
  func usage(arguments: [String]) throws {
    let result = try percept(["figure"] + arguments, in: folder)
    #expect(result.status == 64 && !result.errors.isEmpty)
  }
}

/// Decodes Base64.
private func decoded(base64 text: Substring) -> [UInt8] {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var bytes: [UInt8] = []
  var (bits, count) = (0, 0)
  for letter in text.utf8 {
    guard let value = letters.firstIndex(of: letter) else { break }
    (bits, count) = (bits << 6 | value, count + 6)
    if count >= 8 {
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
  }
  return bytes
}
