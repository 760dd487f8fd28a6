package import Hummingbird
import NIOCore

/// The connection that a request came over.
package struct Connection: InitializableFromSource {
  let channel: any Channel

  package init(source: ApplicationRequestContextSource) {
    channel = source.channel
  }

  /// Closes it after a while. Until then the server reads on, which a client that is still sending needs to see the answer.
  func close(after time: Duration) {
    channel.eventLoop.scheduleTask(in: TimeAmount(time)) { [channel] in channel.close(promise: nil) }
  }
}
