import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Shortcut analysis")
struct ShortcutAnalysisTests {
  private let side = 16

  /// Returns images of noise of two classes. `added` returns what to add to a pixel of an image with a label.
  private func dataset(_ count: Int, seed: UInt64, added: (_ label: Int, _ x: Int, _ y: Int) -> Int) throws -> Dataset {
    var generator = SeededGenerator(seed: seed)
    let features = (0..<count).map { row in
      (0..<side * side).flatMap { pixel -> [UInt8] in
        let noise = Int.random(in: 60...160, using: &generator)
        let level = UInt8(min(max(noise + added(row % 2, pixel % side, pixel / side), 0), 255))
        return [level, level, level]
      }
    }
    return try Dataset(
      features: features, examples: (0..<count).map { Example(file: "\($0)", label: $0 % 2) }, classNames: ["a", "b"],
      preprocessing: Preprocessing(imageSize: side))
  }

  private func shortcuts(added: (_ label: Int, _ x: Int, _ y: Int) -> Int) throws -> ShortcutAnalysis {
    let (training, test) = (try dataset(80, seed: 1, added: added), try dataset(40, seed: 2, added: added))
    let run = try Trainer(.test(.lbfgs, iterations: 100))
      .fit(Network(inputs: training.featureCount, classes: 2), to: training)
    return try ShortcutAnalysis(of: run.classifier.evaluate(on: test), training: training)
  }

  private func isInside(_ x: Int, _ y: Int) -> Bool { (2..<14).contains(x) && (2..<14).contains(y) }

  @Test("the border predicts a class with a darker background, and the sentence says so")
  func background() throws {
    // A brighter middle compensates for the border, so that the mean color does not depend on the class.
    let shortcuts = try shortcuts { label, x, y in label == 0 ? 0 : isInside(x, y) ? 23 : -30 }
    let border = try #require(shortcuts.findings.first)
    #expect(border.ablation == .border && border.score.correct >= 38)
    let words = "class is reached by a neuron that sees only the border of each image: it classifies "
    #expect(shortcuts.sentence.contains(words))
    #expect(shortcuts.findings.first { $0.ablation == .meanColor }.map { $0.score.correct < 32 } ?? false)
  }

  @Test("the mean color and the shuffled pixels predict a brighter class")
  func brightness() throws {
    let shortcuts = try shortcuts { label, _, _ in label == 0 ? 0 : 30 }
    #expect(Set(shortcuts.strong.map(\.ablation)).isSuperset(of: [.meanColor, .shuffledPixels, .border]))
    #expect(shortcuts.strong.allSatisfy { shortcuts.share(of: $0).map { $0 >= 0.5 } ?? false })
  }

  @Test("a fine pattern in the middle is not a shortcut")
  func pattern() throws {
    let shortcuts = try shortcuts { label, x, y in
      isInside(x, y) ? ((x + y) % 2 == label ? 40 : -40) : 0
    }
    #expect(shortcuts.score.correct == 40 && shortcuts.strong.isEmpty)
    #expect(shortcuts.sentence.hasPrefix("No shortcut reaches half of the model's accuracy above the majority class."))
  }

  @Test("of many images, each class keeps its share, also if the classes alternate")
  func alternating() throws {
    let (training, test) = try (
      dataset(2400, seed: 1) { label, _, _ in 30 * label }, dataset(2400, seed: 2) { label, _, _ in 30 * label }
    )
    let neurons = try AblationNeurons(training: training, test: test)
    #expect(neurons.findings.first { $0.ablation == .meanColor }.map { $0.score.correct > 2300 } == true)
  }

  @Test("there is no shortcut if the model is no better than the majority class")
  func nothing() throws {
    let shortcuts = try shortcuts { _, _, _ in 0 }
    try #require(shortcuts.score.correct <= shortcuts.score.majorityCount)
    #expect(shortcuts.strong.isEmpty)
    #expect(shortcuts.sentence.contains("no accuracy for a shortcut to explain"))
  }

  /// Writes images of noise with a border of stripes of any phase: horizontal for class 0, vertical for class 1.
  private func addStriped(to folder: TemporaryFolder, _ split: String, count: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for row in 0..<count {
      let (label, phase) = (row % 2, Int.random(in: 0..<8, using: &generator))
      let pixels = (0..<32 * 32).map { pixel -> UInt8 in
        let (x, y) = (pixel % 32, pixel / 32)
        if (4..<28).contains(x), (4..<28).contains(y) { return UInt8.random(in: 60...160, using: &generator) }
        return ((label == 0 ? y : x) + phase) / 4 % 2 == 0 ? 60 : 160
      }
      let image = Image(width: 32, height: 32, color: .gray, pixels: pixels)
      try folder.makeFolder("\(split)/\(label == 0 ? "a" : "b")")
      try folder.write(image.encodedPNG(), to: "\(split)/\(label == 0 ? "a" : "b")/\(row).png")
    }
  }

  @Test("with HOG features, the neurons see the HOG features of ablated images")
  func features() throws {
    let folder = try TemporaryFolder()
    try addStriped(to: folder, "train", count: 60, seed: 1)
    try addStriped(to: folder, "test", count: 40, seed: 2)
    func analysis(_ extractor: FeatureExtractor) throws -> ShortcutAnalysis {
      let dataset = try Dataset(
        DataSource(folder.path), preprocessing: Preprocessing(imageSize: 32, color: .gray, extractor: extractor))
      let (training, test) = (try #require(dataset.subset(.training)), try #require(dataset.subset(.test)))
      let run = try Trainer(.test(.lbfgs, iterations: 100, l2: 0.01))
        .fit(Network(inputs: training.featureCount, classes: 2), to: training)
      return try ShortcutAnalysis(of: run.classifier.evaluate(on: test), training: training)
    }
    func border(_ analysis: ShortcutAnalysis) -> Int? {
      analysis.findings.first { $0.ablation == .border }?.score.correct
    }
    let hog = try analysis(.hog)
    #expect(hog.score.correct == 40 && border(hog) == 40)
    #expect(hog.findings.first { $0.ablation == .shuffledPixels }.map { $0.score.correct < 32 } == true)
    // Of the pixels, whose mean is the same for both classes at each position, a neuron learns nothing.
    #expect(try border(analysis(.pixels)).map { $0 < 32 } == true)
  }

  @Test("ablations keep what their names say")
  func ablations() {
    let image = TestImages.photo(seed: 3, width: 24, height: 16)
    let border = InputAblation.border.image(of: image)
    #expect(border.cropped(left: 2, top: 2, width: 20, height: 12).pixels.allSatisfy { $0 == 0 })
    #expect(
      border.cropped(left: 0, top: 0, width: 24, height: 2) == image.cropped(left: 0, top: 0, width: 24, height: 2))
    #expect(
      border.cropped(left: 22, top: 0, width: 2, height: 16) == image.cropped(left: 22, top: 0, width: 2, height: 16))
    func pixels(_ image: Image) -> [[UInt8]] {
      stride(from: 0, to: image.pixels.count, by: 3).map { Array(image.pixels[$0..<$0 + 3]) }
    }
    func sorted(_ image: Image) -> [[UInt8]] { pixels(image).sorted { $0.lexicographicallyPrecedes($1) } }
    #expect(Set(pixels(InputAblation.meanColor.image(of: image))).count == 1)
    let shuffled = InputAblation.shuffledPixels.image(of: image, seed: 1)
    #expect(pixels(shuffled) != pixels(image))
    #expect(sorted(shuffled) == sorted(image))
    #expect(InputAblation.coarsePixels.image(of: image).size == image.size)
  }
}
