import PerceptDatasets
import PerceptExport
import PerceptFeatures
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Model cards")
struct ModelCardTests {
  private static var record: TrainingRecord {
    var record = TrainingRecord(
      learningRate: 0.5, stableLearningRate: 1, costs: [0.693147, 0.25],
      scores: [
        "train": Score(correct: 1190, count: 1200, majorityClass: "cat", majorityCount: 700),
        "test": Score(correct: 93, count: 100, majorityClass: "cat", majorityCount: 60),
      ])
    record.draw = SplitDraw(testFraction: 0.2, seed: 7)
    return record
  }

  private static func card(_ names: [String], _ change: (inout Classifier) -> Void = { _ in }) -> String {
    var classifier = ExportedModel(classes: names.count).classifier(names: names, record: record)
    change(&classifier)
    return classifier.modelCard(named: "pets")
  }

  @Test("the front matter has the results on images that were not trained on")
  func frontMatter() {
    #expect(
      Self.card(["cat", "dog"]).hasPrefix(
        """
        ---
        library_name: percept
        pipeline_tag: image-classification
        tags:
        - image-classification
        - percept
        metrics:
        - accuracy
        model-index:
        - name: "pets"
          results:
          - task:
              type: image-classification
            dataset:
              name: not in the record
              type: image-folder
              split: "test"
            metrics:
            - type: accuracy
              value: 0.93
        ---

        # pets

        """))
  }

  @Test("a validation split that weights were selected on is not a result on unseen images")
  func selected() throws {
    let change: (inout Classifier) -> Void = {
      $0.record.configuration.earlyStopping = EarlyStopping(patience: 5)
      $0.record.scores["val"] = Score(correct: 9, count: 10, majorityClass: "cat", majorityCount: 5)
      $0.record.scores["test"] = nil
    }
    let card = Self.card(["cat", "dog"], change)
    #expect(!card.contains("model-index") && card.contains("| val | 9 of 10 |"))
    #expect(card.contains("The weights were selected on the validation split, so the accuracy on it is optimistic."))
    #expect(
      Self.card(["cat", "dog"]) {
        change(&$0)
        $0.record.configuration.earlyStopping = nil
      }.contains("split: \"val\""))
  }

  @Test("results have counts, intervals and baselines, and data has counts")
  func results() {
    let card = Self.card(["cat", "dog"]) { $0.seen = SeenImages(training: [1, 2, 3], validation: []) }
    #expect(
      card.contains(
        """
        | train | 1,190 of 1,200 | 99.2 % | not meaningful | 58.3 % (cat) |
        | test | 93 of 100 | 93.0 % | 86.3 % to 96.6 % | 60.0 % (cat) |
        """))
    #expect(
      card.contains(
        """
        - train: 1,200 images, 700 of them cat, the most frequent class
        - test: 100 images, 60 of them cat, the most frequent class
        - The file contains keys of 3 training images. With an image, anyone can test whether it is one of them.
        - The test split is a random 20.0 % of each class (seed 7).
        """))
    #expect(card.contains("| recorded costs | 2, the last 0.25 |") && !card.contains("| momentum |"))
  }

  @Test("what the record does not contain is listed, and not invented")
  func gaps() {
    let classifier = ExportedModel().classifier(names: ["cat", "dog"])
    let card = classifier.modelCard(named: "m")
    #expect(card.contains("The record contains no results: the accuracy is unknown."))
    #expect(card.contains("The record contains no costs of a training.") && !card.contains("optimizer"))
    #expect(!card.contains("model-index") && !card.contains("## Data"))
    for gap in ["the license of the model", "which images the model has seen", "how the splits were made"] {
      #expect(card.contains("\n- \(gap)"), "\(gap)")
    }
    let known = Self.card(["cat", "dog"]) { $0.seen = SeenImages(training: [1], validation: []) }
    #expect(!known.contains("- which images the model has seen") && !known.contains("- how the splits were made"))
  }

  @Test(
    "classes of people get a warning",
    arguments: [
      (["male", "female"], "male, female"), (["Young-Woman", "other"], "Young-Woman"), (["smiling", "x"], "smiling"),
      (["cat", "dog"], nil), (["mandarin", "humane"], nil),
    ])
  func people(names: [String], found: String?) {
    let card = Self.card(names)
    #expect(card.contains("## Classes of people") == (found != nil))
    if let found { #expect(card.contains("words for people: \(found). If")) }
  }

  @Test("names cannot change the structure of the card")
  func escaping() {
    let card = Self.card(["a|b\n# c", "<img src=x>"]) { $0.record.scores = [:] }
    #expect(card.contains("`a|b # c`, `<img src=x>`. One neuron"))
    #expect(
      !card.contains("\n# c") && !card.contains("rather than <img")
        && card.contains("shows \\<img src=x\\> rather than"))
    let named = ExportedModel().classifier().modelCard(named: "x\": [\n*y*")
    #expect(named.contains("# x\": \\[ \\*y\\*"))
  }

  @Test("a backbone is named with its digest, license and source")
  func backbone() throws {
    let backbone = try TestBackbone.load()
    let card = ExportedModel(extractor: .backbone(backbone)).classifier().modelCard(named: "m")
    #expect(card.contains("- SHA-256 digest of the pretrained network: \(backbone.digest)"))
    #expect(card.contains("- License of the pretrained network: not in the file"))
  }
}
