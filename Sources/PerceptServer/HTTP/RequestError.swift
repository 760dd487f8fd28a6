package import HTTPTypes
import Hummingbird
import NIOHTTP1
package import PerceptImages

/// Why a request is refused: a status for programs and a reason for people.
package struct RequestError: Error {
  package let status: HTTPResponse.Status
  package let reason: String
  package var headers = HTTPFields()
  /// Whether part of the body may not have been read, so that nothing else can come over the connection.
  package var leavesBody = false

  package init(_ status: HTTPResponse.Status, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  /// What is wrong with a picture, in the decoder's words.
  package init(_ error: ImageError) {
    let status: HTTPResponse.Status =
      switch error.reason {
      case .empty: .badRequest
      case .unsupported, .notAnImage, .unknownFormat, .animated, .missingLibrary: .unsupportedMediaType
      case .tooManyPixels, .tooLongSide: .contentTooLarge
      case .corrupt, .notEncodable: .unprocessableContent
      }
    self.init(status, error.reason.description)
  }

  /// What the parser of HTTP says of a request.
  package init(unreadable error: any Error) {
    switch error as? HTTPParserError {
    case .headerOverflow?:
      self.init(.requestHeaderFieldsTooLarge, "the headers are too many or too large")
    case .invalidEOFState?: self.init(.badRequest, "the request was cut off")
    case let error?: self.init(.badRequest, "this is no HTTP request: \(error)")
    case nil: self.init(.badRequest, "this is no HTTP request")
    }
    leavesBody = true
  }

  package static func tooLarge(_ limit: Int) -> RequestError {
    var error = RequestError(.contentTooLarge, "the body is larger than the limit of \(limit) bytes")
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
      .methodNotAllowed, "\(method.rawValue) means nothing here; \(names.joined(separator: " or ")) does")
    error.headers[.allow] = names.joined(separator: ", ")
    return error
  }

  /// A fault of the moment, not of the request.
  private static func later(
    _ reason: String, _ status: HTTPResponse.Status = .serviceUnavailable, leavesBody: Bool = false
  ) -> RequestError {
    var error = RequestError(status, reason + "; try again in a moment")
    error.headers[.retryAfter] = "1"
    error.leavesBody = leavesBody
    return error
  }

  package static let busy = later("too many pictures are waiting already")
  package static let full = later("the requests under way hold as much as all bodies together may", leavesBody: true)
  package static let ending = later("the server is about to end", leavesBody: true)

  /// Nobody reads this but the log: 499 is what proxies write there.
  package static let left = RequestError(
    .init(code: 499, reasonPhrase: "Client Closed Request"), "the connection ended first")

  package static func tooMany(_ limit: Int) -> RequestError {
    later("your address has \(limit) requests under way already", .tooManyRequests, leavesBody: true)
  }

  package static func notReached(_ limit: Duration) -> RequestError {
    later("it was not this picture's turn within \(limit)")
  }

  package static func overdue(_ limit: Duration) -> RequestError {
    RequestError(.gatewayTimeout, "the picture was not judged within \(limit)")
  }

  package static func unauthorized(isWrong: Bool) -> RequestError {
    let reason = isWrong ? "the token is wrong" : "a token is needed; send it as Authorization: Bearer TOKEN"
    var error = RequestError(.unauthorized, reason)
    error.headers[.wwwAuthenticate] = "Bearer realm=\"percept\"" + (isWrong ? ", error=\"invalid_token\"" : "")
    error.leavesBody = true
    return error
  }
}
