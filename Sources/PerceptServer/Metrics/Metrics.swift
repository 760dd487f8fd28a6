import FoundationEssentials
import HTTPTypes
import Hummingbird
import PerceptModels
import PerceptPlatform
import Synchronization

/// The metrics of a server. A lock is held only for a few additions per request.
package final class Metrics: Sendable {
  private struct State {
    var requests: [RequestKey: Int] = [:]
    var requestTimes: [String: Histogram] = [:]
    var requestsInFlight = 0
    var predictions: [PredictionKey: Int] = [:]
    var predictionTimes: [String: Histogram] = [:]
  }

  private struct RequestKey: Hashable {
    let route: String
    let status: Int
  }

  private struct PredictionKey: Hashable {
    let model: String
    let `class`: String
  }

  private let state = Mutex(State())
  /// Seconds since 1970.
  private let start = Date().timeIntervalSince1970

  /// Counts a request as in flight while it is answered.
  func countingInFlight(_ answer: () async throws -> Response) async throws -> Response {
    state.withLock { $0.requestsInFlight += 1 }
    defer { state.withLock { $0.requestsInFlight -= 1 } }
    return try await answer()
  }

  /// Counts a response. Paths without a route share one label, because clients can invent paths.
  func count(_ status: HTTPResponse.Status, at route: Route?, after time: Duration) {
    let (route, seconds) = (route?.rawValue ?? "none", time / .seconds(1))
    state.withLock {
      $0.requests[RequestKey(route: route, status: status.code), default: 0] += 1
      $0.requestTimes[route, default: Histogram()].add(seconds)
    }
  }

  /// Counts a prediction and its time, including decoding. If `predict` throws, counts nothing.
  func counting(_ model: ServedModel, _ predict: () throws -> Prediction) rethrows -> Prediction {
    try counting(model, { (try predict(), ()) }).prediction
  }

  /// Counts a prediction as above, and returns what else `predict` returns.
  func counting<Other>(
    _ model: ServedModel, _ predict: () throws -> (Prediction, Other)
  ) rethrows -> (prediction: Prediction, other: Other) {
    let clock = ContinuousClock()
    let start = clock.now
    let (prediction, other) = try predict()
    let seconds = (clock.now - start) / .seconds(1)
    let key = PredictionKey(model: model.name, class: model.classifier.classNames[prediction.label])
    state.withLock {
      $0.predictions[key, default: 0] += 1
      $0.predictionTimes[model.name, default: Histogram()].add(seconds)
    }
    return (prediction, other)
  }

  func text(of responder: PredictionResponder) -> MetricsText {
    let state = state.withLock { $0 }
    var text = MetricsText()
    Self.write(state, to: &text)
    Self.write(responder, to: &text)
    text.begin("process_start_time_seconds", .gauge, "Start time of the server in seconds since 1970.")
    text.add("process_start_time_seconds", [:], start)
    if let bytes = Platform.residentBytes {
      text.begin("process_resident_memory_bytes", .gauge, "Resident memory of the process in bytes.")
      text.add("process_resident_memory_bytes", [:], bytes)
    }
    return text
  }

  private static func write(_ state: State, to text: inout MetricsText) {
    text.begin("percept_http_requests_total", .counter, "Number of requests answered, by route and status.")
    for (key, count) in state.requests.sorted(by: { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }) {
      text.add("percept_http_requests_total", ["route": key.route, "status": "\(key.status)"], count)
    }
    text.begin("percept_http_request_duration_seconds", .histogram, "Time from request to response, by route.")
    for (route, times) in state.requestTimes.sorted(by: { $0.key < $1.key }) {
      text.add("percept_http_request_duration_seconds", ("route", route), times)
    }
    text.begin("percept_http_requests_in_flight", .gauge, "Number of requests in flight, including this one.")
    text.add("percept_http_requests_in_flight", [:], state.requestsInFlight)
    text.begin("percept_predictions_total", .counter, "Number of images classified, by model and predicted class.")
    for (key, count) in state.predictions.sorted(by: {
      ($0.key.model, $0.key.class) < ($1.key.model, $1.key.class)
    }) {
      text.add("percept_predictions_total", ["model": key.model, "class": key.class], count)
    }
    text.begin("percept_prediction_duration_seconds", .histogram, "Time to decode and classify one image, by model.")
    for (model, times) in state.predictionTimes.sorted(by: { $0.key < $1.key }) {
      text.add("percept_prediction_duration_seconds", ("model", model), times)
    }
  }

  private static func write(_ responder: PredictionResponder, to text: inout MetricsText) {
    let (admitted, threads) = (responder.pool.count, responder.limits.concurrentPredictions)
    text.begin("percept_jobs_running", .gauge, "Number of prediction requests being processed.")
    text.add("percept_jobs_running", [:], min(admitted, threads))
    text.begin("percept_jobs_waiting", .gauge, "Number of prediction requests in the queue.")
    text.add("percept_jobs_waiting", [:], max(0, admitted - threads))
    text.begin("percept_model_info", .gauge, "The models served. The version is a fingerprint of the model.")
    for model in responder.models {
      text.add("percept_model_info", ["model": model.name, "version": model.version], 1)
    }
    text.begin("percept_build_info", .gauge, "The version of Percept.")
    text.add("percept_build_info", ["version": Program.version], 1)
  }
}
