import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
  /// Reads the whole body. ``ConnectionTimeoutHandler`` enforces the time limit. Throws ``RequestError`` if the body is
  /// larger than ``ServerLimits/bodyBytes``, too slow or incomplete, or the budget that all bodies share is exhausted.
  package func body(within limits: ServerLimits, _ budget: BodyBudget) async throws -> BodyBudget.Body {
    if let length = headers[.contentLength].flatMap(Int.init), length > limits.bodyBytes {
      throw RequestError.tooLarge(limits.bodyBytes)
    }
    if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
      throw RequestError.encoded(coding)
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
      throw RequestError(.badRequest, "the connection was closed before the body was complete")
    }
    // When a connection is closed, its requests are canceled before their bodies end.
    guard !Task.isCancelled else { throw RequestError.left }
    return whole.finish()
  }

  /// Reads the whole body without a shared budget, for a server that only this machine can reach.
  package func bytes(within limits: ServerLimits) async throws -> [UInt8] {
    try await body(within: limits, BodyBudget(limit: limits.bodyBytes)).bytes
  }
}
