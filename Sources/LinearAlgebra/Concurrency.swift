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
