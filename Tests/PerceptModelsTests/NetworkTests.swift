import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Activation")
struct ActivationTests {
  @Test("the sigmoid is what the article prints at both ends")
  func ends() {
    #expect(sigmoid(-500) == 7.124576406741286e-218)
    #expect(sigmoid(500) == 1)
    #expect(sigmoid(0) == 0.5)
    #expect(sigmoid(-.infinity) == 0)
    #expect(sigmoid(.infinity) == 1)
  }

  @Test(
    "the derivative at a value agrees with a five-point stencil", arguments: Activation.hidden,
    [-8.0, -1, -0.1, 0.2, 0.5, 3, 9])
  func derivative(activation: Activation, z: Double) {
    let numerical = stencil(at: z) { activation($0) }
    #expect(abs(activation.derivative(at: activation(z)) - numerical) < 1e-10)
  }

  @Test("softmax gives probabilities, of any logits, in their order")
  func softmax() {
    let probabilities = Activation.softmax([1, 3, 2])
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-15)
    #expect(abs(probabilities[1] / probabilities[0] - 7.38905609893065) < 1e-12)
    #expect(Activation.softmax([1e4, -1e4, 1e4]) == [0.5, 0, 0.5])
    #expect(Activation.relu([-1, 2]) == [0, 2])
  }
}

@Suite("Loss")
struct LossTests {
  @Test("the gradient agrees with a five-point stencil", arguments: Loss.allCases, [-8.0, -1, -0.1, 0, 0.5, 3, 9])
  func gradient(loss: Loss, z: Double) {
    for label in [0.0, 1] {
      let numerical = stencil(at: z) { loss.value(logit: $0, label: label) }
      #expect(abs(loss.gradient(logit: z, label: label) - numerical) < 1e-10)
    }
  }

  @Test("of several logits, too, smoothed or not, wherever they stand", arguments: Loss.allCases, [0, 0.3])
  func severalGradient(loss: Loss, smoothing: Double) {
    let logits = [0.3, -2, 5]
    let targets = (0..<3).map { ($0 == 1 ? 1 - smoothing : 0) + smoothing / 3 }
    for stride in [1, 4] {
      var numbers = (0..<9).map { $0 % stride == 0 && $0 / stride < 3 ? logits[$0 / stride] : .nan }
      let value = loss.replace(
        logits: &numbers, stride: stride, classes: 3, label: 1, smoothing: smoothing, weight: 1.5)
      #expect(abs(value - 1.5 * loss.value(logits: logits, targets: targets)) < 1e-14)
      for c in 0..<3 {
        let numerical = stencil(at: logits[c]) { value in
          var moved = logits
          moved[c] = value
          return loss.value(logits: moved, targets: targets)
        }
        #expect(abs(numbers[c * stride] - 1.5 * numerical) < 1e-9)
      }
    }
    // Two classes by one logit or by two are the same.
    let one = loss.value(logit: 1.7, label: 0.9)
    #expect(abs(loss.value(logits: [0, 1.7], targets: [0.1, 0.9]) - one) < 1e-15)
    #expect(loss.value(logits: [1e5, 0], targets: [0, 1]) == 1e5)
  }

  @Test("cross-entropy is the negative log likelihood", arguments: [-3.0, -0.5, 0, 1, 4])
  func likelihood(z: Double) {
    let loss = Loss.crossEntropy
    #expect(abs(loss.value(logit: z, label: 1) - -logarithm(sigmoid(z))) < 1e-14)
    #expect(abs(loss.value(logit: z, label: 0) - -logarithm(1 - sigmoid(z))) < 1e-14)
  }

  @Test("stays finite where the logarithm of the probability would not", arguments: [-1e5, -800, 800, 1e5])
  func finite(z: Double) {
    let loss = Loss.crossEntropy
    #expect(loss.value(logit: z, label: 0) == max(z, 0))
    #expect(loss.value(logit: z, label: 1) == max(-z, 0))
  }
}

@Suite("Network")
struct NetworkTests {
  @Test("a new neuron is undecided about everything")
  func zeros() {
    let network = Network.neuron(inputs: 5)
    #expect(network.inputs == 5)
    #expect([1, 2, 3, 4, 255].withUnsafeBufferPointer { network.logits(of: $0) } == [0])
  }

  @Test("the logit is the weighted sum of pixels between 0 and 1, plus the bias")
  func logit() {
    var network = Network.neuron(inputs: 3)
    network.layers[0].weights.elements = [0.5, -2, 4]
    network.layers[0].bias = [0.25]
    let logit = [255, 51, 0].withUnsafeBufferPointer { network.logits(of: $0) }[0]
    #expect(abs(logit - (0.5 - 2 * 0.2 + 0.25)) < 1e-15)
  }

  @Test("layers follow each other, with their activations in between")
  func hidden() {
    var network = Network(inputs: 2, hidden: [2], classes: 3)
    network.layers[0].weights.elements = [1, 0, 0, -1]
    network.layers[1].weights.elements = [1, 1, 2, 0, 0, 3]
    network.layers[1].bias = [0.5, 0, 0]
    #expect([255, 255].withUnsafeBufferPointer { network.logits(of: $0) } == [1.5, 2, 0])
    #expect(network.classCount == 3)
    #expect(network.layers.map(\.activation) == [.relu, .softmax])
  }

  @Test(
    "weights start with the deviation that an initialization says",
    arguments: [Initialization.zeros, .normal(0.3), .xavier, .he, .lecun])
  func initialization(initialization: Initialization) {
    let network = Network(inputs: 300, hidden: [200], classes: 2, initialization: initialization, seed: 3)
    let weights = network.layers[0].weights.elements
    let mean = weights.reduce(0, +) / 60_000
    let deviation = (weights.reduce(0) { $0 + $1 * $1 } / 60_000).squareRoot()
    let expected = initialization.deviation(inputs: 300, units: 200)
    #expect(abs(mean) <= expected * 0.02 && abs(deviation - expected) <= expected * 0.02)
    #expect(network == Network(inputs: 300, hidden: [200], classes: 2, initialization: initialization, seed: 3))
    let other = Network(inputs: 300, hidden: [200], classes: 2, initialization: initialization, seed: 4)
    #expect((network == other) == (initialization == .zeros))
    #expect(network.layers.allSatisfy { $0.bias.allSatisfy { $0 == 0 } })
  }
}
