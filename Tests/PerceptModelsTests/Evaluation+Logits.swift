import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptModels

extension Evaluation {
  /// Creates an evaluation with these logits, on images of a single pixel with these labels.
  init(_ logits: [[Double]], _ labels: [Int], classes: Int, temperature: Double = 1) throws {
    let dataset = try Dataset(
      features: labels.map { _ in [0] }, examples: labels.enumerated().map { Example(file: "\($0)", label: $1) },
      classNames: (0..<classes).map { "\($0)" }, preprocessing: Preprocessing(imageSize: 1, color: .gray))
    self.init(
      dataset: dataset,
      outcomes: zip(dataset.examples, logits).map {
        Outcome(example: $0, prediction: Prediction(logits: $1, temperature: temperature))
      })
  }
}
