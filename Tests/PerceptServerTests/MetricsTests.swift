import PerceptServer
import HTTPTypes
import Hummingbird
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Metrics")
struct MetricsTests {
  /// Parses a text in the format of Prometheus, checks the format of every line, and returns the samples and the types
  /// of their families.
  static func samples(_ text: String) throws -> (values: [String: Double], types: [String: String]) {
    var (values, types, helped): ([String: Double], [String: String], Set<String>) = ([:], [:], [])
    let label = #"[a-z]+="(?:[^"\\\n]|\\["\\n])*""#
    let sample = try Regex(
      #"([a-z_]+(?:\{\#(label)(?:,\#(label))*\})?) (\S+)"#, as: (Substring, Substring, Substring).self)
    #expect(text.hasSuffix("\n"))
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3)
      switch words.prefix(2) {
      case ["#", "HELP"]: #expect(helped.insert(String(words[2])).inserted && words.count == 4)
      case ["#", "TYPE"]:
        #expect(types.updateValue(String(words[3]), forKey: String(words[2])) == nil)
      default:
        let match = try #require(try sample.wholeMatch(in: line))
        let number = try #require(Double(match.2))
        #expect(values.updateValue(number, forKey: String(match.1)) == nil, "\(line)")
      }
    }
    #expect(helped == Set(types.keys))
    return (values, types)
  }

  static func samples(of responder: ResponderPipeline<PredictionResponder>) async throws -> [String: Double] {
    let (response, body) = try await InferenceTests.send(.get, "/metrics", to: responder)
    #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    let (values, types) = try samples(String(decoding: body, as: UTF8.self))
    let counters = types.filter { $0.value == "counter" }.keys
    #expect(!counters.isEmpty)
    for name in counters { #expect(name.hasSuffix("_total")) }
    return values
  }

  @Test("each request and each image is counted once, with the right labels")
  func counts() async throws {
    let models = [servedModel("a", seed: 1), servedModel("b\"\\\r\n", seed: 2)]
    let responder = ResponderPipeline(PredictionResponder(models: models))
    let file = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    let answer = models[0].classifier.classNames[try models[0].classifier.predict(decoding: file, named: "x").label]
    for _ in 0..<3 { _ = try await InferenceTests.send(.put, "/models/a/predict", file, to: responder) }
    let second = try await InferenceTests.send(.post, "/models/b%22%5C%0D%0A/predict", file, to: responder)
    #expect(second.response.status == .ok)
    for path in ["/models/a/predict", "/nothing", "/../etc", "/models/x/predict"] {
      _ = try await InferenceTests.send(.post, path, Array("text".utf8), to: responder)
    }
    let json =
      #"{"inputs":[{"name":"picture","datatype":"UINT8","shape":[2,192],"parameters":{"binary_data_size":384}}]}"#
    let body = Array(json.utf8) + [UInt8](repeating: 9, count: 384)
    _ = try await InferenceTests.send(
      .post, "/v2/models/a/infer", body, jsonLength: "\(json.utf8.count)", to: responder)

    let values = try await Self.samples(of: responder)
    let requests = values.filter { $0.key.hasPrefix("percept_http_requests_total") }
    let route = { (route: String, status: Int) in
      #"percept_http_requests_total{route="\#(route)",status="\#(status)"}"#
    }
    #expect(
      requests == [
        route("/models/{name}/predict", 200): 4, route("/models/{name}/predict", 415): 1,
        route("/models/{name}/predict", 404): 1, route("none", 404): 2, route("/v2/models/{name}/infer", 200): 1,
      ])
    let predictions = values.filter { $0.key.hasPrefix("percept_predictions_total") }
    #expect(predictions.values.reduce(0, +) == 6)
    #expect(predictions[#"percept_predictions_total{model="a",class="\#(answer)"}"#, default: 0] >= 3)
    #expect(values[#"percept_prediction_duration_seconds_count{model="a"}"#] == 5)
    #expect(values[#"percept_prediction_duration_seconds_count{model="b\"\\\#u{D}\n"}"#] == 1)
    #expect(values[#"percept_http_request_duration_seconds_count{route="/models/{name}/predict"}"#] == 6)
    #expect(values["percept_http_requests_in_flight"] == 1)
    #expect(values["percept_jobs_running"] == 0 && values["percept_jobs_waiting"] == 0)
    #expect(values[#"percept_model_info{model="a",version="\#(models[0].version)"}"#] == 1)
    #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
    #expect(try #require(values["process_start_time_seconds"]) > 1_700_000_000)
    let after = try await Self.samples(of: responder)
    #expect(after[route("/metrics", 200)] == 1)
  }

  @Test("the buckets of a histogram are cumulative and end with its count")
  func histogram() async throws {
    let responder = ResponderPipeline(PredictionResponder(models: [servedModel("a", seed: 1)]))
    for _ in 0..<9 { _ = try await InferenceTests.send(.get, "/health/live", to: responder) }
    let values = try await Self.samples(of: responder)
    let name = #"percept_http_request_duration_seconds_bucket{route="/health/live",le=""#
    let bounds = values.keys.compactMap { key in
      key.hasPrefix(name) ? String(key.dropFirst(name.count).dropLast(2)) : nil
    }
    let counts = bounds.sorted { (Double($0) ?? .infinity) < (Double($1) ?? .infinity) }.compactMap {
      values[name + $0 + "\"}"]
    }
    #expect(bounds.contains("+Inf") && counts == counts.sorted() && counts.last == 9 && counts.count == 17)
  }
}
