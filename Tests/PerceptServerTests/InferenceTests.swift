import PerceptServer
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("InferenceProtocol: the Open Inference Protocol")
struct InferenceTests {
  typealias Pipeline = ResponderPipeline<PredictionResponder>

  struct Answer: Decodable {
    struct Parameters: Decodable {
      var binary_data_size: Int?
    }

    struct Output: Decodable {
      var name: String
      var datatype: String
      var shape: [Int]
      var data: [Value]?
      var parameters: Parameters?
    }

    var id: String?
    var model_name: String?
    var model_version: String?
    var outputs: [Output]?
    var error: String?
  }

  enum Value: Decodable, Equatable {
    case text(String)
    case number(Double)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  static let model = servedModel("m", seed: 1)
  static let features = (0..<3 * 192).map { UInt8($0 * 7 % 256) }

  static func expected(_ features: [UInt8] = features) -> [Prediction] {
    stride(from: 0, to: features.count, by: 192).map { start in
      Array(features[start..<start + 192]).withUnsafeBufferPointer(model.classifier.predict)
    }
  }

  /// Sends a request and returns the response and its complete body.
  static func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [], jsonLength: String? = nil,
    to responder: Pipeline = Pipeline(PredictionResponder(models: [model]))
  ) async throws -> (response: Response, body: [UInt8]) {
    var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
    if let name = HTTPField.Name("Inference-Header-Content-Length") { head.headerFields[name] = jsonLength }
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
    let response = await responder.respond(to: request, over: NIOAsyncTestingChannel())
    let collector = BodyCollector()
    try await response.body.write(collector)
    return (response, collector.bytes)
  }

  static func infer(_ json: String, _ binary: [UInt8]? = nil) async throws -> (status: Int, answer: Answer) {
    let length = binary.map { _ in "\(json.utf8.count)" }
    let (response, body) = try await send(
      .post, "/v2/models/m/infer", Array(json.utf8) + (binary ?? []), jsonLength: length)
    return (response.status.code, try JSONDecoder().decode(Answer.self, from: Data(body)))
  }

  static func request(_ type: String, _ shape: [Int], _ rest: String, more: String = "") -> String {
    #"{"inputs":[{"name":"picture","datatype":"\#(type)","shape":\#(shape),\#(rest)}]\#(more)}"#
  }

  static func bytes(_ elements: [[UInt8]]) -> [UInt8] {
    elements.flatMap { element in
      withUnsafeBytes(of: UInt32(element.count).littleEndian) { Array($0) } + element
    }
  }

  static func check(_ answer: Answer, _ predictions: [Prediction], _ location: SourceLocation = #_sourceLocation) {
    let names = model.classifier.classNames
    #expect(answer.model_name == "m" && answer.model_version == model.version, sourceLocation: location)
    #expect(answer.outputs?.map(\.name) == ["class", "probability", "probabilities"], sourceLocation: location)
    #expect(answer.outputs?.map(\.datatype) == ["BYTES", "FP64", "FP64"], sourceLocation: location)
    let count = predictions.count
    #expect(answer.outputs?.map(\.shape) == [[count], [count], [count, 2]], sourceLocation: location)
    let values = [
      predictions.map { Value.text(names[$0.label]) }, predictions.map { Value.number($0.probability) },
      predictions.flatMap { $0.probabilities.map { Value.number($0) } },
    ]
    #expect(answer.outputs?.map(\.data) == values, sourceLocation: location)
  }

  @Test("features as flat, nested or binary UINT8 or FP32 tensors give the probabilities of the library")
  func features() async throws {
    let (expected, rows) = (Self.expected(), stride(from: 0, to: 576, by: 24).map { Self.features[$0..<$0 + 24] })
    let nested = (0..<3).map { image in
      (0..<8).map { row in (0..<8).map { column in Array(rows[8 * image + row].dropFirst(3 * column).prefix(3)) } }
    }
    let halves = (0..<3).map { Array(Self.features[192 * $0..<192 * $0 + 192]) }
    let pixels = Self.features.map { Float($0) / 255 }
    let bits = pixels.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    for shape in [[3, 8, 8, 3], [3, 192]] {
      for (type, data) in [("UINT8", "\(Self.features)"), ("UINT8", "\(halves)"), ("FP32", "\(pixels)")] {
        Self.check(try await Self.infer(Self.request(type, shape, #""data":\#(data)"#)).answer, expected)
      }
      for (type, binary) in [("UINT8", Self.features), ("FP32", bits)] {
        let size = #""parameters":{"binary_data_size":\#(binary.count)}"#
        Self.check(try await Self.infer(Self.request(type, shape, size), binary).answer, expected)
      }
    }
    Self.check(try await Self.infer(Self.request("UINT8", [3, 8, 8, 3], #""data":\#(nested)"#)).answer, expected)
  }

  @Test("encoded images in base64 or binary give the probabilities of the library")
  func images() async throws {
    let photo = TestImages.photo(seed: 1, width: 30, height: 20)
    let files = try [
      photo.encodedPNG(), photo.encodedJPEG(), TestImages.noise(seed: 2, width: 9, height: 9).encodedPNG(),
    ]
    let expected = try files.map { try Self.model.classifier.predict(decoding: $0, named: "x") }
    let texts = files.map { Data($0).base64EncodedString() }
    Self.check(try await Self.infer(Self.request("BYTES", [3], #""data":\#(texts)"#)).answer, expected)
    let column = texts.map { [$0] }
    Self.check(try await Self.infer(Self.request("BYTES", [3, 1], #""data":\#(column)"#)).answer, expected)
    let binary = Self.bytes(files)
    let size = #""parameters":{"binary_data_size":\#(binary.count)},"data":null"#
    Self.check(try await Self.infer(Self.request("BYTES", [3, 1], size), binary).answer, expected)
  }

  @Test("requested outputs are returned in order, with the request's id, and as binary data on request")
  func outputs() async throws {
    let expected = Self.expected()
    let more = #","id":"a\n","parameters":{"priority":1},"outputs":[{"name":"probabilities"},{"name":"class"}]"#
    let some = try await Self.infer(Self.request("UINT8", [3, 192], #""data":\#(Self.features)"#, more: more)).answer
    #expect(some.id == "a\n" && some.outputs?.map(\.name) == ["probabilities", "class"])
    let nulls = #","id":null,"parameters":null,"outputs":null"#
    Self.check(
      try await Self.infer(Self.request("UINT8", [3, 192], #""data":\#(Self.features)"#, more: nulls)).answer, expected)

    let asked =
      #","parameters":{"binary_data_output":true},"outputs":[{"name":"class"},{"name":"probability"},"#
      + #"{"name":"probabilities","parameters":{"binary_data":false}}]"#
    let json = Self.request("UINT8", [3, 192], #""data":\#(Self.features)"#, more: asked)
    let (response, body) = try await Self.send(.post, "/v2/models/m/infer", Array(json.utf8))
    let name = try #require(HTTPField.Name("Inference-Header-Content-Length"))
    let length = try #require(response.headers[name].flatMap(Int.init))
    let answer = try JSONDecoder().decode(Answer.self, from: Data(body[..<length]))
    let texts = Self.bytes(expected.map { Array(Self.model.classifier.classNames[$0.label].utf8) })
    let numbers = expected.flatMap { withUnsafeBytes(of: $0.probability.bitPattern.littleEndian) { Array($0) } }
    #expect(response.headers[.contentType] == "application/octet-stream" && Array(body[length...]) == texts + numbers)
    #expect(answer.outputs?.map(\.parameters?.binary_data_size) == [texts.count, numbers.count, nil])
    #expect(answer.outputs?.map { $0.data == nil } == [true, true, false])
  }

  @Test("an invalid request gets a client error (4xx) that names the problem")
  func refused() async throws {
    let base = Data(try TestImages.photo(seed: 1, width: 20, height: 20).encodedPNG()).base64EncodedString()
    let cut = Data(try TestImages.photo(seed: 1, width: 20, height: 20).encodedPNG().dropLast(30)).base64EncodedString()
    let one = [Int](repeating: 7, count: 191)
    let tooMany = String(repeating: "1,", count: 2 << 20) + "1"
    let cases: [(String, Int, String)] = [
      ("", 400, "not a JSON object"), ("[1]", 400, "not a JSON object"), ("{}", 400, "inputs is missing"),
      (#"{"inputs":[]}"#, 400, "exactly one input"),
      (#"{"inputs":[{"name":1}]}"#, 400, "inputs[0].name has the wrong type"),
      (#"{"inputs":[{"name":"picture"}]}"#, 400, "inputs[0].shape is missing"),
      (Self.request("INT64", [1], #""data":[1]"#), 400, #"got "INT64""#),
      (Self.request("BYTES", [1], #""data":["§"]"#), 400, "image 0 is not valid base64"),
      (Self.request("BYTES", [2], #""data":["\#(base)"]"#), 400, "has 1 elements, but its shape is [2]"),
      (
        Self.request("BYTES", [2, 1], #""data":[["\#(base)","\#(base)"]]"#), 400,
        "has 1 elements, but its shape is [2, 1]"
      ),
      (Self.request("BYTES", [1], #""data":[1]"#), 400, "inputs[0].data[0] has the wrong type"),
      (Self.request("BYTES", [1], #""parameters":{}"#), 400, "either data or"),
      (Self.request("BYTES", [1], #""data":[""],"parameters":{"binary_data_size":0}"#), 400, "either data or"),
      (Self.request("BYTES", [65], #""parameters":{"binary_data_size":0}"#), 413, "limit of 64"),
      (Self.request("BYTES", [2], #""data":["\#(base)","aGVsbG8="]"#), 415, "image 1: text, not an image"),
      (Self.request("BYTES", [1], #""data":["\#(cut)"]"#), 422, "image 0: "),
      (Self.request("BYTES", [1], #""data":[""]"#), 400, "image 0: "),
      (
        Self.request("UINT8", [1, 8, 3, 8], #""data":\#(one + [0])"#), 400,
        "[n, 8, 8, 3] or [n, 192] (got [1, 8, 3, 8])"
      ),
      (Self.request("UINT8", [0, 192], #""data":[]"#), 400, "its shape"),
      (Self.request("UINT8", [.max, 192], #""data":[]"#), 400, "its shape"),
      (Self.request("UINT8", [-1, 192], #""data":[]"#), 400, "its shape"),
      (Self.request("UINT8", [1, 192], #""data":\#(one + [256])"#), 400, "value 191 is 256.0"),
      (
        Self.request("UINT8", [1, 192], #""data":[0.5,1\#(one.dropFirst().reduce("") { $0 + ",\($1)" })]"#), 400,
        "value 0 is 0.5"
      ),
      (Self.request("FP32", [1, 192], #""data":\#(one.map { _ in 1 } + [-1])"#), 400, "value 191 is -1.0"),
      (Self.request("UINT8", [1, 192], #""data":[\#(tooMany)]"#), 413, "send tensors as binary data"),
      (
        Self.request("UINT8", [1, 192], #""data":\#(one + [0])"#, more: #","outputs":[{"name":"x"}]"#), 400,
        "no output named \"x\""
      ),
      (
        Self.request(
          "UINT8", [1, 192], #""data":\#(one + [0])"#, more: #","outputs":[{"name":"class"},{"name":"class"}]"#), 400,
        "twice"
      ),
    ]
    for (json, status, reason) in cases {
      let (code, answer) = try await Self.infer(json)
      #expect(code == status && answer.error?.contains(reason) == true, "\(reason): \(code) \(answer.error ?? "")")
    }
  }

  @Test("a long part of the request is shortened in the error, which is also logged")
  func longReason() async throws {
    let name = String(repeating: "x", count: 100_000)
    let (code, answer) = try await Self.infer(
      Self.request("UINT8", [3, 192], #""data":\#(Self.features)"#, more: #","outputs":[{"name":"\#(name)"}]"#))
    let error = try #require(answer.error)
    #expect(code == 400 && error.hasPrefix("no output named \"xxx") && error.hasSuffix("x…") && error.count == 1001)
  }

  @Test("binary data of the wrong length or with invalid values are refused")
  func binary() async throws {
    let nan = withUnsafeBytes(of: Float.nan) { Array($0) } + [UInt8](repeating: 0, count: 191 * 4)
    let size = { (count: Int) in #""parameters":{"binary_data_size":\#(count)}"# }
    let cases: [(String, [UInt8], String)] = [
      (Self.request("UINT8", [1, 192], size(192)), [1], "1 bytes follow"),
      (Self.request("UINT8", [1, 192], size(191)), [UInt8](repeating: 1, count: 191), "191 bytes do not match UINT8"),
      (Self.request("FP32", [1, 192], size(192)), [UInt8](repeating: 1, count: 192), "192 bytes do not match FP32"),
      (Self.request("FP32", [1, 192], size(769)), [UInt8](repeating: 1, count: 769), "769 bytes do not match FP32"),
      (Self.request("FP32", [1, 192], size(768)), nan, "value 0 is nan"),
      (Self.request("BYTES", [1], size(3)), [1, 0, 0], "each preceded by its length"),
      (Self.request("BYTES", [1], size(5)), [2, 0, 0, 0, 1], "each preceded by its length"),
      (Self.request("BYTES", [1], size(4)), [255, 255, 255, 255], "each preceded by its length"),
      (Self.request("BYTES", [2], size(5)), [1, 0, 0, 0, 1], "must be 2 elements"),
      (Self.request("UINT8", [1, 192], #""data":\#(Array(repeating: 1, count: 192))"#), [1], "1 bytes follow"),
    ]
    for (json, bytes, reason) in cases {
      let (code, answer) = try await Self.infer(json, bytes)
      #expect(code == 400 && answer.error?.contains(reason) == true, "\(reason): \(code) \(answer.error ?? "")")
    }
    for length in ["3", "-1", "x", "99999999999999999999"] {
      let (response, _) = try await Self.send(.post, "/v2/models/m/infer", [123, 125], jsonLength: length)
      #expect(response.status == .badRequest)
    }
  }
}
