import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

struct InferenceResponse: Encodable {
  private enum CodingKeys: String, CodingKey {
    case id, outputs
    case modelName = "model_name"
    case modelVersion = "model_version"
  }

  let id: String?
  let modelName: String
  let modelVersion: String
  let outputs: [Output]

  /// A tensor: its values, or the size of its binary data after the JSON.
  struct Output: Encodable {
    private enum CodingKeys: CodingKey {
      case name, datatype, shape, parameters, data
    }

    private struct Parameters: Encodable {
      private enum CodingKeys: String, CodingKey {
        case binaryDataSize = "binary_data_size"
      }

      let binaryDataSize: Int
    }

    let tensor: OutputTensor
    let binary: [UInt8]?

    init(_ tensor: OutputTensor, isBinary: Bool) {
      self.tensor = tensor
      binary = isBinary ? tensor.bytes : nil
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(tensor.name.rawValue, forKey: .name)
      try container.encode(tensor.name.datatype, forKey: .datatype)
      try container.encode(tensor.shape, forKey: .shape)
      switch (binary, tensor.values) {
      case (let binary?, _): try container.encode(Parameters(binaryDataSize: binary.count), forKey: .parameters)
      case (nil, .texts(let texts)): try container.encode(texts, forKey: .data)
      case (nil, .numbers(let numbers)): try container.encode(numbers, forKey: .data)
      }
    }
  }

  /// The HTTP response: the JSON, followed by the binary data of its tensors.
  var response: Response {
    let binary = outputs.compactMap(\.binary)
    guard !binary.isEmpty, let json = try? Response.line(of: self) else { return Response(json: self) }
    var headers: HTTPFields = [.contentType: "application/octet-stream"]
    headers.jsonLength = "\(json.count)"
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json + binary.joined())))
  }
}
