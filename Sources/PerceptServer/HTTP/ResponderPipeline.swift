import HTTPTypes
package import Hummingbird

/// Makes a response of whatever a site answers, refusals included, which are JSON, `{"error": …}`; and a line of the log.
package struct ResponderPipeline<Target: Responder>: Sendable {
  package let responder: Target
  package let tracker: ConnectionTracker
  private let log: RequestLog?
  private let load = PerClientLimiter()

  package init(_ responder: Target, tracker: ConnectionTracker = ConnectionTracker(), log: RequestLog? = nil) {
    (self.responder, self.tracker, self.log) = (responder, tracker, log)
  }

  package func respond(to request: Request, over connection: Connection) async -> Response {
    let (start, id) = (ContinuousClock.now, RequestID.of(request))
    var refusal: RequestError?
    var response: Response
    do {
      response = try await answer(to: request, from: connection)
    } catch {
      let known =
        error as? RequestError ?? RequestError(.internalServerError, "this should not have happened: \(error)")
      refusal = known
      response = Response(known)
    }
    response.headers[RequestID.header] = id
    if let log {
      log.write(
        RequestLog.Entry(
          id: id, address: connection.address, method: request.method.rawValue, path: request.uri.path,
          status: response.status.code, bytes: response.body.contentLength, duration: .now - start,
          reason: refusal?.reason)
      ) { responder.model(askedBy: request) }
    }
    return response
  }

  private func answer(to request: Request, from connection: Connection) async throws -> Response {
    // Those who supervise are answered whatever happens: who asks too much, too, and until the very end.
    let path = request.uri.path
    if path.hasSuffix("/health/live") { return try await responder.answer(to: request) }
    guard !tracker.isTooLate(connection.id) else { throw RequestError.ending }
    if path.hasSuffix("/health/ready") { return try await responder.answer(to: request) }
    return try await load.admitting(connection.address, within: responder.limits) {
      try await responder.answer(to: request)
    }
  }
}
