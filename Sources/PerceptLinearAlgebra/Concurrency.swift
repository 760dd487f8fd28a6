import Dispatch
import PerceptIO
import Synchronization

/// Calls `body` once for each index in `0..<count`, on `Processors.count` cores, and returns after all calls have returned.
/// The assignment of indices to cores is not deterministic. For a deterministic result, divide the work into blocks by its
/// shape alone, and combine the partial results in order afterwards.
package func concurrently(_ count: Int, _ body: @Sendable (Int) -> Void) {
  switch count {
  case ..<1: return
  case 1: body(0)
  default:
    guard Processors.isLimited else { return DispatchQueue.concurrentPerform(iterations: count, execute: body) }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(count, Processors.count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
  }
}

/// Returns the values of a function for all elements, in their order, computed on all cores in blocks of `block` ≥ 1.
package func parallelMap<Elements: RandomAccessCollection & Sendable, Value>(
  _ elements: Elements, block: Int = 64, _ value: @Sendable (Elements.Element) -> Value
) -> [Value] where Elements.Index == Int {
  let (first, count) = (elements.startIndex, elements.count)
  return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
    nonisolated(unsafe) let values = buffer
    concurrently((count + block - 1) / block) { index in
      for i in index * block..<min((index + 1) * block, count) {
        values.initializeElement(at: i, to: value(elements[first + i]))
      }
    }
    initialized = count
  }
}
