package import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
package import PerceptModels
import PerceptTraining

extension ImageGrid {
  /// At most `limit` images, of every class in turn, one per row, followed by augmented versions as training may draw them.
  package static func augmented(
    _ dataset: Dataset, by augmentation: Augmentation, limit: Int = 4, versions: Int = 8
  ) -> ImageGrid {
    let classes = dataset.classNames.indices.map { label in
      dataset.examples.indices.filter { dataset.examples[$0].label == label }
    }
    let inTurn = (0..<(classes.map(\.count).max() ?? 0)).flatMap { place in
      classes.compactMap { $0.indices.contains(place) ? $0[place] : nil }
    }
    let (preprocessing, size) = (dataset.preprocessing, dataset.preprocessing.size)
    let cells = inTurn.prefix(limit).flatMap { row in
      let features = dataset.withFeatures(of: row, Array.init)
      let changed = (0..<versions).map { draw in
        augmentation.change(of: size, seed: 0, draw: draw, row: row)
          .changed(features, size: size, channels: preprocessing.color.channelCount)
      }
      let name = dataset.classNames[dataset.examples[row].label]
      return [Cell(preprocessing.image(ofSamples: features), title: [name])]
        + changed.map { Cell(preprocessing.image(ofSamples: $0)) }
    }
    return ImageGrid(
      title: "Augmentation: \(augmentation.name)",
      summary: "Each row shows an image and \(versions) augmented versions of it, as training may use them.",
      cells: cells, columns: versions + 1, cellWidth: 96)
  }
}
