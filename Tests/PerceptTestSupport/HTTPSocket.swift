import Dispatch
import PerceptPlatform

/// A TCP connection to a server on this machine, over which a test can send arbitrary bytes.
///
/// Its methods block. In a test that runs in the same process as the server, call them within ``off(_:)``.
package final class HTTPSocket: Sendable {
  /// An HTTP response.
  package struct Answer: Sendable {
    /// The status code.
    package let status: Int
    /// The status line and the headers.
    package let head: String
    /// The body.
    package let body: String
  }

  private let descriptor: Int32
  /// Whether the connection was refused.
  package let isRefused: Bool

  /// Connects to a server.
  ///
  /// - Parameter port: the port of the server.
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
  /// - Parameter bytes: the bytes.
  /// - Returns: whether all bytes were sent.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        PerceptPlatform.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
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

  /// Closes the connection for sending.
  package func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes the connection end with a TCP reset when it is closed, like that of a program that is killed with unread
  /// responses.
  package func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }

  /// Receives the next response; `nil` if the connection ends or no data arrives for 30 seconds.
  package func answer() -> Answer? {
    guard let answer = head() else { return nil }
    let length = answer.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
    var body: [UInt8] = []
    let count = length.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
    while body.count < count {
      guard let part = receive(count - body.count) else { return nil }
      body += part
    }
    return Answer(status: answer.status, head: answer.head, body: String(decoding: body, as: UTF8.self))
  }

  /// Receives the head of the next response, as ``answer()`` does. Its body is empty.
  package func head() -> Answer? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = receive(1)?.first else { return nil }
      head.append(byte)
    }
    let text = String(decoding: head, as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count == 3, let status = Int(words[1]) else { return nil }
    return Answer(status: status, head: text, body: "")
  }

  /// Receives and discards everything until the connection ends or no data arrives for 30 seconds.
  package func discard() {
    while receive(1 << 16) != nil {}
  }

  /// Returns whether the server closes the connection without sending anything else.
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

/// Runs blocking work on a separate thread, so that it does not block a server in the same process, and returns its result.
/// The work remains part of the current task, so its expectations count for the current test.
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
