import Dispatch
import Glibc
import Synchronization

/// Writes lines, whole and in order, to a file descriptor, on a thread of its own: whoever has a line never waits for those who
/// read. Where they do not keep up, lines beyond ``largestBacklog`` bytes are left out, and counted.
package final class LineWriter: Sendable {
  package static let largestBacklog = 1 << 20

  private struct State {
    var waiting: [UInt8] = []
    var isWriting = false
    var leftOut = 0
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "percept.log")
  private let state = Mutex(State())
  /// The line that says how many were left out.
  private let note: @Sendable (Int) -> String

  package init(descriptor: Int32, note: @escaping @Sendable (Int) -> String) {
    (self.descriptor, self.note) = (descriptor, note)
  }

  /// Writes a line, soon.
  package func write(_ line: String) {
    let mustStart = state.withLock { state in
      guard state.waiting.count + line.utf8.count < Self.largestBacklog else {
        state.leftOut += 1
        return false
      }
      state.waiting.append(contentsOf: line.utf8)
      state.waiting.append(UInt8(ascii: "\n"))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    // Lines of a few milliseconds go out together.
    if mustStart { queue.asyncAfter(deadline: .now() + .milliseconds(5)) { self.empty() } }
  }

  /// Waits until everything is written, but no longer than a second: nobody may ever read it.
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
      let (bytes, leftOut) = state.withLock { state in
        let taken = (state.waiting, state.leftOut)
        (state.waiting, state.leftOut) = ([], 0)
        state.isWriting = !taken.0.isEmpty || taken.1 > 0
        return taken
      }
      guard !bytes.isEmpty || leftOut > 0 else { return }
      writeAll(leftOut > 0 ? bytes + Array((note(leftOut) + "\n").utf8) : bytes)
    }
  }

  /// What cannot be written is lost: there is nowhere left to say so.
  private func writeAll(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
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
