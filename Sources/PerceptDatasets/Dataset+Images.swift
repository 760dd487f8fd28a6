package import PerceptImages
import PerceptLinearAlgebra

extension Dataset {
  /// Returns a dataset in memory with the same examples and the images that `change` returns, computed in parallel on
  /// all cores. Throws ``DatasetError`` if the pixels do not fit into memory, or an image does not have the size and
  /// color of `preprocessing`.
  package func changed(
    to preprocessing: Preprocessing, by change: @Sendable (_ image: Image, _ row: Int) -> Image
  ) throws -> Dataset {
    let features = parallelMap(Array(examples.indices)) { row in
      change(self.preprocessing.image(of: withFeatures(of: row, Array.init)), row).pixels
    }
    return try Dataset(
      features: features, keys: examples.indices.map(key), examples: examples, classNames: classNames,
      preprocessing: preprocessing)
  }

  /// Returns the images scaled down, keeping their aspect ratio, so that neither side is longer than `side` ≥ 1 pixels;
  /// this dataset if neither is. Throws ``DatasetError`` if the pixels do not fit into memory.
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
