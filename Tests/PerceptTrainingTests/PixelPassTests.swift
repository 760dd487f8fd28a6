import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// ``PixelPass`` in plain Swift: it defines the results to the last bit.
struct ReferencePass {
  private(set) var total: [Double] = []
  private(set) var errors: [Double] = []
  private(set) var cost = 0.0

  /// `upperLayers` replaces the pre-activations of one example by its errors, and returns its loss.
  init?(
    _ dataset: Dataset, weights: [[Double]], bias: [Double], digits: Int, largestError: Double, group: Int,
    upperLayers: (Int, inout [Double]) -> Double
  ) {
    let rows = dataset.examples.indices.map { dataset.withFeatures(of: $0, Array.init) }
    let formats = weights.compactMap {
      FixedPoint(digits: digits, largest: ReferenceKernels.largest($0), terms: dataset.featureCount)
    }
    guard let format = FixedPoint(digits: 2, largest: largestError, terms: dataset.count),
      formats.count == weights.count
    else { return nil }
    let wholes = zip(weights, formats).map { row, format in row.compactMap(format.whole) }
    var errors: [[Int64]] = []
    var losses = [Double](repeating: 0, count: (dataset.count + group - 1) / group)
    for (i, row) in rows.enumerated() {
      var panel = weights.indices.map {
        formats[$0].number(ReferenceKernels.product(wholes[$0], row)) + bias[$0]
      }
      losses[i / group] += upperLayers(i, &panel)
      let own = panel.compactMap(format.whole)
      guard own.count == panel.count else { return nil }
      errors.append(own)
    }
    for unit in weights.indices {
      let own = errors.map { $0[unit] }
      total += (0..<dataset.featureCount).map { j in
        format.number(ReferenceKernels.product(own, rows.map { $0[j] }))
      }
      self.errors.append(format.number(own.reduce(0, +)))
    }
    cost = losses.withUnsafeBufferPointer { sum($0) }
  }
}

@Suite("Pixel pass")
struct PixelPassTests {
  /// Replaces a pre-activation by an error between -1 and 1, and returns a loss.
  static func error(_ example: Int, _ z: inout Double) -> Double {
    z = z / (1 + abs(z)) + (example % 2 == 0 ? 0.001 : -0.001) * z / (1 + z * z)
    return z * z
  }

  static func run(_ pass: PixelPass, _ weights: [[Double]], _ bias: [Double], largestError: Double) -> Double? {
    let units = weights.count
    return pass.run(weights: weights.flatMap { $0 }, bias: bias, largestError: largestError) {
      examples, panel, stride, _ in
      var loss = 0.0
      for (k, i) in examples.enumerated() {
        var own = 0.0
        for unit in 0..<units { own += Self.error(i, &panel[unit * stride + k]) }
        loss += own
      }
      return loss
    }
  }

  static func weights(_ units: Int, _ features: Int, factor: Double) -> [[Double]] {
    var generator = SeededGenerator(seed: 5)
    return (0..<units).map { unit in
      (0..<features).map { _ in Double.random(in: -1...1, using: &generator) * factor * Double(unit + 1) }
    }
  }

  @Test(
    "any number of threads gives the bits of the reference",
    arguments: [(1, 1), (3, 64), (70, 7), (200, 65), (333, 130), (1100, 33), (130, 5000)], [1, 3])
  func reference(shape: (examples: Int, features: Int), units: Int) throws {
    let dataset = try randomDataset(examples: max(shape.examples, 2), features: shape.features, seed: 31)
    let weights = Self.weights(units, shape.features, factor: 0.01)
    let bias = (0..<units).map { Double($0) - 0.7 }
    for digits in [2, 3] {
      for largestError in [1.002, 300] {
        for threads in [1, 2, 3, 7] {
          let pass = PixelPass(dataset, units: units, weightDigits: digits, threads: threads)
          let expected = try #require(
            ReferencePass(
              dataset, weights: weights, bias: bias, digits: digits, largestError: largestError, group: pass.group
            ) { i, panel in
              var loss = 0.0
              for unit in panel.indices { loss += Self.error(i, &panel[unit]) }
              return loss
            })
          for _ in 0..<2 {
            #expect(Self.run(pass, weights, bias, largestError: largestError) == expected.cost)
            #expect(pass.total == expected.total)
            #expect(pass.errors == expected.errors)
          }
        }
      }
    }
  }

  @Test("several threads are used where the dataset is large enough")
  func threads() throws {
    let dataset = try randomDataset(examples: 500, features: 10, seed: 32)
    #expect(PixelPass(dataset, units: 1, weightDigits: 2, threads: 5).threads == 5)
    #expect(PixelPass(dataset, units: 1, weightDigits: 2, threads: 50).threads == 15)
    let small = try randomDataset(examples: 20, features: 10, seed: 32)
    #expect(PixelPass(small, units: 1, weightDigits: 2, threads: 5).threads == 1)
  }

  @Test("an error larger than expected gives nil, a number that is not finite gives no finite cost")
  func limits() throws {
    let dataset = try randomDataset(examples: 100, features: 20, seed: 33)
    let pass = PixelPass(dataset, units: 2, weightDigits: 2, threads: 3)
    let weights = Self.weights(2, 20, factor: 1)
    #expect(Self.run(pass, weights, [0, 0], largestError: 0.4) == nil)
    let cost = try #require(Self.run(pass, weights, [0, 0], largestError: 1.01))
    #expect(cost.isFinite)
    for wrong in [Double.nan, .infinity, -.infinity] {
      var others = weights
      others[1][13] = wrong
      #expect(try !#require(Self.run(pass, others, [0, 0], largestError: 1.01)).isFinite)
      #expect(try !#require(Self.run(pass, weights, [0, wrong], largestError: 1.01)).isFinite)
    }
    for factor in [0x1p-1060, 1e-200, 1e200, 1e300] {
      let cost = try #require(Self.run(pass, Self.weights(2, 20, factor: factor), [0, 0], largestError: 1.01))
      #expect(cost.isFinite && (factor > 1 ? cost > 100 : cost < 1e-6))
    }
    #expect(Self.run(pass, weights, [0, 0], largestError: 1.01) == cost)
  }

  @Test(
    "costs follow those of Float64 over 1,000 iterations",
    arguments: [FeatureScaling.unit, .centered, .standardized], [([], 2), ([], 3), ([6], 2), ([6], 3)])
  func drift(scaling: FeatureScaling, shape: (hidden: [Int], classes: Int)) throws {
    let (hidden, classes) = shape
    let dataset = try randomDataset(examples: 300, features: 200, classes: classes, seed: 34)
    let rate = scaling == .unit ? 0.002 : scaling == .centered ? 0.05 : 0.005
    // The dual form computes in Float64, from exact products of images.
    let costs = try [DescentForm.primal, .dual].map { form in
      try Trainer(
        .test(.gradientDescent, learningRate: .fixed(rate), iterations: 1000, scaling: scaling, form: form)
      ).fit(Network(inputs: 200, hidden: hidden, classes: classes, seed: 3), to: dataset).costs
    }
    #expect(costs[0].count == 1000 && (costs[0].last ?? 9) < costs[0][0])
    for (primal, dual) in zip(costs[0], costs[1]) { #expect(abs(primal - dual) <= 1e-7 * dual) }
  }

  @Test("a standardized feature that is constant in all but one image does not cost the others their precision")
  func rare() throws {
    var generator = SeededGenerator(seed: 36)
    let dataset = try Dataset(
      features: (0..<600).map { i in
        [i == 7 ? 1 : 0] + (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }, examples: (0..<600).map { Example(file: "x", label: $0 % 2) }, classNames: ["a", "b"],
      preprocessing: Preprocessing(size: ImageSize(width: 41, height: 1), color: .gray))
    let costs = try [DescentForm.primal, .dual].map { form in
      try Trainer(.test(.gradientDescent, learningRate: 1, iterations: 300, scaling: .standardized, form: form))
        .fit(.neuron(inputs: 41), to: dataset).costs
    }
    for (primal, dual) in zip(costs[0], costs[1]) { #expect(abs(primal - dual) <= 1e-9 * dual) }
  }

  @Test(
    "on the article's photos a stable rate on centered images follows Float64",
    .enabled(if: SharedData.isPresent, "the test photos are missing"))
  func photos() throws {
    let photos = try Dataset(
      DataSource(SharedData.path("celeb100"), classes: .only(["male", "female"])),
      preprocessing: Preprocessing(imageSize: 64))
    let training = try #require(photos.subset(.training))
    for configuration in [
      TrainingConfiguration.test(.gradientDescent), .test(.momentum), .test(.gradientDescent, learningRate: 0.005),
      .test(.gradientDescent, learningRate: 0.002, scaling: .standardized),
    ] {
      let costs = try [DescentForm.primal, .dual].map { form in
        try Trainer(.test(from: configuration, iterations: 1000, scaling: configuration.scaling, form: form))
          .fit(.neuron(inputs: training.featureCount), to: training).costs
      }
      for (primal, dual) in zip(costs[0], costs[1]) { #expect(abs(primal - dual) <= 1e-6 * dual) }
    }
  }

  @Test("errors of deep layers that are larger than estimated are computed in another format")
  func estimates() throws {
    let dataset = try randomDataset(examples: 60, features: 30, seed: 35)
    var network = Network(inputs: 30, hidden: [12, 16, 16], classes: 2, seed: 4)
    // With equal positive weights, the errors of all units have the same sign.
    for layer in 1..<network.layers.count {
      for j in network.layers[layer].weights.elements.indices { network.layers[layer].weights.elements[j] = 0.9 }
    }
    let costs = try [DescentForm.primal, .dual].map { form in
      try Trainer(.test(.gradientDescent, learningRate: 1e-7, iterations: 20, form: form))
        .fit(network, to: dataset).costs
    }
    #expect((costs[0].last ?? .infinity) < costs[0][0])
    for (primal, dual) in zip(costs[0], costs[1]) { #expect(abs(primal - dual) <= 1e-6 * dual) }
  }
}
