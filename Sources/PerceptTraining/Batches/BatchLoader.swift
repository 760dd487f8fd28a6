import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels

/// Loads batches of examples as scaled features in Float32, with optional augmentation. Threads may load different parts
/// of a batch at the same time.
final class BatchLoader: @unchecked Sendable {
  private let dataset: Dataset
  private let factors: [Float]
  private let offsets: [Float]
  private let augmentation: Augmentation
  private let seed: UInt64
  /// A buffer of one augmented image for each part of a batch.
  private let images: UnsafeMutablePointer<UInt8>

  /// `parts` is the largest number of parts of a batch.
  init(_ dataset: Dataset, scaling: FeatureTransform, augmentation: Augmentation, seed: UInt64, parts: Int) {
    self.dataset = dataset
    factors = scaling.factor.map(Float.init)
    offsets = zip(scaling.shift, scaling.factor).map { Float(-$0 * $1) }
    self.augmentation = augmentation
    self.seed = seed
    images = .allocate(capacity: augmentation == .none ? 0 : parts * dataset.featureCount)
  }

  deinit {
    images.deallocate()
  }

  /// Writes the scaled features of a part of a batch, rows x features. Each update `draw` has other random
  /// transformations.
  func load(_ rows: ArraySlice<Int>, draw: Int, part: Int, into values: UnsafeMutablePointer<Float>) {
    let features = dataset.featureCount
    dataset.withRows { pixels in
      for (k, row) in rows.enumerated() {
        let example = augmentation == .none ? pixels[row] : augmented(pixels[row], row, draw: draw, part: part)
        PixelKernels.scale(
          example, factors: factors, offsets: offsets, into: values + k * features, count: features)
      }
    }
  }

  /// Returns the transformed image in a row, in the buffer of a part.
  private func augmented(_ pixels: UnsafePointer<UInt8>, _ row: Int, draw: Int, part: Int) -> UnsafePointer<UInt8> {
    let (shape, channels) = (dataset.preprocessing.size, dataset.preprocessing.color.channelCount)
    let image = images + part * dataset.featureCount
    augmentation.change(of: shape, seed: seed, draw: draw, row: row)
      .write(pixels, size: shape, channels: channels, into: image)
    return UnsafePointer(image)
  }
}
