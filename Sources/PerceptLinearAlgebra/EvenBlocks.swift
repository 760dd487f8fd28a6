/// The division of 0..<total into as few consecutive blocks of at most a given size as possible, all of about equal
/// size. They do not depend on the number of cores, so neither do results that are computed block by block.
package struct EvenBlocks: RandomAccessCollection, Sendable {
  package let startIndex = 0
  package let endIndex: Int
  private let total: Int

  /// `size`, the largest size of a block, must be ≥ 1.
  package init(_ total: Int, atMost size: Int) {
    self.total = total
    endIndex = (total + size - 1) / size
  }

  package subscript(position: Int) -> Range<Int> {
    position * total / endIndex..<(position + 1) * total / endIndex
  }
}
