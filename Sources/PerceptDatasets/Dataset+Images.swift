package import PerceptFeatures
package import PerceptImages
import PerceptLinearAlgebra

extension Dataset {
  /// Returns the image of an example with its features: at the size of ``preprocessing``, from its file if the dataset
  /// has only a thumbnail of it. Throws as `Preprocessing.features(at:)`.
  package func prepared(_ index: Int) throws -> PreparedImage {
    guard preprocessing.extractor == .pixels else { return try preprocessing.prepared(at: examples[index].file) }
    return PreparedImage(image: image(of: index), features: withFeatures(of: index, Array.init))
  }

  /// Returns a dataset in memory with the same examples and the images that `change` returns, computed in parallel on
  /// all cores. Throws ``DatasetError`` if the pixels do not fit into memory, or an image does not have the size and
  /// color of `preprocessing`. The features of both datasets must be pixels.
  package func changed(
    to preprocessing: Preprocessing, by change: @Sendable (_ image: Image, _ row: Int) -> Image
  ) throws -> Dataset {
    let features = parallelMap(Array(examples.indices)) { row in change(image(of: row), row).pixels }
    return try Dataset(
      features: features, keys: examples.indices.map(key), examples: examples, classNames: classNames,
      preprocessing: preprocessing)
  }

  /// Returns the images scaled down, keeping their aspect ratio, so that neither side is longer than `side` ≥ 1 pixels;
  /// this dataset if neither is, or if its features are not pixels. Throws ``DatasetError`` if the pixels do not fit into memory.
  package func resized(toAtMost side: Int) throws -> Dataset {
    guard preprocessing.extractor == .pixels else { return self }
    var small = preprocessing
    small.size = small.size.limited(toSide: side)
    guard small.size != preprocessing.size else { return self }
    return try changed(to: small) { [size = small.size] image, _ in image.resized(to: size) }
  }
}
