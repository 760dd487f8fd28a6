package import HTTPTypes
import Hummingbird
import NIOHTTP1
package import PerceptImages

/// An error response: a status for programs and a reason for people.
package struct RequestError: Error {
  package let status: HTTPResponse.Status
  package let reason: String
  package var headers = HTTPFields()
  /// Whether the body may not have been read completely. The connection cannot be reused then.
  package var leavesBody = false

  /// Creates an error. A reason that contains a long part of the request is shortened, as it is also logged.
  package init(_ status: HTTPResponse.Status, _ reason: String) {
    self.status = status
    self.reason = reason.utf8.count <= Self.longestReason ? reason : reason.prefix(Self.longestReason) + "…"
  }

  /// The length of the longest reason, without the ellipsis.
  private static let longestReason = 1000

  package init(_ error: ImageError) {
    let status: HTTPResponse.Status =
      switch error.reason {
      case .empty: .badRequest
      case .outOfMemory: .serviceUnavailable
      case .unsupported, .notAnImage, .unknownFormat, .missingLibrary: .unsupportedMediaType
      case .tooManyPixels, .tooLongSide: .contentTooLarge
      case .corrupt, .notEncodable: .unprocessableContent
      }
    self.init(status, error.reason.description)
  }

  /// A request that is not valid HTTP. `reason` continues "not a valid HTTP request: ".
  package init(malformed reason: String) {
    self.init(.badRequest, "not a valid HTTP request: \(reason)")
    leavesBody = true
  }

  package init(unreadable error: any Error) {
    switch error as? HTTPParserError {
    case .headerOverflow?:
      self.init(
        .requestHeaderFieldsTooLarge, "too many request headers, or headers too large; send fewer or shorter headers")
    case .invalidEOFState?: self.init(.badRequest, "the connection was closed before the request was complete")
    case let error?: self.init(malformed: "\(error)")
    case nil: self.init(malformed: "\(error)")
    }
    leavesBody = true
  }

  package static func tooLarge(_ limit: Int) -> RequestError {
    var error = RequestError(.contentTooLarge, "the body is larger than the limit of \(limit) bytes")
    error.leavesBody = true
    return error
  }

  package static func encoded(_ coding: String) -> RequestError {
    var error = RequestError(
      .unsupportedMediaType, "bodies with Content-Encoding \(coding) are not supported; send the body without it")
    error.headers[.acceptEncoding] = "identity"
    error.leavesBody = true
    return error
  }

  package static func tooSlow(_ limit: Duration) -> RequestError {
    var error = RequestError(.requestTimeout, "the body did not arrive within \(limit)")
    error.leavesBody = true
    return error
  }

  package static func wrongMethod(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> RequestError {
    let names = allowed.map(\.rawValue)
    var error = RequestError(
      .methodNotAllowed, "method \(method.rawValue) is not allowed here; use \(names.joined(separator: " or "))")
    error.headers[.allow] = names.joined(separator: ", ")
    return error
  }

  /// A temporary error that is not the request's fault. The response has a `Retry-After` header.
  private static func later(
    _ reason: String, _ status: HTTPResponse.Status = .serviceUnavailable, leavesBody: Bool = false
  ) -> RequestError {
    var error = RequestError(status, reason + "; try again in a moment")
    error.headers[.retryAfter] = "1"
    error.leavesBody = leavesBody
    return error
  }

  package static let busy = later("the server is busy: its queue is full")
  package static let full = later(
    "the server is busy: the request bodies in memory have reached their limit", leavesBody: true)
  package static let ending = later("the server is shutting down", leavesBody: true)

  /// The client disconnected. The status 499, which proxies use too, appears only in logs and metrics.
  package static let left = RequestError(
    .init(code: 499, reasonPhrase: "Client Closed Request"), "the client disconnected before the response")

  package static func tooMany(_ limit: Int) -> RequestError {
    later("your address already has \(limit) requests in flight", .tooManyRequests, leavesBody: true)
  }

  package static func tooManyConnections(_ limit: Int) -> RequestError {
    later("your address already has \(limit) open connections", .tooManyRequests, leavesBody: true)
  }

  package static func notReached(_ limit: Duration) -> RequestError {
    later("the request was still in the queue after \(limit)")
  }

  package static func overdue(_ limit: Duration) -> RequestError {
    RequestError(.gatewayTimeout, "the prediction took longer than \(limit); send smaller or fewer images")
  }

  package static func unauthorized(isWrong: Bool) -> RequestError {
    let reason =
      isWrong ? "the bearer token is wrong" : "a bearer token is required; send the header Authorization: Bearer TOKEN"
    var error = RequestError(.unauthorized, reason)
    error.headers[.wwwAuthenticate] = "Bearer realm=\"percept\"" + (isWrong ? ", error=\"invalid_token\"" : "")
    error.leavesBody = true
    return error
  }
}
