import Glibc
public import PerceptImages

/// What the pixels of a dataset are like.
public struct PixelStatistics: Sendable, Hashable {
  /// How pictures became features.
  public let preprocessing: Preprocessing
  /// The mean of each feature, 0 … 255.
  public let mean: [Double]
  /// The standard deviation of each feature (of the examples, not of a sample: divided by their number).
  public let deviation: [Double]
  /// For each channel, how many pixels have each of the 256 values.
  public let histograms: [[Int]]
  /// For each channel, how many normalised pixels, (x - mean) / deviation of their feature, fall into each of 81 bins whose
  /// centres run from -4 to 4 in steps of 0.1. Pixels that never vary and those beyond are left out.
  public let normalizedHistograms: [[Int]]

  /// The centres of the bins of ``normalizedHistograms``.
  public static let normalizedCenters = (0..<81).map { -4 + Double($0) / 10 }

  /// The mean of each feature as a picture.
  public var meanImage: Image { image(mean) }

  /// The standard deviation of each feature as a picture, scaled so that the largest is white.
  public var deviationImage: Image {
    let largest = max(deviation.max() ?? 0, .leastNormalMagnitude)
    return image(deviation.map { $0 / largest * 255 })
  }

  private func image(_ values: [Double]) -> Image {
    preprocessing.image(of: values.map { UInt8(min(max($0.rounded(), 0), 255)) })
  }
}

extension Dataset {
  /// What the pixels of all examples are like, or of one class.
  ///
  /// - Parameter label: the class; nil takes all examples.
  /// - Returns: means, deviations and histograms; nil where there is no such example.
  public func statistics(of label: Int? = nil) -> PixelStatistics? {
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
          let bin = Int((((Double(pixels[j]) - mean[j]) / deviation[j] + 4) * 10).rounded())
          if (0..<81).contains(bin) { histograms[j % channels][bin] += 1 }
        }
      }
    }
    return histograms
  }
}
