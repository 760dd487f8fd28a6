import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels

/// Loads batches of examples as scaled features in Float32, with optional augmentation.
final class BatchLoader: @unchecked Sendable {
  private let dataset: Dataset
  private let factors: [Float]
  private let offsets: [Float]
  private let augmentation: Augmentation
  private let seed: UInt64
  /// A buffer of one augmented image for each block of examples.
  private let images: UnsafeMutablePointer<UInt8>

  /// The largest number of blocks of examples that are augmented in parallel.
  private static let blocks = 16

  init(_ dataset: Dataset, scaling: FeatureTransform, augmentation: Augmentation, seed: UInt64) {
    self.dataset = dataset
    factors = scaling.factor.map(Float.init)
    offsets = zip(scaling.shift, scaling.factor).map { Float(-$0 * $1) }
    self.augmentation = augmentation
    self.seed = seed
    images = .allocate(capacity: augmentation == .none ? 0 : Self.blocks * dataset.featureCount)
  }

  deinit {
    images.deallocate()
  }

  /// Writes the scaled features of a batch, rows x features. Each update `draw` has other random transformations.
  func load(_ rows: ArraySlice<Int>, draw: Int, into values: UnsafeMutablePointer<Float>) {
    let features = dataset.featureCount
    guard augmentation != .none else {
      return dataset.withRows { pixels in
        for (k, row) in rows.enumerated() { scale(pixels[row], into: values + k * features) }
      }
    }
    let (first, size) = (rows.startIndex, (rows.count + Self.blocks - 1) / Self.blocks)
    let (shape, channels) = (dataset.preprocessing.size, dataset.preprocessing.color.channelCount)
    nonisolated(unsafe) let values = values
    dataset.withRows { pixels in
      concurrently((rows.count + size - 1) / size) { block in
        let image = self.images + block * features
        for k in block * size..<min((block + 1) * size, rows.count) {
          let row = rows[first + k]
          self.augmentation.change(of: shape, seed: self.seed, draw: draw, row: row)
            .write(pixels[row], size: shape, channels: channels, into: image)
          self.scale(image, into: values + k * features)
        }
      }
    }
  }

  private func scale(_ pixels: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    PixelKernels.scale(pixels, factors: factors, offsets: offsets, into: values, count: dataset.featureCount)
  }
}
