import Dispatch

/// Calls `body` once for each index below `count`, on all cores, and returns when all calls have.
///
/// Which core takes which index is not determined: work whose result must be the same every time is cut into blocks by
/// shape alone and its parts are combined in order afterwards.
package func concurrently(_ count: Int, _ body: @Sendable (Int) -> Void) {
  switch count {
  case ..<1: return
  case 1: body(0)
  default: DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }
}

/// The values of a function for every element, computed on all cores, in the order of the elements.
///
/// - Parameters:
///   - elements: the arguments.
///   - block: how many consecutive elements one core takes at a time, at least 1.
///   - value: the function; it is called once for each element, from any thread.
/// - Returns: the values.
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
