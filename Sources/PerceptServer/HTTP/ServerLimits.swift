import PerceptIO

package struct ServerLimits: Sendable {
  package var bodyBytes = 32 << 20
  /// The largest total of all request bodies in memory.
  package var allBodiesBytes = 256 << 20
  /// The largest number of pixels of an image, checked against its header before memory for the pixels is allocated.
  package var pixels = 50_000_000
  /// The time for a whole request body to arrive, and for a client to read a response that exceeds the buffers.
  package var bodyTime = Duration.seconds(30)
  /// The largest time for a prediction, including its time in the queue.
  package var answerTime = Duration.seconds(30)
  /// The time after which a connection without a request is closed. An incomplete request head does not extend it.
  package var idleTime = Duration.seconds(60)
  /// The time for which input after the last response is read, so that the response arrives before the connection is closed.
  package var lingeringTime = Duration.seconds(2)
  /// The time that requests in flight have to finish after the shutdown begins.
  package var drainTime = Duration.seconds(20)
  /// The time, once the shutdown has begun, for which connections are still accepted and idle ones read, so that what
  /// clients have sent already is answered.
  package var quietTime = Duration.milliseconds(100)
  /// The largest number of open connections. Further connections wait to be accepted.
  package var connections = 256
  /// The largest number of open connections of one client address.
  package var connectionsPerAddress = 64
  /// The largest number of requests that one client address may have in flight.
  package var requestsPerAddress = 32
  /// Whether the limits per address also apply to loopback, where all requests of a local reverse proxy come from.
  package var countsLoopback = false
  /// The largest number of prediction requests that are processed at a time. The default is the number of processors.
  package var concurrentPredictions = Processors.count
  /// The largest number of encoded images in one request.
  package var imagesPerRequest = 64
  package var queueLength = 64

  /// The default limits, for one machine and photos of phones.
  package init() {}
}
