import PerceptImages

/// How a backbone is used: what its input and its features mean. It is read from the metadata of the ONNX file, under keys
/// that begin with `percept.`, and stored in the model file.
package struct BackboneParameters: Sendable, Hashable, Codable {
  /// The mean of each channel, 0 … 255. The input is (sample - mean) / standard deviation.
  package var mean: [Double]
  /// The standard deviation of each channel.
  package var deviation: [Double]
  /// The number that a feature is multiplied by to get a byte; nil if features are normalized for each image.
  ///
  /// If the range of the features is unknown, no fixed factor fits. Each feature f of C is then divided by the root mean
  /// square of the features of the same image, v = f·√C / ‖f‖, and stored as 128 + 127·sign(v)·√(min(|v|, 16) / 16).
  package var scale: Double?

  /// The normalization of ImageNet in torchvision and most other libraries.
  package static let imageNet = BackboneParameters(
    mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375], scale: nil)

  /// Whether all numbers are finite and in range.
  package var isValid: Bool {
    mean.count == 3 && deviation.count == 3 && mean.allSatisfy { abs($0) <= 1e6 }
      && deviation.allSatisfy { $0 >= 1e-6 && $0 <= 1e6 } && scale.map { $0 >= 1e-9 && $0 <= 1e9 } ?? true
  }

  /// The byte of a feature that is 0.
  package var zero: UInt8 { scale == nil ? 128 : 0 }

  /// Returns the bytes of the features of one image.
  package func bytes(of features: [Double]) -> [UInt8] {
    if let scale { return features.map { Self.byte($0 * scale) } }
    let square = features.reduce(0) { $0 + $1 * $1 } / Double(max(features.count, 1))
    guard square > 0, square.isFinite else { return features.map { _ in zero } }
    let norm = square.squareRoot()
    return features.map { feature in
      let share = (min(abs(feature / norm), 16) / 16).squareRoot()
      return Self.byte(128 + 127 * (feature < 0 ? -share : share))
    }
  }

  private static func byte(_ value: Double) -> UInt8 { value > 0 ? UInt8(min(value + 0.5, 255)) : 0 }
}

extension BackboneParameters {
  /// Reads the metadata of an ONNX file. Missing keys have the values of ``imageNet``. Returns nil if a value is malformed.
  init?(_ metadata: [String: String]) {
    self = .imageNet
    for (key, path) in [("percept.mean", \Self.mean), ("percept.std", \Self.deviation)] {
      guard let text = metadata[key] else { continue }
      guard let numbers = Self.channels(text) else { return nil }
      self[keyPath: path] = numbers
    }
    if let text = metadata["percept.feature_scale"] {
      guard let number = Double(text) else { return nil }
      scale = number
    }
    guard isValid else { return nil }
  }

  /// Parses one number for all channels, or three numbers separated by commas.
  private static func channels(_ text: String) -> [Double]? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 1 || numbers.count == 3 else { return nil }
    let known = numbers.compactMap(\.self)
    guard known.count == numbers.count else { return nil }
    return known.count == 1 ? [known[0], known[0], known[0]] : known
  }
}
