import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Large and unusual input")
struct LargeInputTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws { folder = try TemporaryFolder() }

  @Test("1,000 photos with 5 unreadable ones train and list the 5; with --strict, training fails")
  func thousand() throws {
    try folder.addImages([("photos/a", 500), ("photos/b", 495)])
    for number in 0..<5 { try folder.write(Array("broken".utf8), to: "photos/b/broken\(number).jpg") }
    let result = try percept("train", "photos", "--image-size", "8", "--iterations", "10", "--json", in: folder)
    #expect(result.status == 0)
    let images = try #require(json(result.output)["images"] as? [String: Any])
    let skipped = try #require(images["skipped"] as? [[String: String]])
    #expect(skipped.map { $0["file"] } == (0..<5).map { "photos/b/broken\($0).jpg" })
    #expect(images["train"] as? Int == 796 && images["test"] as? Int == 199)
    for number in 0..<5 { #expect(result.errors.contains("  photos/b/broken\(number).jpg: text, not an image\n")) }
    let strict = try percept("train", "photos", "--strict", "-o", "strict.safetensors", in: folder)
    #expect(strict.status == 65)
    #expect(FileSystem.kind(of: folder.path("strict.safetensors")) == nil)
  }

  @Test(
    "training on 60,000 Fashion-MNIST images needs at most 2 bytes per pixel plus 200 MB",
    .enabled(
      if: FileSystem.kind(of: DocumentedData.fashion) == .folder, "Debian's dataset-fashion-mnist is not installed"))
  func fashion() throws {
    let classes = (0..<10).map { "\($0)=\([0, 2, 3, 4, 6].contains($0) ? "body" : "rest")" }.joined(separator: ",")
    // The limit applies to all private memory; a program that needs more fails.
    let limit = (2 * 70_000 * 784 + 200_000_000) / 1024
    let result = try Program(path: "/bin/sh")(
      "-c", "ulimit -d \(limit) && exec \"$0\" \"$@\"", percept.path, "train", DocumentedData.fashion, "--classes",
      classes,
      "--iterations", "30", "--json", "-o", "m.safetensors", in: folder)
    #expect(result.status == 0)
    let object = try json(result.output)
    let (images, test) = (object["images"] as? [String: Any], object["test"] as? [String: Any])
    #expect(images?["train"] as? Int == 60_000 && images?["test"] as? Int == 10_000)
    #expect(test?["accuracy"] as? Double ?? 0 > 0.9)
  }

  @Test(
    "each unusual file gets a prediction or an error that names it",
    .enabled(if: SharedData.isPresent, "the test images are not available"))
  func unusualFiles() throws {
    try folder.addImages([("faces/a", 4), ("faces/b", 4)])
    #expect(try percept("train", "faces", "-o", "m.safetensors", in: folder).status == 0)
    let files = ["broken", "exif", "made", "pngsuite"].flatMap { SharedData.files(in: "odd/\($0)") }
    #expect(files.count > 200)
    let result = try percept(["predict", "m.safetensors", "--json"] + files, in: folder)
    #expect(result.status == 65)
    #expect(result.lines.count == files.count)
    for (file, line) in zip(files, result.lines) {
      let object = try json(line)
      #expect(object["file"] as? String == file)
      if let error = object["error"] as? String {
        #expect(error.hasPrefix("\(file): "))
      } else {
        #expect(object["class"] != nil)
      }
    }
  }
}
