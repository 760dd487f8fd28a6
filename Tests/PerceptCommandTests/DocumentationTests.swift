import PerceptFeatures
import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Documentation")
struct DocumentationTests {
  static let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))

  /// All documents, and those with console sessions, as paths relative to the root. For a missing folder the list is empty, which
  /// ``everyDocumentIsFound()`` detects.
  static let documents = markdown(in: "") + markdown(in: "Guides")
  static let documentsWithSessions = ["README.md"] + markdown(in: "Guides")

  @Test("the documents are found")
  func everyDocumentIsFound() {
    #expect(
      Set(["README.md", "ARCHITECTURE.md", "Guides/TheArticle.md", "Guides/Serving.md"]).isSubset(of: Self.documents))
  }

  /// Sessions with this info string need photos and a backbone. They are skipped where these are missing.
  private static let photoFence = "```console photos"

  private static let hasPhotos =
    SharedData.isPresent && FileSystem.kind(of: SharedData.path("ants_bees")) == .folder
    && Backbone.installedNames.contains(Backbone.defaultName)

  @Test(
    "the commands of a document, run in order in one folder, print what it shows",
    .enabled(
      if: FileSystem.kind(of: DocumentedData.fashion) == .folder,
      "Debian's package dataset-fashion-mnist is not installed"),
    arguments: documentsWithSessions)
  func sessions(document: String) throws {
    let fences = ["```console"] + (Self.hasPhotos ? [Self.photoFence] : [])
    let sessions = try Self.text(of: document).components(betweenFences: fences)
    #expect(!sessions.isEmpty)
    let session = try DocumentedSession()
    for step in sessions.flatMap({ "\n\($0)".split(separator: "\n$ ") }) {
      let lines = step.split(separator: "\n").map(String.init)
      let output = try session.output(of: lines[0])
      #expect(output == Array(lines.dropFirst()), "\(document): \(lines[0])")
    }
    try Self.checkImages(of: document, madeIn: session.folder)
  }

  /// Checks that the commands of a document create each image that it shows. SVG files must be equal, except for embedded images,
  /// whose bytes depend on the version of zlib.
  private static func checkImages(of document: String, madeIn folder: TemporaryFolder) throws {
    let skipped = hasPhotos ? "" : try text(of: document).components(betweenFences: [photoFence]).joined()
    for target in try text(of: document).linkTargets where target.hasPrefix("Pictures/") {
      let name = FileSystem.name(of: target)
      if skipped.contains(name) { continue }
      #expect(
        FileSystem.kind(of: folder.path(name)) == .file,
        "\(document) shows \(name), but none of its commands creates it")
      guard name.hasSuffix(".svg"), FileSystem.kind(of: folder.path(name)) == .file else { continue }
      let shown = try FileSystem.read(FileSystem.path(root, FileSystem.path(FileSystem.folder(of: document), target)))
      let texts = [shown, try FileSystem.read(folder.path(name))].map {
        String(decoding: $0, as: UTF8.self).replacing(/base64,[^"]*/, with: "")
      }
      #expect(
        texts[0] == texts[1],
        "\(target) differs from what its command draws; run the command again and replace the file")
    }
  }

  @Test("links in the documents lead to existing images, files, and headings", arguments: documents)
  func links(document: String) throws {
    let text = try Self.text(of: document)
    for target in text.linkTargets where !target.contains("://") {
      let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let path = parts[0].isEmpty ? document : FileSystem.path(FileSystem.folder(of: document), parts[0])
      #expect(FileSystem.kind(of: FileSystem.path(Self.root, path)) != nil, "\(document) links to \(target)")
      if parts.count == 2, path.hasSuffix(".md") {
        #expect(try Self.text(of: path).headingAnchors.contains(parts[1]), "\(document) links to \(target)")
      }
    }
  }

  /// The sessions of the guides create the images in Pictures; `scripts/test-pages` creates those in Screenshots.
  @Test("each image in the guides' folders is shown in a guide", arguments: ["Pictures", "Screenshots"])
  func noImageIsLeftOver(folder: String) throws {
    let shown = try Self.markdown(in: "Guides").flatMap { try Self.text(of: $0).linkTargets }
    for name in try FileSystem.names(inFolder: FileSystem.path(Self.root, "Guides/\(folder)")) {
      #expect(shown.contains("\(folder)/\(name)"), "Guides/\(folder)/\(name)")
    }
  }

  private static func markdown(in folder: String) -> [String] {
    let names = (try? FileSystem.names(inFolder: FileSystem.path(root, folder))) ?? []
    return names.filter { $0.hasSuffix(".md") }.map { FileSystem.path(folder, $0) }
  }

  private static func text(of document: String) throws -> String {
    String(decoding: try FileSystem.read(FileSystem.path(root, document)), as: UTF8.self)
  }
}

extension String {
  /// The contents of the fenced code blocks that begin with one of these lines.
  fileprivate func components(betweenFences fences: [String]) -> [String] {
    blocks.filter { fences.contains($0.fence) }.map { $0.lines.joined(separator: "\n") }
  }

  /// The targets of links and images, in `](…)` and `src="…"`, outside fenced code blocks.
  fileprivate var linkTargets: [String] {
    let prose = blocks.filter { $0.fence.isEmpty }.flatMap(\.lines).joined(separator: "\n")
    return prose.matches(of: /\]\(([^)\s]+)\)|src="([^"]+)"/).map { String($0.output.1 ?? $0.output.2 ?? "") }
  }

  /// The anchors of the headings, as GitHub generates them: lowercase, hyphens instead of spaces, no punctuation.
  fileprivate var headingAnchors: [String] {
    blocks.filter { $0.fence.isEmpty }.flatMap(\.lines).filter { $0.hasPrefix("#") }.map { line in
      let words = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
      return String(words.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
    }
  }

  /// The text split into prose (with an empty fence) and fenced code blocks, in order.
  private var blocks: [(fence: String, lines: [String])] {
    var blocks = [(fence: "", lines: [String]())]
    for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        blocks.append((fence: blocks[blocks.count - 1].fence.isEmpty ? line : "", lines: []))
      } else {
        blocks[blocks.count - 1].lines.append(line)
      }
    }
    return blocks
  }
}
