import FoundationEssentials
import PerceptFeatures
import PerceptImages
import PerceptModels
import PerceptServer
import PerceptTestSupport

extension FuzzTarget {
  /// Forms. The first line is the value of the header Content-Type.
  @Sendable static func multipart(folder: String) throws -> FuzzTarget {
    let type = "multipart/form-data; boundary=XyZ"
    let file = "Content-Disposition: form-data; name=\"image\"; filename=\"c\\\"at.jpg\"\r\nContent-Type: image/jpeg"
    let field = "--XyZ\r\nContent-Disposition: form-data; name=note\r\n\r\nfilename=x\r\n"
    let forms = [
      "--XyZ\r\n\(file)\r\n\r\ncat\r\n--X\r\n--XyZ--\r\n",
      "before\r\n\(field)--XyZ \r\n\(file)\r\n\r\n\r\n--XyZ--after",
      "--XyZ\r\n\r\nno header\r\n\(field)--XyZ\r\nContent-Disposition: form-data; filename*=UTF-8''c%C3\r\n\r\n\r\n--XyZ--",
    ]
    return FuzzTarget(
      seeds: forms.map { HeadedInput(head: type, body: Array($0.utf8)).bytes }, refusals: [MultipartForm.Problem.self]
    ) { bytes in
      let input = HeadedInput(bytes)
      let file = try MultipartForm.file(in: input.body, contentType: input.head)
      try require(file.count < input.body.count, "the file is longer than the form")
    }
  }

  /// Requests of the Open Inference Protocol. The first line is the value of the header with the length of the JSON.
  @Sendable static func inference(folder: String) throws -> FuzzTarget {
    let preprocessing = Preprocessing(imageSize: 2)
    let model = ServedModel(
      name: "m",
      classifier: Classifier(
        network: Network(inputs: 12, classes: 3, initialization: .xavier, seed: 1), classNames: ["a", "b\"", "c"],
        preprocessing: preprocessing, record: TrainingRecord(learningRate: 1)))
    let inference = InferenceProtocol(responder: PredictionResponder(models: [model]))
    return FuzzTarget(seeds: try requests(), repair: Repair.request, refusals: [RequestError.self]) { bytes in
      let input = HeadedInput(bytes)
      _ = try inference.answer(to: input.body, headerLength: input.head.isEmpty ? nil : input.head, by: model)
    }
  }

  private static func requests() throws -> [[UInt8]] {
    let png = try TestImages.photo(seed: 1, width: 5, height: 4).encodedPNG()
    let jpeg = try TestImages.photo(seed: 2, width: 5, height: 4).encodedJPEG()
    let texts = [png, jpeg].map { "\"\(Data($0).base64EncodedString())\"" }
    let rows = (0..<2).map { row in (0..<2).map { column in (0..<3).map { 40 * $0 + 7 * column + row } } }
    let more =
      #","id":"7","parameters":{"binary_data_output":true},"outputs":[{"name":"class"},"#
      + #"{"name":"probabilities","parameters":{"binary_data":false}}]"#
    let sized = { (count: Int) in #""parameters":{"binary_data_size":\#(count)}"# }
    let elements = [png, jpeg].flatMap { Repair.bigEndian($0.count).reversed() + $0 }
    return [
      request("UINT8", "[1,12]", #""data":\#(Array(0..<12))"#), request("UINT8", "[1,2,2,3]", #""data":[\#(rows)]"#),
      request("FP32", "[2,12]", #""data":\#((0..<24).map { Double($0) / 32 })"#, more),
      request("BYTES", "[2]", #""data":[\#(texts[0]),\#(texts[1])]"#),
      request("BYTES", "[1,1]", #""data":[[\#(texts[1])]]"#),
      request("UINT8", "[2,12]", sized(24), more, binary: Array(0..<24)),
      request("FP32", "[1,12]", sized(48), binary: [UInt8](repeating: 0x3F, count: 48)),
      request("BYTES", "[2,1]", sized(elements.count) + #","data":null"#, binary: elements),
    ]
  }

  private static func request(
    _ type: String, _ shape: String, _ data: String, _ more: String = "", binary: [UInt8]? = nil
  ) -> [UInt8] {
    let json = #"{"inputs":[{"name":"picture","datatype":"\#(type)","shape":\#(shape),\#(data)}]\#(more)}"#
    return HeadedInput(
      head: binary == nil ? "" : "\(json.utf8.count)", body: Array(json.utf8) + (binary ?? [])
    ).bytes
  }
}
