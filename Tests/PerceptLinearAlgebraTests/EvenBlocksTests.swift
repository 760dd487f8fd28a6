import PerceptLinearAlgebra
import Testing

@Suite("Even blocks")
struct EvenBlocksTests {
  @Test("as few blocks as possible cover everything, in order, with sizes that differ by one at most")
  func coverage() {
    for total in 0...70 {
      for size in 1...20 {
        let blocks = EvenBlocks(total, atMost: size)
        #expect(blocks.count == (total + size - 1) / size)
        #expect(blocks.flatMap { Array($0) } == Array(0..<total))
        let sizes = blocks.map(\.count)
        #expect((sizes.max() ?? 0) <= size && (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      }
    }
  }
}
