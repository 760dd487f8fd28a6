import Percept
import TestSupport
import Testing

@Suite("The library")
struct LibraryExampleTests {
  @Test("reads as the README's example: load, split, train, evaluate, write, read, predict")
  func example() throws {
    let faces = try TemporaryFolder()
    try faces.addPictures([("left", 20), ("right", 20)])
    let model = faces.path("faces.safetensors")

    let photos = try Dataset(imageFolder: faces.path, preprocessing: .init(imageSize: 8))
    let (training, test) = photos.split(test: 0.2, stratified: true, seed: 1)
    let trainer = Trainer(
      minimizing: Objective(.crossEntropy), with: .gradientDescent(learningRate: 0.005), iterations: 1000)
    var lines: [String] = []
    let run = try trainer.fit(.neuron(inputs: photos.featureCount), to: training) {
      lines.append("\($0.iteration) \($0.cost)")
    }
    let evaluation = try run.classifier.evaluate(on: test)
    try run.classifier.write(to: model)
    let classifier = try Classifier(contentsOf: model)
    let prediction = try classifier.predict(file: test.examples[0].file)

    #expect(lines.count == 1000)
    #expect(evaluation.accuracy == 1 && evaluation.misclassified.isEmpty)
    #expect(classifier.classNames[prediction.label] == "left")
    #expect(prediction.logit == evaluation.outcomes[0].prediction.logit)
  }
}
