public import PerceptDatasets
import PerceptIO
public import PerceptModels

/// A training that runs on threads of its own, while tasks wait for its progress and its result.
///
/// Cancelling a task that waits for either cancels the training.
public final class Training: Sendable {
  /// The iterations, as they end. A reader that is slower than the training gets the newest one, and never slows it
  /// down. There can be one reader. Throws the error that ends the training.
  public let progress: AsyncThrowingStream<Iteration, any Error>
  private let task: Task<TrainingRun, any Error>

  fileprivate init(
    _ fit: @escaping @Sendable (_ observe: (Iteration) throws -> Void) throws -> TrainingRun
  ) {
    let (progress, continuation) = AsyncThrowingStream.makeStream(
      of: Iteration.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(1))
    let task = Task {
      let result = await Result {
        try await onOwnThread { cancellation in
          try fit {
            try cancellation.check()
            continuation.yield($0)
          }
        }
      }
      continuation.finish(throwing: result.failure)
      return try result.get()
    }
    continuation.onTermination = { if case .cancelled = $0 { task.cancel() } }
    (self.progress, self.task) = (progress, task)
  }

  /// The trained classifier with the cost before each iteration, once the training has ended.
  ///
  /// Throws as ``Trainer/fit(_:to:validation:checkpoints:observe:)``; `CancellationError` if the training was cancelled.
  public var result: TrainingRun {
    get async throws {
      defer { withExtendedLifetime(self) {} }
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        cancel()
      }
    }
  }

  /// Stops the training after the current iteration. If it has checkpoints, it writes one.
  public func cancel() { task.cancel() }
}

extension Trainer {
  /// Starts to train a network on a dataset, as ``fit(_:to:validation:checkpoints:observe:)`` does, and returns at once.
  ///
  /// - Parameters:
  ///   - network: the initial network; nil for a neuron, or softmax regression for more than two classes.
  ///   - dataset: the training split, with at least one example of each class.
  ///   - validation: the validation split for early stopping; nil for none.
  ///   - checkpoints: the location and interval of checkpoints; nil for none.
  /// - Returns: the training. If you release it before it has ended, it is cancelled.
  public func start(
    _ network: Network? = nil, on dataset: Dataset, validation: Dataset? = nil, checkpoints: Checkpoints? = nil
  ) -> Training {
    Training { observe in
      let network =
        network ?? Network(inputs: dataset.featureCount, classes: dataset.classNames.count, seed: configuration.seed)
      return try fit(network, to: dataset, validation: validation, checkpoints: checkpoints, observe: observe)
    }
  }
}

extension Result where Success: Sendable, Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }

  fileprivate var failure: (any Error)? {
    if case .failure(let error) = self { error } else { nil }
  }
}
