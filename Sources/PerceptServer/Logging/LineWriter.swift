import Dispatch
import PerceptPlatform
import Synchronization

/// Writes lines in order, asynchronously. If the reader is too slow, lines beyond ``largestBacklog`` bytes are dropped.
package final class LineWriter: Sendable {
  package static let largestBacklog = 1 << 20

  private struct State {
    var waiting: [UInt8] = []
    var isWriting = false
    var dropped = 0
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "percept.log")
  private let state = Mutex(State())
  /// Makes the line that reports a number of dropped lines.
  private let note: @Sendable (Int) -> String

  package init(descriptor: Int32, note: @escaping @Sendable (Int) -> String) {
    (self.descriptor, self.note) = (descriptor, note)
  }

  /// Queues a line, without its line feed.
  package func write(_ line: String) {
    let mustStart = state.withLock { state in
      guard state.waiting.count + line.utf8.count < Self.largestBacklog else {
        state.dropped += 1
        return false
      }
      state.waiting.append(contentsOf: line.utf8)
      state.waiting.append(UInt8(ascii: "\n"))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    // Collect the lines of a few milliseconds into one write.
    if mustStart { queue.asyncAfter(deadline: .now() + .milliseconds(5)) { self.empty() } }
  }

  /// Waits until everything is written, at most for one second in case nothing reads the other end.
  package func flush() {
    let done = DispatchSemaphore(value: 0)
    queue.async {
      self.empty()
      done.signal()
    }
    _ = done.wait(timeout: .now() + .seconds(1))
  }

  private func empty() {
    while true {
      let (bytes, dropped) = state.withLock { state in
        let taken = (state.waiting, state.dropped)
        (state.waiting, state.dropped) = ([], 0)
        state.isWriting = !taken.0.isEmpty || taken.1 > 0
        return taken
      }
      guard !bytes.isEmpty || dropped > 0 else { return }
      writeAll(dropped > 0 ? bytes + Array((note(dropped) + "\n").utf8) : bytes)
    }
  }

  /// Writes all bytes. Errors are ignored, because there is no other place to report them.
  private func writeAll(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { PerceptPlatform.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, -1)
      } else if errno != EINTR {
        return
      }
    }
  }
}
