import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
  /// The whole body.
  ///
  /// - Throws: ``RequestError`` when it is too large, takes too long or is cut off.
  func bytes(within limits: ServerLimits) async throws -> [UInt8] {
    if let length = headers[.contentLength].flatMap(Int.init), length > limits.bodyBytes {
      throw RequestError.tooLarge(limits.bodyBytes)
    }
    return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask { try await body.bytes(atMost: limits.bodyBytes) }
      group.addTask {
        try await Task.sleep(for: limits.bodyTime)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let bytes = first else { throw RequestError.tooSlow(limits.bodyTime) }
      return bytes
    }
  }
}

extension RequestBody {
  fileprivate func bytes(atMost limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await part in self {
        guard bytes.count + part.readableBytes <= limit else { throw RequestError.tooLarge(limit) }
        bytes.append(contentsOf: part.readableBytesView)
      }
    } catch let error as RequestError {
      throw error
    } catch {
      throw RequestError(.badRequest, "the body was cut off")
    }
    return bytes
  }
}
