package import Hummingbird
import NIOCore

/// The connection that a request came over.
package struct Connection: InitializableFromSource {
  /// Who is at its other end.
  let address: SocketAddress?
  let id: ObjectIdentifier

  package init(source: ApplicationRequestContextSource) {
    (address, id) = (source.channel.remoteAddress, ObjectIdentifier(source.channel))
  }
}
