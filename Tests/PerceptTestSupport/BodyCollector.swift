package import HTTPTypes
import Hummingbird
package import NIOCore

/// A response body writer that collects the written bytes.
package final class BodyCollector: ResponseBodyWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package func write(_ buffer: ByteBuffer) async throws { bytes += Array(buffer.readableBytesView) }
  package func finish(_ trailers: HTTPFields?) async throws {}
}
