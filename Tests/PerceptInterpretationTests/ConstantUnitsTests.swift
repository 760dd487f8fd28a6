import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import Testing

@Suite("Constant units")
struct ConstantUnitsTests {
  /// Eight one-pixel images from black to white.
  func dataset() throws -> Dataset {
    try Dataset(
      features: (0..<8).map { [UInt8($0 * 36)] }, examples: (0..<8).map { Example(file: "\($0)", label: $0 % 2) },
      classNames: ["a", "b"], preprocessing: Preprocessing(imageSize: 1, color: .gray))
  }

  /// A network with a hidden layer of ReLU units with these weights and biases.
  func units(_ weights: [Double], _ bias: [Double]) throws -> ConstantUnits {
    let count = bias.count
    let network = Network(layers: [
      DenseLayer(weights: Matrix(rows: count, columns: 1, elements: weights), bias: bias, activation: .relu),
      DenseLayer(
        weights: Matrix(rows: 1, columns: count, elements: Array(repeating: 1, count: count)), bias: [0],
        activation: .sigmoid),
    ])
    return ConstantUnits(of: network, on: try dataset())
  }

  @Test("dead and constant units are named; units that differ for any image are not")
  func named() throws {
    #expect(try units([1, -1, 5], [0, 0.5, -4.9]).sentence == nil)
    let some = try units([1, -2, 0, -1], [0, -1, 3, -0.5])
    #expect(some.layers.map(\.dead) == [[2, 4]] && some.layers.map(\.constant) == [[3]])
    #expect(!some.isConstantNetwork)
    #expect(
      some.sentence
        == "2 of 4 units of hidden layer 1 are dead (always 0): 2, 4; 1 of 4 units of hidden layer 1 is constant: 3.")
  }

  @Test("a layer of constant units gives all images the same answer")
  func constantNetwork() throws {
    let dead = try units([-1, -2], [-1, -1])
    #expect(dead.isConstantNetwork)
    #expect(
      dead.sentence
        == "All 2 units of hidden layer 1 are dead (always 0). The answer is the same for all images.")
  }
}
