import PerceptFeatures
package import PerceptModels

extension Classifier {
  /// What the model does, in one or two sentences.
  package var task: String {
    let inputs = preprocessing.inputs(of: "an image", pixels: preprocessing.pixels)
    let hidden = network.layers.dropLast().map { "\($0.bias.count)" }
    let answer =
      classNames.count == 2
      ? "the probability that an image shows \(classNames[1]) rather than \(classNames[0])"
      : "the probability of each of \(classNames.count) classes"
    switch (hidden.isEmpty, classNames.count) {
    case (true, 2): return "One neuron takes \(inputs). It predicts \(answer)."
    case (true, _): return "One neuron per class takes \(inputs). Together they predict \(answer)."
    default:
      return
        "A network with hidden layers of \(hidden.joined(separator: ", ")) units takes \(inputs). It predicts \(answer)."
    }
  }
}
