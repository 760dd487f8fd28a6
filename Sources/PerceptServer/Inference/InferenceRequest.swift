import HTTPTypes

/// An Open Inference Protocol request. Unknown keys and parameters are ignored; optional keys may be null.
struct InferenceRequest: Decodable {
  /// The response repeats it.
  let id: String?
  let parameters: Parameters?
  let inputs: [Input]
  let outputs: [Output]?

  struct Parameters: Decodable {
    private enum CodingKeys: String, CodingKey {
      case binaryDataSize = "binary_data_size"
      case binaryData = "binary_data"
      case binaryDataOutput = "binary_data_output"
    }

    /// For an input: the size of its binary data after the JSON, in bytes.
    let binaryDataSize: Int?
    /// For an output: whether to return it as binary data.
    let binaryData: Bool?
    /// For a request: whether to return outputs as binary data if their own parameters do not say.
    let binaryDataOutput: Bool?
  }

  struct Output: Decodable {
    let name: String
    let parameters: Parameters?
  }
}

extension InferenceRequest {
  struct Input: Decodable {
    private enum CodingKeys: CodingKey {
      case name, shape, datatype, parameters, data
    }

    let name: String
    let shape: [Int]
    let datatype: Datatype
    let parameters: Parameters?
    let data: TensorData?

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      shape = try container.decode([Int].self, forKey: .shape)
      let type = try container.decode(String.self, forKey: .datatype)
      guard let known = Datatype(rawValue: type) else {
        let types = Datatype.allCases.map(\.rawValue).joined(separator: ", ")
        throw RequestError(.badRequest, "datatype must be one of \(types) (got \"\(type)\")")
      }
      datatype = known
      parameters = try container.decodeIfPresent(Parameters.self, forKey: .parameters)
      guard container.contains(.data), try !container.decodeNil(forKey: .data) else {
        data = nil
        return
      }
      var values = try container.nestedUnkeyedContainer(forKey: .data)
      data = try TensorData(from: &values, of: datatype, shape: shape)
    }
  }

  enum Datatype: String, CaseIterable {
    /// Encoded images.
    case bytes = "BYTES"
    /// Features as bytes.
    case uint8 = "UINT8"
    /// Features divided by 255, from 0 to 1.
    case fp32 = "FP32"
  }
}
