import Synchronization

/// A memory limit for all request bodies. A body counts until the work on it ends, even if its client has disconnected.
package final class BodyBudget: Sendable {
  private let limit: Int
  private let held = Atomic<Int>(0)

  package init(limit: Int) { self.limit = limit }

  /// The number of bytes in use.
  package var count: Int { held.load(ordering: .relaxed) }

  fileprivate func reserve(_ count: Int) throws {
    guard held.wrappingAdd(count, ordering: .relaxed).newValue <= limit else {
      release(count)
      throw RequestError.full
    }
  }

  fileprivate func release(_ count: Int) { held.wrappingSubtract(count, ordering: .relaxed) }

  /// A complete body. Its bytes count against the budget until it is deallocated.
  package final class Body: Sendable {
    package let bytes: [UInt8]
    private let budget: BodyBudget

    fileprivate init(_ bytes: [UInt8], _ budget: BodyBudget) { (self.bytes, self.budget) = (bytes, budget) }

    deinit { budget.release(bytes.count) }
  }

  /// A body that is still arriving. If it is never finished, its bytes are released.
  struct Growing: ~Copyable {
    private(set) var bytes: [UInt8] = []
    private let budget: BodyBudget
    private var reserved = 0

    init(_ budget: BodyBudget) { self.budget = budget }

    /// Appends bytes, or throws ``RequestError/full`` if the budget is exhausted.
    mutating func append(_ part: some Collection<UInt8>) throws {
      try budget.reserve(part.count)
      reserved += part.count
      bytes.append(contentsOf: part)
    }

    consuming func finish() -> Body {
      let whole = Body(bytes, budget)
      reserved = 0
      return whole
    }

    deinit { budget.release(reserved) }
  }
}
