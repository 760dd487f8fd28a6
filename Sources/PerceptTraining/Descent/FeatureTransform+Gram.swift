import PerceptDatasets
import PerceptLinearAlgebra

extension FeatureTransform {
  /// Returns the Gram matrix X̃·X̃ᵀ of the scaled examples, m x m. If all features have the same factor, it is computed
  /// from exact integer products of bytes.
  func gram(of dataset: Dataset) -> SymmetricMatrix {
    guard isUniform else { return weightedGram(of: dataset) }
    let gram = dataset.withRows { rows in
      SymmetricMatrix(gramOf: dataset.count, features: dataset.featureCount) { rows[$0] }
    }
    // Each shift is either 0 or the mean of the feature.
    if shift.contains(where: { $0 != 0 }) { gram.subtractMeans() }
    gram.scale(by: factor[0] * factor[0])
    return gram
  }

  /// Returns the Gram matrix for different factors. Its element (i, k) is Σⱼ rⱼ·x_kj - Σⱼ rⱼ·shiftⱼ with
  /// rⱼ = (x_ij - shiftⱼ)·factorⱼ².
  private func weightedGram(of dataset: Dataset) -> SymmetricMatrix {
    let gram = SymmetricMatrix(count: dataset.count)
    let features = dataset.featureCount
    dataset.withRows { rows in
      nonisolated(unsafe) let gram = gram
      concurrently(dataset.count) { i in
        let scaled = [Double](unsafeUninitializedCapacity: features) { scaled, initialized in
          let pixels = rows[i]
          for j in 0..<features { scaled[j] = (Double(pixels[j]) - shift[j]) * factor[j] * factor[j] }
          initialized = features
        }
        let offset = dot(scaled, shift)
        scaled.withUnsafeBufferPointer { scaled in
          for k in 0...min(i | 3, dataset.count - 1) {
            let pixels = UnsafeBufferPointer(start: rows[k], count: features)
            gram.set(i, k, PixelKernels.dot(scaled, pixels) - offset)
          }
        }
      }
    }
    return gram
  }

  /// Returns the products W·X̃ᵀ with all m examples, units x m.
  func products(_ weights: [Double], units: Int, with dataset: Dataset) -> [Double] {
    let features = dataset.featureCount
    return (0..<units).flatMap { unit in
      let own = (0..<features).map { weights[unit * features + $0] * factor[$0] }
      let offset = dot(own, shift)
      return parallelMap(0..<dataset.count, block: 1) { row in
        own.withUnsafeBufferPointer { own in dataset.withFeatures(of: row) { PixelKernels.dot(own, $0) } } - offset
      }
    }
  }
}
