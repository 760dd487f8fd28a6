/// The inputs of a target. Each depends only on the name of the target, the seed and its index.
struct FuzzInputs {
  let name: String
  let target: FuzzTarget
  let seed: UInt64

  init(_ name: String, _ target: FuzzTarget, seed: UInt64) {
    (self.name, self.target, self.seed) = (name, target, seed)
  }

  /// Returns an input: every second one is repaired.
  subscript(index: Int) -> [UInt8] {
    let start = name.utf8.reduce(seed) { $0 &* 0x100_0000_01B3 ^ UInt64($1) }
    var mutator = Mutator(target.seeds, seed: start &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(index))
    let input = mutator.input()
    return mutator.flip() ? target.repair(input) : input
  }
}
