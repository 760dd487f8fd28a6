/// Hashes with the images that have them. Images with equal hashes that do not match, such as one shape in two colors, are in
/// different entries.
struct HashEntries: Sendable {
  let hashes: [PerceptualHash]
  /// The images of all entries, entry by entry.
  private let images: [Int32]
  /// The places of the first images of the entries in ``images``, and its end.
  private let starts: [Int32]
  private let isMatch: @Sendable (Int, Int) -> Bool

  /// Makes an entry of each set of images with one hash. Images without a hash are in no entry.
  init(
    of all: [PerceptualHash?], sets: inout DisjointSets, where isMatch: @escaping @Sendable (Int, Int) -> Bool
  ) {
    let present = all.indices.filter { all[$0] != nil }
    let bySet = present.map { KeyedNumber(key: UInt64(sets.root(of: $0)), number: $0) }.sortedByKey()
    var (hashes, starts) = ([PerceptualHash](), [Int32]())
    bySet.forEachRun { run in
      guard let hash = all[bySet[run.startIndex].number] else { return }
      hashes.append(hash)
      starts.append(Int32(run.startIndex))
    }
    images = bySet.map { Int32($0.number) }
    (self.hashes, self.starts, self.isMatch) = (hashes, starts + [Int32(images.count)], isMatch)
  }

  func firstImage(of entry: Int) -> Int { Int(images[Int(starts[entry])]) }

  /// Whether the hashes of two entries are near each other, but not equal.
  func areNear(_ a: Int, _ b: Int) -> Bool { hashes[a].isNear(hashes[b]) && hashes[a] != hashes[b] }

  /// Whether an image of one entry matches an image of another.
  func haveMatch(_ a: Int, _ b: Int) -> Bool {
    images(of: a).contains { image in
      images(of: b).contains { isMatch(Int(min(image, $0)), Int(max(image, $0))) }
    }
  }

  /// Whether the hashes of two entries agree in a mask of a group before `group`, or in one of the first `count` masks of
  /// `group`.
  func agree(_ a: Int, _ b: Int, beforeGroup group: Int, mask count: Int) -> Bool {
    (0...group).contains { earlier in
      let difference = hashes[a].bits(ofGroup: earlier) ^ hashes[b].bits(ofGroup: earlier)
      return HashMask.all.prefix(earlier < group ? .max : count).contains { $0.bits & difference == 0 }
    }
  }

  private func images(of entry: Int) -> ArraySlice<Int32> { images[Int(starts[entry])..<Int(starts[entry + 1])] }
}
