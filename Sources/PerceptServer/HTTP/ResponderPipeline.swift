import HTTPTypes
package import Hummingbird

/// Calls a responder, limits the requests in flight per client, turns errors into JSON, adds the identifier, and logs.
package struct ResponderPipeline<Target: Responder>: Sendable {
  package let responder: Target
  package let tracker: ConnectionTracker
  private let log: RequestLog?
  private let limiter = PerClientLimiter()

  package init(_ responder: Target, tracker: ConnectionTracker = ConnectionTracker(), log: RequestLog? = nil) {
    (self.responder, self.tracker, self.log) = (responder, tracker, log)
  }

  package func respond(to request: Request, over connection: Connection) async -> Response {
    let (start, id) = (ContinuousClock.now, RequestID.of(request))
    var requestError: RequestError?
    var response: Response
    do {
      response = try await answer(to: request, from: connection)
    } catch {
      let known =
        error as? RequestError ?? RequestError(.internalServerError, "internal error: \(error)")
      requestError = known
      response = Response(known)
    }
    response.headers[RequestID.header] = id
    if let log {
      log.write(
        RequestLog.Entry(
          id: id, address: connection.address, method: request.method.rawValue, path: request.uri.path,
          status: response.status.code, bytes: response.body.contentLength, duration: .now - start,
          reason: requestError?.reason)
      ) { responder.model(askedBy: request) }
    }
    return response
  }

  private func answer(to request: Request, from connection: Connection) async throws -> Response {
    // Health checks are exempt from the limit per client. Liveness is answered until the shutdown is complete.
    let path = request.uri.path
    if path.hasSuffix("/health/live") { return try await responder.answer(to: request) }
    guard !tracker.isTooLate(connection.id) else { throw RequestError.ending }
    if path.hasSuffix("/health/ready") { return try await responder.answer(to: request) }
    return try await limiter.admitting(connection.address, within: responder.limits) {
      try await responder.answer(to: request)
    }
  }
}
