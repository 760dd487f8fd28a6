package import NIOCore

/// The connection that a request came over.
package struct Connection: Sendable {
  /// Who is at its other end.
  let address: SocketAddress?
  let id: ObjectIdentifier

  package init(_ channel: any Channel) { (address, id) = (channel.remoteAddress, ObjectIdentifier(channel)) }
}
