import PerceptDatasets
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
    "both parts together are the whole, in order, and each class gives its share",
    arguments: [[2, 2], [50, 3], [1, 7], [10, 10, 1000], [0, 5]], [0, 0.01, 0.2, 0.5, 0.99, 1])
  func stratified(counts: [Int], fraction: Double) throws {
    let whole = try dataset(counts)
    for seed in 0..<20 as Range<UInt64> {
      let (training, test) = whole.split(test: fraction, seed: seed)
      let files = (training.examples + test.examples).map(\.file)
      #expect(Set(files).count == whole.count && files.count == whole.count)
      for part in [training, test] {
        let order = part.examples.compactMap { Int($0.file) }
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

  @Test("a class of one example is learned from, not tested with")
  func single() throws {
    let (training, test) = try dataset([1, 4]).split(test: 0.5, seed: 1)
    #expect(training.classCounts == [1, 2] && test.classCounts == [0, 2])
  }

  @Test("features, labels and class names that do not fit each other are an error")
  func inconsistent() {
    for (features, label) in [([[1, 2]], 0), ([[1]], 2), ([[1], [2]], 0)] as [([[UInt8]], Int)] {
      #expect(throws: DatasetError.self) {
        try Dataset(
          features: features, examples: [Example(file: "x", label: label)], classNames: ["a", "b"],
          preprocessing: Preprocessing(imageSize: 1, color: .gray))
      }
    }
  }

  @Test("the same seed draws the same, another seed another")
  func seeds() throws {
    let whole = try dataset([40, 60])
    func drawn(_ seed: UInt64) -> [String] { whole.split(test: 0.3, seed: seed).test.examples.map(\.file) }
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
  }

  @Test("without strata only the whole has the share")
  func plain() throws {
    let (training, test) = try dataset([10, 90]).split(test: 0.25, stratified: false, seed: 1)
    #expect(test.count == 25)
    #expect(training.count == 75)
  }

  @Test("a part keeps each example's own pixels")
  func pixels() throws {
    let (_, test) = try dataset([40, 60]).split(test: 0.3, seed: 1)
    for (index, example) in test.examples.enumerated() {
      #expect(test.withFeatures(of: index) { $0[0] } == Int(example.file).map { UInt8($0 % 256) })
    }
  }
}
