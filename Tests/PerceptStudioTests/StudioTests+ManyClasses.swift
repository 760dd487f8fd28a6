import Foundation
import PerceptTestSupport
import Testing

extension StudioTests {
  /// The studio of other images.
  init(_ folder: TemporaryFolder) throws {
    self.folder = folder
    responder = try Self.responder(folder)
  }

  @Test("with more than 20 classes, the page shows the worst pairs and classes, and the first 20 classes of the data")
  func manyClasses() async throws {
    let images = try TemporaryFolder()
    // Even and odd classes differ, but the classes of each kind do not, so most test images are misclassified.
    try images.addImages((10..<35).map { (name: "train/c\($0)", count: 3) })
    try images.addImages((10..<35).map { (name: "test/c\($0)", count: 2) }, seed: 2)
    let studio = try StudioTests(images)
    let settings = "rate=0.001&iterations=1"
    let html = try #require(
      try await studio.ask("/train?\(settings)&run=many").events.last?.content["html"] as? [String: String])
    let judge = try #require(html["judge"])
    let buttons = judge.matches(
      of: /data-part="(\w+)" data-label="(\d+)" data-answer="(\d+)"[^>]*>(\d+)<\/button><\/td><td>of (\d+)</
    ).map(\.output)
    #expect(judge.components(separatedBy: "class=\"cell ").count == buttons.count + 1)
    let (training, test) = (buttons.filter { $0.1 == "train" }, buttons.filter { $0.1 == "test" })
    // Ten pairs, unless there are fewer, and ten classes.
    #expect(test.count == 20 && (10...20).contains(training.count) && training.count + test.count == buttons.count)
    #expect(test.count { $0.2 == $0.3 } == 10 && test.allSatisfy { $0.5 == "2" })
    #expect(training.count { $0.2 == $0.3 } == 10 && training.allSatisfy { $0.5 == "3" })
    let worst = try #require(test.first)
    #expect(worst.2 != worst.3 && judge.contains("the most frequent mistakes"))
    let photos = try await studio.ask("/photos?part=test&label=\(worst.2)&answer=\(worst.3)&\(settings)").json["html"]
    #expect((photos as? String)?.components(separatedBy: "class=\"photo\"").count == (Int(worst.4) ?? 0) + 1)
    let look = try #require(html["look"])
    #expect(look.components(separatedBy: "class=\"montage\"").count == 21)
    #expect(look.contains("75 photos for training (25 classes, each with 3)"))
    #expect(look.contains("The first 20 of 25 classes are shown."))
  }
}
