import LinearAlgebra
import NeuralNetworks
import TestSupport
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
    "the derivative agrees with a five-point stencil", arguments: Activation.allCases, [-8.0, -1, -0.1, 0, 0.5, 3, 9])
  func derivative(activation: Activation, z: Double) {
    let numerical = stencil(at: z) { activation($0) }
    #expect(abs(activation.derivative(z) - numerical) < 1e-10)
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
    #expect([1, 2, 3, 4, 255].withUnsafeBufferPointer { network.logit(of: $0) } == 0)
  }

  @Test("the logit is the weighted sum of pixels between 0 and 1, plus the bias")
  func logit() {
    var network = Network.neuron(inputs: 3)
    network.layers[0].weights.elements = [0.5, -2, 4]
    network.layers[0].bias = [0.25]
    let logit = [255, 51, 0].withUnsafeBufferPointer { network.logit(of: $0) }
    #expect(abs(logit - (0.5 - 2 * 0.2 + 0.25)) < 1e-15)
  }
}
