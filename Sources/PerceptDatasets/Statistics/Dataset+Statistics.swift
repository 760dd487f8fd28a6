package import PerceptFeatures
import PerceptIO
package import PerceptImages
import PerceptPlatform

/// Means, standard deviations, and histograms of the pixels of a dataset. Of other features, only means and standard
/// deviations are meaningful.
package struct PixelStatistics: Sendable, Hashable {
  package let preprocessing: Preprocessing
  /// The mean of each feature, 0 ... 255.
  package let mean: [Double]
  /// The standard deviation of each feature, with divisor n, not n - 1.
  package let deviation: [Double]
  /// For each channel, the number of pixels with each of the 256 levels.
  package let histograms: [[Int]]
  /// For each channel, the number of standardized pixels, (x - mean) / deviation of their feature, in each of 81 bins
  /// whose centers run from -4 to 4 in steps of 0.1. Features that do not vary and values outside the bins are not
  /// counted.
  package let normalizedHistograms: [[Int]]

  /// The centers of the bins of ``normalizedHistograms``.
  package static let normalizedCenters = (0..<81).map { -4 + Double($0) / 10 }

  package var meanImage: Image { image(mean) }

  /// The standard deviation of each feature as an image, scaled so that the largest is white.
  package var deviationImage: Image {
    let largest = max(deviation.max() ?? 0, .leastNormalMagnitude)
    return image(deviation.map { $0 / largest * 255 })
  }

  private func image(_ values: [Double]) -> Image {
    preprocessing.image(ofSamples: values.map { UInt8(nearest: $0) })
  }
}

extension Dataset {
  /// Computes the statistics of all n examples, or those of one class; nil if n = 0. O(n · ``featureCount``).
  package func statistics(of label: Int? = nil) -> PixelStatistics? {
    let chosen = examples.indices.filter { label == nil || examples[$0].label == label }
    guard !chosen.isEmpty else { return nil }
    let channels = preprocessing.color.channelCount
    var sums = [Int](repeating: 0, count: featureCount)
    var squares = sums
    var histograms = [Int](repeating: 0, count: 256 * channels)
    for index in chosen {
      withFeatures(of: index) { pixels in
        for j in pixels.indices {
          let value = Int(pixels[j])
          sums[j] += value
          squares[j] += value * value
          histograms[256 * (j % channels) + value] += 1
        }
      }
    }
    let count = Double(chosen.count)
    let mean = sums.map { Double($0) / count }
    let deviation = zip(sums, squares).map { sum, square in
      (max(Double(square) - Double(sum) * Double(sum) / count, 0) / count).squareRoot()
    }
    return PixelStatistics(
      preprocessing: preprocessing, mean: mean, deviation: deviation,
      histograms: (0..<channels).map { Array(histograms[256 * $0..<256 * ($0 + 1)]) },
      normalizedHistograms: normalizedHistograms(of: chosen, mean: mean, deviation: deviation))
  }

  private func normalizedHistograms(of chosen: [Int], mean: [Double], deviation: [Double]) -> [[Int]] {
    let channels = preprocessing.color.channelCount
    var histograms = [[Int]](repeating: [Int](repeating: 0, count: 81), count: channels)
    for index in chosen {
      withFeatures(of: index) { pixels in
        for j in pixels.indices where deviation[j] > 1e-9 {
          let bin = Int(nearest: ((Double(pixels[j]) - mean[j]) / deviation[j] + 4) * 10)
          if (0..<81).contains(bin) { histograms[j % channels][bin] += 1 }
        }
      }
    }
    return histograms
  }
}
