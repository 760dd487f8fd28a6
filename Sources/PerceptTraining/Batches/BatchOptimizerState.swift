import Glibc
import PerceptLinearAlgebra
import PerceptModels

/// The state of an optimizer of Float32 parameters: an ``OptimizerState``, or the moments of Adam.
struct BatchOptimizerState {
  private let optimizer: Optimizer
  private var linear: OptimizerState<Float>
  /// The weight decay λ of AdamW.
  private let decay: Float
  /// The ranges of the parameters that decay.
  private let weightRanges: [Range<Int>]
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
    self.weightRanges = weightRanges
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
    let decaying = decay == 0 ? [] : weightRanges
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            func update(_ range: Range<Int>, decay: Float) {
              guard let p = parameters.baseAddress, let g = gradient.baseAddress, let m = first.baseAddress,
                let v = second.baseAddress
              else { return }
              PixelKernels.adam(
                p + range.lowerBound, gradient: g + range.lowerBound,
                moments: (m + range.lowerBound, v + range.lowerBound), betas: betas, rate: Float(rate),
                epsilon: epsilon, decay: decay, count: range.count)
            }
            var start = 0
            for range in decaying {
              update(start..<range.lowerBound, decay: 0)
              update(range, decay: decay)
              start = range.upperBound
            }
            update(start..<parameters.count, decay: 0)
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
