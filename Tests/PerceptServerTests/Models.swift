import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptServer

/// Returns a served model: a neuron with random weights.
func servedModel(_ name: String, seed: UInt64) -> ServedModel {
  var generator = SeededGenerator(seed: seed)
  let preprocessing = Preprocessing(imageSize: 8)
  var network = Network.neuron(inputs: preprocessing.featureCount)
  for j in 0..<network.inputs { network.layers[0].weights.elements[j] = Double.random(in: -1...1, using: &generator) }
  let record = TrainingRecord(learningRate: 1, stableLearningRate: 1)
  return ServedModel(
    name: name,
    classifier: Classifier(
      network: network, classNames: ["no", "y<e>s"], preprocessing: preprocessing, record: record))
}
