import HTTPTypes

/// The JSON of an inference request of the Open Inference Protocol. Keys that it does not name, and parameters that are
/// not listed here, mean nothing to us and are passed over; null is as good as nothing.
struct InferenceRequest: Decodable {
  /// Comes back in the response.
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

    /// Of an input: how many bytes of it follow the JSON.
    let binaryDataSize: Int?
    /// Of an output: whether it is to follow the JSON.
    let binaryData: Bool?
    /// Of a request: whether all outputs are to, where they do not say themselves.
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
        throw RequestError(.badRequest, "the datatype is one of \(types), not \"\(type)\"")
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

  /// What an input can be.
  enum Datatype: String, CaseIterable {
    /// Encoded pictures.
    case bytes = "BYTES"
    /// Features as they are.
    case uint8 = "UINT8"
    /// Pixels from 0 to 1.
    case fp32 = "FP32"
  }
}
