import Synchronization

/// The bytes of all bodies that are held at a time. A body counts from its first byte until nothing refers to it any more,
/// which is when the work on it has ended, whether or not its client still waits.
package final class BodyBudget: Sendable {
  private let limit: Int
  private let held = Atomic<Int>(0)

  package init(limit: Int) { self.limit = limit }

  /// How many bytes are held.
  package var count: Int { held.load(ordering: .relaxed) }

  fileprivate func take(_ count: Int) throws {
    guard held.wrappingAdd(count, ordering: .relaxed).newValue <= limit else {
      giveBack(count)
      throw RequestError.full
    }
  }

  fileprivate func giveBack(_ count: Int) { held.wrappingSubtract(count, ordering: .relaxed) }

  /// Bytes that are counted.
  package final class Body: Sendable {
    package let bytes: [UInt8]
    private let budget: BodyBudget

    fileprivate init(_ bytes: [UInt8], _ budget: BodyBudget) { (self.bytes, self.budget) = (bytes, budget) }

    deinit { budget.giveBack(bytes.count) }
  }

  /// Bytes that are still arriving. Those of a body that never becomes whole are given back.
  struct Growing: ~Copyable {
    private(set) var bytes: [UInt8] = []
    private let budget: BodyBudget
    private var taken = 0

    init(_ budget: BodyBudget) { self.budget = budget }

    /// - Throws: ``RequestError/full`` where there is no room.
    mutating func append(_ part: some Collection<UInt8>) throws {
      try budget.take(part.count)
      taken += part.count
      bytes.append(contentsOf: part)
    }

    consuming func finish() -> Body {
      let whole = Body(bytes, budget)
      taken = 0
      return whole
    }

    deinit { budget.giveBack(taken) }
  }
}
