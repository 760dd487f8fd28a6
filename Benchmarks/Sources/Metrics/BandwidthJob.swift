import CMemory
import Dispatch

/// How fast this machine reads memory: the best of several sums over a block that no cache holds.
public struct BandwidthJob: Decodable {
  let bytes: Int
  let threads: Int
  let repetitions: Int

  /// Sums the block, `repetitions` times.
  public func run() -> Answer {
    guard let memory = memory_make(bytes) else { return Answer(error: "no \(bytes) bytes of memory") }
    defer { memory_free(memory, bytes) }
    nonisolated(unsafe) let words = UnsafePointer(memory)
    let wordsPerThread = bytes / 8 / threads / 32 * 32
    var best = Double.infinity
    for _ in 0..<repetitions {
      let start = now()
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        _ = memory_sum(words + thread * wordsPerThread, wordsPerThread)
      }
      best = min(best, now() - start)
    }
    return Answer(seconds: best)
  }
}
