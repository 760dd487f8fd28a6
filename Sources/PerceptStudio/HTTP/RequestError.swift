import HTTPTypes
import Hummingbird
import Images

/// Why a request is refused: a status for programs and a reason for people.
struct RequestError: Error {
  let status: HTTPResponse.Status
  let reason: String
  var headers = HTTPFields()
  /// Whether part of the body may not have been read, so that nothing else can come over the connection.
  var leavesBody = false

  init(_ status: HTTPResponse.Status, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  /// What is wrong with a picture, in the decoder's words.
  init(_ error: ImageError) {
    let status: HTTPResponse.Status =
      switch error.reason {
      case .empty: .badRequest
      case .unsupported, .notAPicture, .unknownFormat, .animated, .missingLibrary: .unsupportedMediaType
      case .tooManyPixels, .tooLongSide: .contentTooLarge
      case .corrupt, .notEncodable: .unprocessableContent
      }
    self.init(status, error.reason.description)
  }

  static func tooLarge(_ limit: Int) -> RequestError {
    var error = RequestError(.contentTooLarge, "the body is larger than the limit of \(limit) bytes")
    error.leavesBody = true
    return error
  }

  static func tooSlow(_ limit: Duration) -> RequestError {
    var error = RequestError(.requestTimeout, "the body did not arrive within \(limit)")
    error.leavesBody = true
    return error
  }

  static func wrongMethod(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> RequestError {
    let names = allowed.map(\.rawValue)
    var error = RequestError(
      .methodNotAllowed, "\(method.rawValue) means nothing here; \(names.joined(separator: " or ")) does")
    error.headers[.allow] = names.joined(separator: ", ")
    return error
  }

  static let busy: RequestError = {
    var error = RequestError(.serviceUnavailable, "too many pictures are waiting already; try again in a moment")
    error.headers[.retryAfter] = "1"
    return error
  }()
}
