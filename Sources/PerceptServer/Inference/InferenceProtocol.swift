import HTTPTypes
package import Hummingbird
import PerceptFeatures
import PerceptImages
import PerceptModels

/// The Open Inference Protocol, version 2, of KServe and Triton, with the binary tensor data extension.
package struct InferenceProtocol {
  private let responder: PredictionResponder

  package init(responder: PredictionResponder) { self.responder = responder }

  struct ServerDescription: Encodable {
    let name = Program.name
    let version = Program.version
    let extensions = ["binary_tensor_data"]
  }

  func answer(to request: Request, by model: ServedModel) async throws -> Response {
    let content = try await request.body(within: responder.limits, responder.budget)
    let headerLength = request.headers.jsonLength
    return try await responder.pool.run { try answer(to: content.bytes, headerLength: headerLength, by: model) }
  }

  /// Answers a request on the current thread. `headerLength` is the length of the JSON, or nil if there is no binary data.
  /// Throws ``RequestError`` if the body is invalid.
  package func answer(to bytes: [UInt8], headerLength: String?, by model: ServedModel) throws -> Response {
    let body = try InferenceBody(bytes, headerLength: headerLength)
    let outputs = try Self.outputs(wantedBy: body.request)
    let images = try InputImages(body, for: model.classifier, limits: responder.limits)
    let predictions = try predictions(for: images, by: model)
    return InferenceResponse(
      id: body.request.id, modelName: model.name, modelVersion: model.version,
      outputs: outputs.map { name, isBinary in
        .init(OutputTensor(name, of: predictions, by: model.classifier), isBinary: isBinary)
      }
    ).response
  }

  /// Returns the outputs that a request names, or all outputs if it names none.
  private static func outputs(wantedBy request: InferenceRequest) throws -> [(OutputTensor.Name, isBinary: Bool)] {
    let isBinary = request.parameters?.binaryDataOutput ?? false
    guard let outputs = request.outputs, !outputs.isEmpty else {
      return OutputTensor.Name.allCases.map { ($0, isBinary) }
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw RequestError(.badRequest, "outputs contains the same name twice; list each output once")
    }
    return try outputs.map { output in
      guard let name = OutputTensor.Name(rawValue: output.name) else {
        let names = OutputTensor.Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw RequestError(.badRequest, "no output named \"\(output.name)\"; the outputs are \(names)")
      }
      return (name, output.parameters?.binaryData ?? isBinary)
    }
  }

  private func predictions(for images: InputImages, by model: ServedModel) throws -> [Prediction] {
    switch images {
    case .encoded(let files):
      return try files.enumerated().map { index, file in
        do {
          return try responder.metrics.counting(model) {
            try model.prediction(for: file, pixelBudget: responder.limits.pixels)
          }
        } catch let error as ImageError {
          let error = RequestError(error)
          throw RequestError(error.status, "image \(index): \(error.reason)")
        }
      }
    case .samples(let bytes):
      let count = model.classifier.preprocessing.grid.sampleCount
      return try stride(from: 0, to: bytes.count, by: count).map { start in
        let samples = Array(bytes[start..<start + count])
        return try responder.metrics.counting(model) { try model.classifier.predict(ofSamples: samples) }
      }
    }
  }
}
