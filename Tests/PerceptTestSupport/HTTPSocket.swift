import Dispatch
import Glibc

/// A connection to a server on this machine, over which a test sends what it likes. Its calls block: in a test that runs
/// beside the server, call them within ``off(_:)``.
package final class HTTPSocket: Sendable {
  /// What a server answered.
  package struct Answer: Sendable {
    /// The status.
    package let status: Int
    /// Status line and headers.
    package let head: String
    /// The body.
    package let body: String
  }

  private let descriptor: Int32
  /// Whether nobody listens.
  package let isRefused: Bool

  /// Connects.
  ///
  /// - Parameter port: the server's.
  package init(port: Int) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    isRefused = withUnsafePointer(to: &address) { [descriptor] address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) != 0
      }
    }
  }

  /// Sends bytes.
  ///
  /// - Parameter bytes: anything.
  /// - Returns: whether all went out.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Sends text.
  @discardableResult
  package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends a request with a body.
  package func send(_ method: String, _ path: String, headers: String = "", body: [UInt8] = []) {
    send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\(headers)\r\n")
    send(body)
  }

  /// Says that nothing more will be sent.
  package func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Leaves at once, as a program does that is killed with answers unread, when this goes.
  package func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }

  /// The next answer; nil where the connection ends, or nothing comes for half a minute.
  package func answer() -> Answer? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = receive(1)?.first else { return nil }
      head.append(byte)
    }
    let text = String(decoding: head, as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count == 3, let status = Int(words[1]) else { return nil }
    let length = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
    var body: [UInt8] = []
    let count = length.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
    while body.count < count {
      guard let part = receive(count - body.count) else { return nil }
      body += part
    }
    return Answer(status: status, head: text, body: String(decoding: body, as: UTF8.self))
  }

  /// Whether the server closes the connection before it sends anything else.
  package func isClosed() -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, 0)
    return count == 0 || count < 0 && errno == ECONNRESET
  }

  private func receive(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = recv(descriptor, &bytes, count, 0)
    return received > 0 ? Array(bytes[..<received]) : nil
  }

  deinit { close(descriptor) }
}

/// What `work` returns, called where it may block without holding up a server that runs beside it. It is still part of the
/// test's task, so that its expectations count as the test's.
package func off<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withTaskExecutorPreference(BlockingExecutor()) { try work() }
}

private final class BlockingExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "blocking")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
