import HTTPTypes
package import Hummingbird
package import NIOCore

/// Calls a responder, checks the host, limits the requests in flight per client, turns errors into JSON, adds the
/// identifier, logs, and records metrics.
package struct ResponderPipeline<Target: Responder>: Sendable {
  package let responder: Target
  package let tracker: ConnectionTracker
  private let hosts: AllowedHosts
  private let log: RequestLog?
  private let limiter = PerClientLimiter()

  package init(
    _ responder: Target, tracker: ConnectionTracker = ConnectionTracker(), hosts: AllowedHosts = .any,
    log: RequestLog? = nil
  ) {
    (self.responder, self.tracker, self.hosts, self.log) = (responder, tracker, hosts, log)
  }

  package func respond(to request: Request, over channel: any Channel) async -> Response {
    let start = ContinuousClock.now
    var response: Response
    var refusal: RequestError?
    do {
      response = try await answer(to: request, over: channel)
    } catch {
      let known = error as? RequestError ?? RequestError(.internalServerError, "internal error: \(error)")
      (response, refusal) = (Response(known), known)
    }
    if request.method == .head { response = response.createHeadResponse() }
    return finished(response, to: request, over: channel, after: .now - start, reason: refusal?.reason)
  }

  /// Makes the response to a request that cannot be read, or to a connection that is refused.
  func refuse(_ refusal: RequestError, over channel: any Channel) -> Response {
    finished(Response(refusal), to: nil, over: channel, after: nil, reason: refusal.reason)
  }

  private func finished(
    _ response: Response, to request: Request?, over channel: any Channel, after time: Duration?, reason: String?
  ) -> Response {
    var response = response
    let id = request.map(RequestID.of) ?? RequestID.new()
    response.headers[RequestID.header] = id
    response.headers[.date] = Timestamp.header()
    responder.record(response.status, of: request, after: time ?? .zero)
    log?.write(
      RequestLog.Entry(
        id: id, address: channel.remoteAddress, method: request?.method.rawValue, path: request?.uri.path,
        status: response.status.code, bytes: response.body.contentLength, duration: time, reason: reason)
    ) { request.flatMap(responder.model) }
    return response
  }

  private func answer(to request: Request, over channel: any Channel) async throws -> Response {
    // Health checks are exempt from the limits. Liveness is answered until the shutdown is complete.
    let path = request.uri.path
    if path.hasSuffix("/health/live") { return try await responder.answer(to: request) }
    guard !tracker.isTooLate(channel) else { throw RequestError.ending }
    if isHealthCheck(path) { return try await responder.answer(to: request) }
    try hosts.check(request)
    return try await limiter.admitting(channel.remoteAddress, within: responder.limits) {
      try await responder.answer(to: request)
    }
  }
}
