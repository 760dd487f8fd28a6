import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Cross-validation folds")
struct FoldsTests {
  func dataset(_ files: [(file: String, label: Int)], classes: Int) throws -> Dataset {
    try Dataset(
      features: files.indices.map { [UInt8($0 % 256)] },
      examples: files.map { Example(file: $0.file, label: $0.label) },
      classNames: (0..<classes).map { "class \($0)" }, preprocessing: Preprocessing(imageSize: 1, color: .gray))
  }

  func dataset(_ classCounts: [Int]) throws -> Dataset {
    var generator = SeededGenerator(seed: 5)
    let labels = classCounts.enumerated().flatMap { Array(repeating: $0, count: $1) }.shuffled(using: &generator)
    return try dataset(labels.enumerated().map { ("\($0)", $1) }, classes: classCounts.count)
  }

  @Test(
    "every example is validated once, in order, and class counts and sizes differ by at most one",
    arguments: [[2, 2], [5, 7], [50, 13], [10, 11, 1000]], [2, 3, 5, 10])
  func even(counts: [Int], folds: Int) throws {
    guard counts.allSatisfy({ $0 >= folds }) else { return }
    let whole = try dataset(counts)
    for seed in 0..<10 as Range<UInt64> {
      let splits = try whole.folds(folds, seed: seed)
      #expect(splits.count == folds)
      #expect(
        splits.flatMap { $0.validation.examples.map(\.file) }.compactMap { Int($0) }.sorted() == Array(0..<whole.count))
      for (training, validation) in splits {
        let files = [training, validation].map { $0.examples.compactMap { Int($0.file) } }
        #expect(files.allSatisfy { $0 == $0.sorted() })
        #expect((files[0] + files[1]).sorted() == Array(0..<whole.count))
        for (label, count) in counts.enumerated() {
          #expect([count / folds, (count + folds - 1) / folds].contains(validation.classCounts[label]))
        }
        #expect([whole.count / folds, (whole.count + folds - 1) / folds].contains(validation.count))
      }
    }
  }

  @Test("the same seed yields the same folds, another seed other folds")
  func seeds() throws {
    let whole = try dataset([20, 30])
    func drawn(_ seed: UInt64) throws -> [[Example]] { try whole.folds(5, seed: seed).map(\.validation.examples) }
    #expect(try drawn(1) == drawn(1))
    #expect(try drawn(1) != drawn(2))
  }

  @Test("a group is never in both splits, and classes stay balanced")
  func groups() throws {
    // 12 persons of each class with 1 to 4 images each.
    let files = (0..<24).flatMap { person in (0...person % 4).map { (file: "\(person)-\($0)", label: person / 12) } }
    let whole = try dataset(files, classes: 2)
    for seed in 0..<10 as Range<UInt64> {
      let splits = try whole.folds(4, groupedBy: { String($0.file.prefix { $0 != "-" }) }, seed: seed)
      #expect(splits.count == 4)
      #expect(splits.map(\.validation.count).reduce(0, +) == whole.count)
      for (training, validation) in splits {
        let persons = [training, validation].map { Set($0.examples.map { $0.file.prefix { $0 != "-" } }) }
        #expect(persons[0].isDisjoint(with: persons[1]))
        #expect(validation.classCounts.allSatisfy { (7...8).contains($0) })
      }
    }
  }

  @Test("one group per fold suffices, even if sizes differ")
  func unequalGroups() throws {
    let files = (0..<100).map { (file: $0 < 98 ? "many" : "\($0)", label: $0 % 2) } + [("x", 0), ("y", 1)]
    let splits = try dataset(files, classes: 2).folds(3, groupedBy: \.file, seed: 1)
    #expect(splits.map(\.validation.count).sorted() == [2, 2, 98])
    #expect(splits.allSatisfy { $0.validation.classCounts[0] == $0.validation.classCounts[1] })
  }

  @Test("too few images or groups of a class are an error with the name of the class")
  func tooFew() throws {
    func message(_ counts: [Int], _ folds: Int, by group: ((Example) -> String)? = nil) throws -> String? {
      let whole = try dataset(counts)
      return #expect(throws: DatasetError.self) { try whole.folds(folds, groupedBy: group, seed: 0) }?.description
    }
    #expect(
      try message([9, 4], 5)
        == "class \"class 1\" has 4 images, too few for 5 folds; use fewer folds or add images")
    #expect(
      try message([9, 9], 5, by: { "\($0.label)" })
        == "class \"class 0\" has images in 1 group, too few for 5 folds; use fewer folds or add images")
    #expect(try message([0, 0], 2)?.contains("has 0 images") == true)
    #expect(try message([1, 1], 2)?.contains("has 1 image,") == true)
    #expect(try message([9, 9], 1) == "the number of folds must be ≥ 2 (got 1)")
    #expect(try dataset([2, 2]).folds(2, seed: 0).map(\.validation.classCounts) == [[1, 1], [1, 1]])
  }
}
