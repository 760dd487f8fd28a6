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

  /// Returns a dataset in memory with the same examples and the images that `change` returns, with their features,
  /// computed in parallel on all cores. `change` gets images of the size of this dataset's preprocessing. Throws
  /// ``DatasetError`` if the features do not fit into memory; as ``prepared(_:)`` if the features are not pixels.
  package func changed(
    to preprocessing: Preprocessing, by change: @Sendable (_ image: Image, _ row: Int) -> Image
  ) throws -> Dataset {
    let reader = FeatureReader(preprocessing)
    let storage = try FeatureStorage(
      rows: count, columns: preprocessing.featureCount, thumbnailColumns: preprocessing.thumbnail?.sampleCount ?? 0
    ) { memory in
      let results = parallelMap(examples.indices, block: 1) { row in
        Result {
          let target = memory.row(row, of: count)
          try reader.write(change(wholeImage(of: row), row), into: target.features, thumbnail: target.thumbnails)
        }
      }
      for result in results { try result.get() }
      return examples.indices.map(key)
    }
    return Dataset(
      preprocessing: preprocessing, classNames: classNames, examples: examples, storage: storage,
      rows: Array(examples.indices))
  }

  /// Returns the image of an example at the size of ``preprocessing``: from its file if there is only a thumbnail of it.
  private func wholeImage(of index: Int) throws -> Image {
    guard preprocessing.extractor != .pixels else { return image(of: index) }
    return preprocessing.image(ofSamples: try preprocessing.samples(at: examples[index].file))
  }

  /// Returns the image of an example for people: as ``image(of:)`` if the features are pixels, otherwise at the size of
  /// ``preprocessing``, scaled down to a side of at most 200 pixels. Reads the file of the image; if that fails, the thumbnail
  /// is enlarged smoothly.
  package func shownImage(of index: Int) -> Image {
    guard preprocessing.extractor != .pixels else { return image(of: index) }
    let size = preprocessing.size.limited(toSide: 200)
    if let whole = try? wholeImage(of: index) { return whole.resized(to: size) }
    return image(of: index).enlarged(to: size, by: .catrom)
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
