import PerceptLinearAlgebra
import PerceptModels
import PerceptPlatform

/// The state of an optimizer of Float32 parameters: an ``OptimizerState``, or the moments of Adam.
struct BatchOptimizerState {
  private let optimizer: Optimizer
  private var linear: OptimizerState<Float>
  /// The weight decay λ of AdamW.
  private let decay: Float
  /// The ranges of weights and of biases, in order, and whether they decay.
  private let segments: [(range: Range<Int>, decays: Bool)]
  /// The first moments m and the second moments v of Adam.
  private var first: [Float]
  private var second: [Float]
  private var updates = 0

  private static let firstBeta = 0.9
  private static let secondBeta = 0.999
  private static let epsilon = 1e-8

  init(_ configuration: TrainingConfiguration, weightRanges: [Range<Int>], count: Int) {
    optimizer = configuration.optimizer
    decay = Float(configuration.l2)
    segments = zip(weightRanges, weightRanges.dropFirst().map(\.lowerBound) + [count]).flatMap { weights, next in
      [(weights, true), (weights.upperBound..<next, false)]
    }
    linear = OptimizerState(configuration, count: count)
    first = Array(repeating: 0, count: optimizer.isAdam ? count : 0)
    second = first
  }

  /// Updates the parameters; see ``Optimizer`` for the rules.
  mutating func update(_ parameters: inout [Float], by gradient: [Float], learningRate: Double) {
    updates += 1
    switch optimizer {
    case .gradientDescent, .momentum, .nesterov, .lbfgs:
      linear.update(&parameters, by: gradient, learningRate: learningRate)
    case .adam: adam(&parameters, by: gradient, learningRate: learningRate, decay: 0)
    case .adamW: adam(&parameters, by: gradient, learningRate: learningRate, decay: Float(learningRate) * decay)
    }
  }

  private mutating func adam(_ parameters: inout [Float], by gradient: [Float], learningRate: Double, decay: Float) {
    // The bias corrections m̂ = m/(1 - β₁ᵗ) and v̂ = v/(1 - β₂ᵗ) are included in the step size and in ε.
    let correction = (1 - pow(Self.secondBeta, Double(updates))).squareRoot()
    let rate = learningRate * correction / (1 - pow(Self.firstBeta, Double(updates)))
    let epsilon = Float(Self.epsilon * correction)
    let betas = (Float(Self.firstBeta), Float(Self.secondBeta))
    let (segments, blocks) = (segments, EvenBlocks(parameters.count, atMost: 1 << 15))
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            guard let p = parameters.baseAddress, let g = gradient.baseAddress, let m = first.baseAddress,
              let v = second.baseAddress
            else { return }
            nonisolated(unsafe) let (weights, gradient, moments) = (p, g, (m, v))
            concurrently(blocks.count) { index in
              for segment in segments {
                let range = segment.range.clamped(to: blocks[index])
                let start = range.lowerBound
                PixelKernels.adam(
                  weights + start, gradient: gradient + start, moments: (moments.0 + start, moments.1 + start),
                  betas: betas, rate: Float(rate), epsilon: epsilon, decay: segment.decays ? decay : 0,
                  count: range.count)
              }
            }
          }
        }
      }
    }
  }

  mutating func code(with archive: inout StateArchive) throws {
    try linear.code(with: &archive)
    try archive.code("moments.first", &first)
    try archive.code("moments.second", &second)
    try archive.code("updates", &updates)
  }
}
