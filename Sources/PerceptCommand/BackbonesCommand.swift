import ArgumentParser
import Percept

struct BackbonesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backbones",
    abstract: "List the installed pretrained networks.",
    discussion: """
      EXAMPLES:
        percept backbones
        percept backbones --json | jq -r '.backbones[].name'
        percept train photos/ --features efficientnet-lite0

      A backbone is a pretrained network in an ONNX file. It computes features of
      an image, on which percept trains a classifier. scripts/get-backbone, or
      percept-get-backbone of the Debian package, installs one. Others can be copied
      to the folder that this command names. See Guides/RealPhotos.md.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let listings = Backbone.installedNames.map(Listing.init)
    let place = Backbone.folder.map { " in \($0)" } ?? ""
    if json {
      return try Terminal.print(json: Output(folder: Backbone.folder, backbones: listings))
    }
    guard !listings.isEmpty else {
      return Terminal.print(
        "no backbones\(place); \(Backbone.installer) installs \(Backbone.defaultName)")
    }
    for listing in listings { listing.lines.forEach(Terminal.print) }
    Terminal.print(counted(listings.count, "backbone") + place)
  }

  private struct Output: Encodable {
    let folder: String?
    let backbones: [Listing]
  }
}

/// A backbone with everything that is known about it, or the reason why it cannot be used.
private struct Listing: Encodable {
  let name: String
  var imageSize: Side?
  var isFixedSize: Bool?
  var features: Int?
  var license: String?
  var source: String?
  var sha256: String?
  var millisecondsPerImage: Double?
  var error: String?

  init(_ name: String) {
    self.name = name
    do {
      let backbone = try Backbone(installed: name)
      (imageSize, isFixedSize) = (Side(backbone.imageSize), backbone.isFixedSize)
      (features, sha256) = (backbone.featureCount, backbone.digest)
      (license, source) = (backbone.license, backbone.source)
      millisecondsPerImage = try backbone.secondsPerImage() * 1000
    } catch {
      self.error = "\(error)"
    }
  }

  var lines: [String] {
    var rows: [[String]] = []
    func add(_ title: String, _ value: String?) { if let value { rows.append(["  " + title, value]) } }
    add("image size", imageSize.map { "\($0.size)\(isFixedSize == true ? "" : " (others with --image-size)")" })
    add("features", features.map(String.init))
    add("time", millisecondsPerImage.map { "\($0.fixed(1)) ms per image on one core" })
    add("license", license)
    add("source", source)
    add("SHA-256", sha256)
    add("problem", error)
    return [name] + aligned(rows)
  }
}
