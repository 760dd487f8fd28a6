import Glibc
import PerceptLinearAlgebra

/// An optimizer at work on Float32 parameters: an ``Updater``, or Adam with its moments.
struct BatchOptimizerState {
  private let optimizer: Optimizer
  private var linear: OptimizerState<Float>
  /// λ of AdamW, by which weights decay on their own, and where they are.
  private let decay: Float
  private let weightRanges: [Range<Int>]
  private var first: [Float]
  private var second: [Float]
  private var updates = 0

  /// - Parameters:
  ///   - optimizer: the rule.
  ///   - decay: what AdamW takes for L2.
  ///   - weightRanges: the parameters that decay.
  ///   - count: how many parameters there are.
  init(_ optimizer: Optimizer, decay: Double, weightRanges: [Range<Int>], count: Int) {
    self.optimizer = optimizer
    self.decay = Float(decay)
    self.weightRanges = weightRanges
    linear = OptimizerState(optimizer, count: count)
    first = Array(repeating: 0, count: optimizer.isAdam ? count : 0)
    second = first
  }

  /// One update; see ``Optimizer`` for the rules.
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
    // m̂ = m/(1 - β₁ᵗ) and v̂ = v/(1 - β₂ᵗ), put into the step and into ε.
    let correction = (1 - pow(Optimizer.secondBeta, Double(updates))).squareRoot()
    let rate = learningRate * correction / (1 - pow(Optimizer.firstBeta, Double(updates)))
    let epsilon = Float(Optimizer.epsilon * correction)
    let betas = (Float(Optimizer.firstBeta), Float(Optimizer.secondBeta))
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

  /// Puts its numbers into an archive or takes them out of one.
  mutating func code(with archive: inout StateArchive) throws {
    try linear.code(with: &archive)
    try archive.code("moments.first", &first)
    try archive.code("moments.second", &second)
    try archive.code("updates", &updates)
  }
}
