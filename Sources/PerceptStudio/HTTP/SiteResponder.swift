import HTTPTypes
package import Hummingbird

/// Makes a response of whatever a site answers, refusals included, which are JSON, `{"error": …}`; and a line of the log.
package struct SiteResponder<Pages: Site>: Sendable {
  package let site: Pages
  package let life: ServerLife
  private let log: RequestLog?
  private let load = ClientLoad()

  package init(_ site: Pages, life: ServerLife = ServerLife(), log: RequestLog? = nil) {
    (self.site, self.life, self.log) = (site, life, log)
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
      ) { site.model(askedBy: request) }
    }
    return response
  }

  private func answer(to request: Request, from connection: Connection) async throws -> Response {
    // Those who supervise are answered whatever happens: who asks too much, too, and until the very end.
    let path = request.uri.path
    if path.hasSuffix("/health/live") { return try await site.answer(to: request) }
    guard !life.isTooLate(connection.id) else { throw RequestError.ending }
    if path.hasSuffix("/health/ready") { return try await site.answer(to: request) }
    return try await load.admitting(connection.address, within: site.limits) { try await site.answer(to: request) }
  }
}
