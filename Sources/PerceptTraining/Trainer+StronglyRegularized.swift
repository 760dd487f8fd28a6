package import PerceptDatasets
import PerceptModels

extension Trainer {
  /// Returns a trainer for models without hidden layers that do not overfit single images: L-BFGS with an L2 penalty in
  /// proportion to the total variance of the features. The ratio of λ to the sum of the variances is min(0.02, 2/m) for
  /// m images, because a single image has less influence on the weights if there are more images. It was chosen on 102
  /// images of faces with 5 % wrong labels: with ratios from 0.008 to 0.03, nearly all wrong labels have the lowest
  /// probabilities; with larger ratios, only few have.
  package static func stronglyRegularized(for dataset: Dataset) -> Trainer {
    let variance = dataset.statistics()?.deviation.reduce(0) { $0 + $1 * $1 / (255 * 255) } ?? 0
    let penalty = min(0.02, 2 / Double(max(dataset.count, 1)))
    return Trainer(
      TrainingConfiguration {
        $0.optimizer = .lbfgs
        $0.l2 = penalty * max(variance, 1e-6)
        $0.iterations = 50
      })
  }
}
