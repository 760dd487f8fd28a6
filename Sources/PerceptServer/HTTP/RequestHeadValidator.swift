import NIOCore
import NIOHTTP1

/// Refuses request heads that the parser accepts, but that proxies and servers may understand differently: they could
/// be used to smuggle requests past a proxy. The parser refuses Content-Length together with Transfer-Encoding. Nothing
/// is passed on after a refused head.
final class RequestHeadValidator: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private var hasRefused = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    if let reason = Self.fault(of: head) {
      hasRefused = true
      return context.fireErrorCaught(RequestError(malformed: reason))
    }
    // HTTP/1.0 clients that don't ask for keep-alive wait until the connection is closed.
    if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  private static func fault(of head: HTTPRequestHead) -> String? {
    let hosts = head.headers["host"]
    if hosts.count > 1 { return "it has more than one Host header" }
    if hosts.isEmpty, head.version != .http1_0 { return "it has no Host header" }
    if let host = hosts.first, !host.utf8.allSatisfy(isAllowedInHost) { return "its Host header is not a host name" }
    let codings = head.headers["transfer-encoding"]
    guard !codings.isEmpty else { return nil }
    if head.version == .http1_0 { return "HTTP/1.0 has no Transfer-Encoding" }
    if codings.map({ $0.lowercased() }) != ["chunked"] { return "its Transfer-Encoding must be chunked" }
    return nil
  }

  /// Whether a byte may occur in the host and port of a URL (RFC 3986).
  private static func isAllowedInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
    }
  }
}
