import PerceptLinearAlgebra

/// A feedforward network of dense layers. A single neuron is a network of one layer with one unit.
public struct Network: Sendable, Hashable {
  /// The layers, from the input to the output.
  public package(set) var layers: [DenseLayer]

  package init(layers: [DenseLayer]) {
    precondition(!layers.isEmpty, "a network needs at least one layer")
    self.layers = layers
  }

  /// Creates a sigmoid unit with zero weights and zero bias: an untrained logistic regression on `inputs` features.
  public static func neuron(inputs: Int) -> Network {
    Network(inputs: inputs, classes: 2)
  }

  /// Creates an untrained classification network. The output layer has one sigmoid unit for two classes, and one
  /// softmax unit for each class for more.
  ///
  /// - Parameters:
  ///   - inputs: the number of features of an example, at least 1.
  ///   - hidden: the number of units of each hidden layer, from the input to the output; empty for no hidden layers.
  ///   - classes: the number of classes, at least 2.
  ///   - activation: the activation of the hidden layers, not softmax.
  ///   - initialization: the initial weights. The default is zeros without hidden layers, ``Initialization/he`` for
  ///     ReLU and leaky ReLU, and ``Initialization/xavier`` for other activations.
  ///   - seed: the seed of random weights.
  public init(
    inputs: Int, hidden: [Int] = [], classes: Int, activation: Activation = .relu,
    initialization: Initialization? = nil, seed: UInt64 = 0
  ) {
    precondition(
      inputs > 0 && classes > 1 && hidden.allSatisfy { $0 > 0 },
      "needs ≥ 1 input, ≥ 2 classes, and ≥ 1 unit in every layer")
    precondition(Activation.hidden.contains(activation), "hidden layers cannot use softmax")
    var generator = SeededGenerator(seed: seed)
    let initialization = initialization ?? Self.initialization(hidden: hidden, activation: activation)
    let units = hidden + [Self.logitCount(classes: classes)]
    layers = zip([inputs] + hidden, units).enumerated().map { index, shape in
      let isLast = index == hidden.count
      return DenseLayer(
        weights: initialization.weights(inputs: shape.0, units: shape.1, using: &generator),
        bias: Array(repeating: 0, count: shape.1),
        activation: isLast ? (classes == 2 ? .sigmoid : .softmax) : activation)
    }
  }

  /// Returns the number of output units for a number of classes: 1 for two classes, otherwise one for each class.
  package static func logitCount(classes: Int) -> Int { classes == 2 ? 1 : classes }

  private static func initialization(hidden: [Int], activation: Activation) -> Initialization {
    if hidden.isEmpty { return .zeros }
    return [.relu, .leakyReLU].contains(activation) ? .he : .xavier
  }

  /// The number of features of an example.
  public var inputs: Int { layers[0].weights.columns }

  /// The number of classes.
  public var classCount: Int {
    let units = layers[layers.count - 1].bias.count
    return units == 1 ? 2 : units
  }

  /// Returns the logits of one example, the pre-activations of the last layer, for `inputs` bytes, which are scaled by
  /// 1/255. All reported predictions use this function. It sums in a fixed order, one example at a time, so on one
  /// machine an image always has the same logits, bit by bit.
  package func logits(of pixels: UnsafeBufferPointer<UInt8>) -> [Double] {
    logits(of: [pixels])[0]
  }

  /// Returns the logits of each of several examples, with the same bits as one at a time, in less time.
  package func logits(of examples: [UnsafeBufferPointer<UInt8>]) -> [[Double]] {
    firstPreactivations(of: examples).map(logits(fromFirst:))
  }
}
