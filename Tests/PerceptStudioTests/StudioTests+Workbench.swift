import Foundation
import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

extension StudioTests {
  @Test("each frame of the weights has its own color scale, or all have one in common")
  func scales() async throws {
    let settings = "rate=0.01&iterations=50"
    let images = try await ["each", "all"].asyncMap {
      try Image(decoding: await ask("/film.png?\(settings)&scale=\($0)").bytes, named: $0)
    }
    let count = images[0].height / 6
    // The brightest level of each frame after the first one, in which all weights are zero.
    let brightest = images.map { image in
      (1..<count).map { frame in image.pixels[frame * 108..<(frame + 1) * 108].max() ?? 0 }
    }
    #expect(brightest[0].allSatisfy { $0 > 200 })
    #expect(brightest[1][0] < 100 && brightest[1].last == brightest[0].last)
    let last = try #require(try await ask("/train?\(settings)&run=s").events.last)
    let limits = try #require(last.content["moments"] as? [[String: Any]]).compactMap { $0["limit"] as? Double }
    #expect(limits.count == count && limits.first == 0 && last.content["limit"] as? Double == limits.max())
  }

  @Test("the photo of the workbench has the probabilities of the library at each iteration")
  func shown() async throws {
    let path = "/shown?photo=test-5&rate=0.03&iterations=50"
    let shown = try await ask(path).json
    let events = try await ask("/train?rate=0.03&iterations=50&run=x&photo=test-5").events
    let content = try #require(events.last?.content)
    #expect((content["shown"] as? [String: Any])?["file"] as? String == shown["file"] as? String)
    let moments = try #require(content["moments"] as? [[String: Any]])
    let all = try #require(shown["moments"] as? [[Double]])
    #expect(all.count == moments.count && shown["label"] as? Int == 1 && shown["count"] as? Int == 7)
    for (moment, probabilities) in zip(moments, all) where moment["iteration"] as? Int == 9 {
      let classifier = try trained(rate: 0.03, iterations: 10).classifier
      let expected = try classifier.predict(file: folder.path("test/dog/0001.png")).probabilities
      #expect(zip(probabilities, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    #expect(all[0].allSatisfy { $0 == 0.5 })
    #expect(try await ask("/shown?photo=test-7").status == 404)
    #expect(try await ask("/shown").status == 404)
  }

  @Test("the learning curve has the cost of the test photos")
  func testCost() async throws {
    let last = try #require(try await ask("/train?rate=0.03&iterations=50&run=x").events.last)
    let watch = try #require((last.content["html"] as? [String: String])?["watch"])
    #expect(watch.contains("training photos") && watch.contains("test photos") && watch.contains("cost per photo"))
    let plot = try #require(last.content["plot"] as? [Double])
    #expect(plot.count == 2 && plot[0] > 0.15 && plot[0] < plot[1] && plot[1] < 0.85)
  }

  /// What the page says beside each control after a training.
  private func advice(_ query: String) async throws -> [String: String] {
    try #require(try await ask("/train?\(query)&run=a").events.last?.content["advice"] as? [String: String])
  }

  @Test("dead units are said beside the choice of hidden units, with what helps")
  func deadUnits() async throws {
    let dead = try await advice("rate=30&iterations=20&hidden=4&scaling=unit")
    #expect(
      dead["hidden"]?.hasPrefix("All 4 units of hidden layer 1 are dead (always 0).") == true
        && dead["hidden"]?.hasSuffix("Lower the learning rate, or choose other hidden units.") == true)
    #expect(try await advice("rate=0.001&iterations=20&hidden=4")["hidden"] == "")
    #expect(try await advice("rate=0.01&iterations=20")["hidden"] == "")
    let page = try await ask("/").text
    let setting = try #require(
      page.components(separatedBy: "<div class=\"setting\">").first { $0.contains("name=\"hidden\"") })
    #expect(setting.contains("id=\"hidden-advice\""))
  }

  @Test("overfitting is said below the curve, with the iteration, and beside the penalty that mends it")
  func overfitting() async throws {
    // The test images have the other label, so every step of the training raises their cost.
    let swapped = try TemporaryFolder()
    try swapped.addImages([("train/cat", 9), ("train/dog", 8), ("test/dog", 3), ("test/cat", 4)])
    let studio = try Self.responder(swapped)
    let content = try #require(
      try await ask("/train?rate=0.05&iterations=200&run=a", responder: studio).events.last?.content)
    let watch = try #require((content["html"] as? [String: String])?["watch"])
    #expect(
      watch.contains(
        "That of the test photos was lowest before the first iteration (0.6931) and is higher at the end: overfitting.")
    )
    #expect((content["advice"] as? [String: String])?["l2"]?.contains("A larger penalty") == true)
    let brief = try #require(try await ask("/train?rate=0.01&iterations=5&run=a").events.last?.content)
    #expect((brief["html"] as? [String: String])?["watch"]?.contains("overfitting") == false)
    #expect((brief["advice"] as? [String: String])?["l2"] == "")
  }

  @Test("a flat curve is said beside the control that mends it")
  func flatCurve() async throws {
    let low = try await advice("rate=0.00001&iterations=50")
    #expect(low["rate"]?.contains("Raise the learning rate") == true && low["iterations"] == "")
    let short = try await advice("rate=0.01&iterations=20")
    #expect(short["iterations"]?.contains("More iterations") == true && short["rate"] == "")
    #expect(try await advice("rate=0.05&iterations=1000")["rate"] == "")
  }

  @Test("other features have their own settings, and the command names them")
  func otherFeatures() async throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("train/cat", 9), ("train/dog", 8), ("test/cat", 4), ("test/dog", 3)], side: 32)
    let studio = try Self.responder(folder, preprocessing: Preprocessing(imageSize: 32))
    let page = try await ask("/?features=hog", responder: studio).text
    #expect(page.contains("histograms of the edges") && page.contains("value=\"hog\" checked"))
    let last = try #require(try await ask("/train?features=hog&iterations=20&run=h", responder: studio).events.last)
    #expect((last.content["html"] as? [String: String])?["keep"]?.contains("--features hog") == true)
    for features in ["pixels", "hog"] {
      let answer = try await ask("/look.png?look=\(features)&part=test&index=0", responder: studio)
      #expect(answer.status == 200 && answer.bytes.count > 100)
      let gain = try await ask("/gain?features=\(features)", responder: studio).json["words"] as? String
      #expect(gain?.contains(/of 7 test photos \(95.% interval [\d.]+ to [\d.]+.%\)/) == true)
    }
    #expect(try await ask("/?features=none", responder: studio).status == 400)
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ change: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await change(element)) }
    return results
  }
}
