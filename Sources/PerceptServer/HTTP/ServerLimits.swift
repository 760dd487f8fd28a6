import Glibc

/// What a server takes from those who ask; more is refused with the reason.
package struct ServerLimits: Sendable {
  /// The bytes of a request's body.
  package var bodyBytes = 32 << 20
  /// The bytes of all bodies that are held at a time.
  package var allBodiesBytes = 256 << 20
  /// The pixels that a picture may declare, which is what decoding takes memory for.
  package var pixels = 50_000_000
  /// How long a request's body may take to arrive, however steadily it drips; and how long a client may leave an answer that is
  /// more than buffers hold.
  package var bodyTime = Duration.seconds(30)
  /// How long a picture may wait for its turn and be judged, together.
  package var answerTime = Duration.seconds(30)
  /// How long a connection may stay open without a request, even where one has begun to arrive.
  package var idleTime = Duration.seconds(60)
  /// How long the rest of a refused body is still read, so that the reason arrives before the connection is closed.
  package var lingeringTime = Duration.seconds(2)
  /// How long requests under way may take once the server is to end.
  package var drainTime = Duration.seconds(20)
  /// The connections at a time; more wait until one is closed.
  package var connections = 256
  /// The requests that one address may have under way at a time.
  package var requestsPerAddress = 32
  /// Whether that counts for this machine too. It does not, because a proxy on it speaks for everyone.
  package var countsLoopback = false
  /// The pictures that are decoded and judged at a time.
  package var concurrentPredictions = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// The encoded pictures of one request; as many requests with one each would be let in.
  package var imagesPerRequest = 64
  /// The pictures that wait for their turn besides.
  package var queueLength = 64

  /// The limits that suit one machine and the pictures of a phone.
  package init() {}
}
