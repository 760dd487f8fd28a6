import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Splits")
struct SplitTests {
  func dataset(_ classCounts: [Int]) throws -> Dataset {
    var generator = SeededGenerator(seed: 5)
    let labels = classCounts.enumerated().flatMap { Array(repeating: $0, count: $1) }.shuffled(using: &generator)
    return try Dataset(
      features: labels.indices.map { [UInt8($0 % 256)] },
      examples: labels.enumerated().map { Example(file: "\($0)", label: $1) },
      classNames: classCounts.indices.map { "class \($0)" }, preprocessing: Preprocessing(imageSize: 1, color: .gray))
  }

  @Test(
    "both splits together are the whole dataset, in order, and each class has its share",
    arguments: [[2, 2], [50, 3], [1, 7], [10, 10, 1000], [0, 5]], [0, 0.01, 0.2, 0.5, 0.99, 1])
  func stratified(counts: [Int], fraction: Double) throws {
    let whole = try dataset(counts)
    for seed in 0..<20 as Range<UInt64> {
      let (training, test) = whole.split(test: fraction, seed: seed)
      let files = (training.examples + test.examples).map(\.file)
      #expect(Set(files).count == whole.count && files.count == whole.count)
      for split in [training, test] {
        let order = split.examples.compactMap { Int($0.file) }
        #expect(order == order.sorted())
      }
      for (label, count) in counts.enumerated() {
        let share = Double(test.classCounts[label])
        #expect(abs(share - fraction * Double(count)) <= 1)
        if count >= 2, fraction > 0, fraction < 1 {
          #expect(test.classCounts[label] > 0 && training.classCounts[label] > 0)
        }
      }
    }
  }

  @Test("the only example of a class is in the training split")
  func single() throws {
    let (training, test) = try dataset([1, 4]).split(test: 0.5, seed: 1)
    #expect(training.classCounts == [1, 2] && test.classCounts == [0, 2])
  }

  @Test("inconsistent features, labels, and class names are an error")
  func inconsistent() {
    for (features, label) in [([[1, 2]], 0), ([[1]], 2), ([[1], [2]], 0)] as [([[UInt8]], Int)] {
      #expect(throws: DatasetError.self) {
        try Dataset(
          features: features, examples: [Example(file: "x", label: label)], classNames: ["a", "b"],
          preprocessing: Preprocessing(imageSize: 1, color: .gray))
      }
    }
  }

  @Test("the same seed yields the same split, another seed another split")
  func seeds() throws {
    let whole = try dataset([40, 60])
    func drawn(_ seed: UInt64) -> [String] { whole.split(test: 0.3, seed: seed).test.examples.map(\.file) }
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
  }

  @Test("without stratification, only the whole dataset has the share")
  func unstratified() throws {
    let (training, test) = try dataset([10, 90]).split(test: 0.25, stratified: false, seed: 1)
    #expect(test.count == 25)
    #expect(training.count == 75)
  }

  @Test("examples keep their own pixels in a split")
  func pixels() throws {
    let (_, test) = try dataset([40, 60]).split(test: 0.3, seed: 1)
    #expect(!test.examples.isEmpty)
    for (index, example) in test.examples.enumerated() {
      #expect(test.withFeatures(of: index) { $0[0] } == Int(example.file).map { UInt8($0 % 256) })
    }
  }

  @Test("a grouped split keeps groups together, has the share of each class, and depends only on the seed")
  func groupedSplit() throws {
    let examples = (0..<100).map { Example(file: "\($0 / 2)-\($0 % 2)", label: $0 < 60 ? 0 : 1) }
    let data = try Dataset(
      features: examples.map { _ in [0] }, examples: examples, classNames: ["a", "b"],
      preprocessing: Preprocessing(imageSize: 1, color: .gray))
    let group = { (example: Example) in String(example.file.prefix { $0 != "-" }) }
    for seed in 0..<10 as Range<UInt64> {
      let (training, test) = data.split(test: 0.2, groupedBy: group, seed: seed)
      #expect(Set(training.examples.map(group)).isDisjoint(with: test.examples.map(group)))
      #expect(test.classCounts == [12, 8] && training.count == 80)
      #expect(data.split(test: 0.2, groupedBy: group, seed: seed).test.examples == test.examples)
    }
    #expect(data.split(test: 0.2, groupedBy: { _ in "all" }, seed: 0).test.count == 0)
  }
}
