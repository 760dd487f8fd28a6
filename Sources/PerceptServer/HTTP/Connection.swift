package import NIOCore

package struct Connection: Sendable {
  let address: SocketAddress?
  let id: ObjectIdentifier

  package init(_ channel: any Channel) { (address, id) = (channel.remoteAddress, ObjectIdentifier(channel)) }
}
