package import PerceptImages
import PerceptLinearAlgebra

extension Dataset {
  /// The same examples with other pictures, each made of its own on one of all cores.
  ///
  /// - Parameters:
  ///   - preprocessing: the size and colour that the new pictures have.
  ///   - change: makes the new picture of the one in a row.
  /// - Returns: a dataset of its own, in memory.
  /// - Throws: ``DatasetError`` when memory does not suffice.
  package func changed(
    to preprocessing: Preprocessing, by change: @Sendable (_ image: Image, _ row: Int) -> Image
  ) throws -> Dataset {
    let features = parallelMap(Array(examples.indices)) { row in
      change(self.preprocessing.image(of: withFeatures(of: row, Array.init)), row).pixels
    }
    return try Dataset(features: features, examples: examples, classNames: classNames, preprocessing: preprocessing)
  }

  /// The same examples, shrunk so that neither side is longer than `side`; itself where none is.
  ///
  /// - Parameter side: pixels, at least 1.
  /// - Returns: a dataset of its own, in memory.
  /// - Throws: ``DatasetError`` when memory does not suffice.
  package func resized(toAtMost side: Int) throws -> Dataset {
    let old = preprocessing.size
    let longest = max(old.width, old.height)
    guard longest > side else { return self }
    func shrunk(_ length: Int) -> Int { max(1, (length * side + longest / 2) / longest) }
    var small = preprocessing
    small.size = ImageSize(width: shrunk(old.width), height: shrunk(old.height))
    return try changed(to: small) { [size = small.size] image, _ in image.resized(to: size) }
  }
}
