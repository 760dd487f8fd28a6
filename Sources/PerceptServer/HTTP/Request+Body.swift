import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
  /// The whole body. The time that it may take is the connection's to watch (``ConnectionGuard``).
  ///
  /// - Parameters:
  ///   - limits: how large it may be.
  ///   - budget: what all bodies together may take.
  /// - Returns: the bytes, which count for as long as they are referred to.
  /// - Throws: ``RequestError`` when it is too large, takes too long or is cut off, or there is no room.
  package func body(within limits: ServerLimits, _ budget: BodyBudget) async throws -> BodyBudget.Body {
    if let length = headers[.contentLength].flatMap(Int.init), length > limits.bodyBytes {
      throw RequestError.tooLarge(limits.bodyBytes)
    }
    var whole = BodyBudget.Growing(budget)
    do {
      for try await part in body {
        guard whole.bytes.count + part.readableBytes <= limits.bodyBytes else {
          throw RequestError.tooLarge(limits.bodyBytes)
        }
        try whole.append(part.readableBytesView)
      }
    } catch let error as RequestError {
      throw error
    } catch {
      throw RequestError(.badRequest, "the body was cut off")
    }
    return whole.finish()
  }

  /// The whole body, for a site that only this machine asks.
  package func bytes(within limits: ServerLimits) async throws -> [UInt8] {
    try await body(within: limits, BodyBudget(limit: limits.bodyBytes)).bytes
  }
}
