public import Datasets
public import Metrics
import Percept

/// A training from zero or from the weights of a model, timed from the call of `fit` to its return.
public struct TrainJob: Decodable {
  let data: String
  let classes: String?
  let count: Int?
  let learningRate: Double
  let iterations: Int
  let form: String
  /// A model file to continue.
  let model: String?
  /// The iteration to stop after, to see only how a long training begins.
  let stopAfter: Int?

  private struct Stop: Error {}

  /// Trains.
  public func run(_ datasets: inout LoadedDatasets) throws -> Answer {
    let dataset = try datasets.dataset(data, classes: classes, count: count)
    guard let form = DescentForm(rawValue: form) else { return Answer(error: "no form is called \(form)") }
    var configuration = TrainingConfiguration()
    (configuration.learningRate, configuration.scaling) = (.fixed(learningRate), .unit)
    (configuration.iterations, configuration.form) = (iterations, form)
    let trainer = Trainer(configuration)
    let network = try model.map { try Classifier(contentsOf: $0).network } ?? .neuron(inputs: dataset.featureCount)
    let last = min(stopAfter ?? iterations, iterations) - 1
    var costs: [Double] = []
    costs.reserveCapacity(last + 1)
    var (first, end) = (0.0, 0.0)
    var run: TrainingRun?
    let start = now()
    do {
      run = try trainer.fit(network, to: dataset) { step in
        costs.append(step.cost)
        if step.iteration == 0 { first = now() }
        if step.iteration == last { end = now() }
        if step.iteration == last, stopAfter != nil { throw Stop() }
      }
    } catch is Stop {}
    var answer = Answer(seconds: now() - start)
    answer.secondsPerIteration = last > 0 ? (end - first) / Double(last) : nil
    (answer.costs, answer.stableLearningRate) = (costs, run?.stableLearningRate)
    return answer
  }
}
