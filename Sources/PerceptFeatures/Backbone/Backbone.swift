import CPerceptONNXRuntime
import PerceptIO
public import PerceptImages
import Synchronization

/// A pretrained network in an ONNX file that is used without its last layers. Its features are inputs of a classifier and
/// are never changed by training. It is run by ONNX Runtime, one image per thread.
public struct Backbone: Sendable, Hashable {
  /// The name on the command line, such as `efficientnet-lite0`.
  public let name: String
  /// How its input and features are scaled.
  package let parameters: BackboneParameters
  package let file: BackboneFile

  /// Creates a backbone from the content of an ONNX file. Throws ``FeatureError`` if it is not a network that this version
  /// supports; `name` is its default name.
  package init(
    _ bytes: ArraySlice<UInt8>, named name: String, parameters: BackboneParameters? = nil
  ) throws(FeatureError) {
    try self.init(BackboneFile.shared(bytes, name: name), named: name, parameters: parameters)
  }

  init(_ file: BackboneFile, named name: String, parameters: BackboneParameters? = nil) throws(FeatureError) {
    self.file = file
    self.name = try Self.name(file.graph.metadata["percept.name"] ?? "", default: name)
    guard let own = parameters ?? BackboneParameters(file.graph.metadata) else {
      throw .malformedMetadata(backbone: name)
    }
    self.parameters = own
  }

  /// Whether text can be a name: one line of at most 255 bytes.
  package static func isName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && !text.unicodeScalars.contains(where: \.isUnsafeOnTerminal)
  }

  /// Returns the name that metadata contains, or else `name`. Throws if it cannot be chosen.
  private static func name(_ own: String, default name: String) throws(FeatureError) -> String {
    let chosen = own.isEmpty ? name : own
    guard isName(chosen) else { throw .malformedMetadata(backbone: name) }
    guard FeatureExtractor(builtIn: chosen) == nil else {
      throw .unusable(backbone: name, problem: "\(chosen) is the name of other features; give it another name")
    }
    return chosen
  }

  /// The SHA-256 digest of the file, 64 hexadecimal digits.
  public var digest: String { file.digest }

  /// The size of images that it was made for. Other sizes are possible if ``isFixedSize`` is false.
  public var imageSize: ImageSize { file.defaultSize }

  /// Whether it accepts images of ``imageSize`` only.
  public var isFixedSize: Bool { file.fixedSize != nil }

  /// Some sides of square images that it accepts, up to the default; empty if it accepts one size only.
  package var smallerSides: [Int] {
    let step = max(file.sizeMultiple, 16)
    return isFixedSize
      ? [] : Array(stride(from: 3 * step, through: imageSize.width, by: step)).filter { $0 % file.sizeMultiple == 0 }
  }

  /// The number of features of an image.
  public var featureCount: Int { file.channelCount }

  /// The license of the weights, if the file states it.
  public var license: String? { file.graph.metadata["percept.license"] }

  /// The origin of the weights, if the file states it.
  public var source: String? { file.graph.metadata["percept.source"] }

  /// What the features of an image depend on besides its pixels.
  package var identity: String {
    let numbers = (parameters.mean + parameters.deviation + [parameters.scale ?? 0]).map { "\($0)" }
    return ([digest] + numbers).joined(separator: " ")
  }

  /// Returns whether two backbones give the same features: the same file, and the same scales.
  public static func == (a: Backbone, b: Backbone) -> Bool { a.digest == b.digest && a.parameters == b.parameters }

  /// Hashes the digest of the file and the scales.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(digest)
    hasher.combine(parameters)
  }
}

extension Backbone {
  /// Throws if the backbone does not accept images of a grid.
  func check(_ grid: PixelGrid) throws(FeatureError) {
    if grid.color != .rgb { throw .needsColor(backbone: name) }
    if let fixed = file.fixedSize, grid.size != fixed {
      throw .fixedSize(backbone: name, size: fixed, got: grid.size)
    }
    let multiple = file.sizeMultiple
    if file.fixedSize == nil, grid.size.width % multiple != 0 || grid.size.height % multiple != 0 {
      throw .sizeMultiple(backbone: name, multiple: multiple, got: grid.size)
    }
    _ = try file.demand(of: grid.size)
  }

  /// Computes the features of an image from its samples.
  func write(
    _ samples: UnsafeBufferPointer<UInt8>, of grid: PixelGrid, into features: UnsafeMutableBufferPointer<UInt8>
  ) throws(FeatureError) {
    let pooled = try activations(of: samples, grid).means
    _ = features.update(fromContentsOf: parameters.bytes(of: pooled))
  }

  /// Returns the activations of the last layer for samples.
  func activations(of samples: [UInt8], _ grid: PixelGrid) throws(FeatureError) -> Activations {
    try samples.withUnsafeBufferPointer { (samples) throws(FeatureError) in try activations(of: samples, grid) }
  }

  private func activations(of samples: UnsafeBufferPointer<UInt8>, _ grid: PixelGrid) throws(FeatureError)
    -> Activations
  {
    let session = try file.session()
    let bytes = try file.demand(of: grid.size).bytes
    cort_reserve(bytes, Self.memory)
    defer { cort_release(bytes) }
    let (width, height) = (grid.size.width, grid.size.height)
    let input = input(of: samples, pixels: width * height)
    let shape = file.graph.input.isChannelLast ? [1, height, width, 3] : [1, 3, height, width]
    let output = try session.run(input, shape: shape, name: name)
    guard output.count % featureCount == 0, !output.isEmpty else {
      throw .failed(backbone: name, words: "its output has an unexpected size")
    }
    guard output.allSatisfy(\.isFinite) else { throw .notFinite(backbone: name, image: nil) }
    return Activations(output, channels: featureCount, isLast: file.isChannelLast)
  }

  /// The memory that images take at most when they are processed at the same time: that of one image, or 128 MiB for each
  /// core, which suffices for usual networks.
  private static let memory = max(ONNXGraph.mostActivationBytes, Processors.count << 27)

  /// Opens the backbone, so that errors and delays occur now and not with the first image.
  package func warmUp(_ grid: PixelGrid) throws(FeatureError) {
    _ = try activations(of: [UInt8](repeating: 128, count: grid.sampleCount), grid)
  }

  /// Returns the time that an image of the default size takes on one core, in seconds: the shortest of five.
  package func secondsPerImage() throws(FeatureError) -> Double {
    let grid = PixelGrid(size: imageSize)
    try warmUp(grid)
    var shortest = Duration.seconds(3600)
    for _ in 0..<5 {
      let start = ContinuousClock.now
      try warmUp(grid)
      shortest = min(shortest, ContinuousClock.now - start)
    }
    return shortest / .seconds(1)
  }

  /// Returns the normalized samples in the order of the input.
  private func input(of samples: UnsafeBufferPointer<UInt8>, pixels: Int) -> [Float] {
    let levels: [[Float]] = (0..<3).map { channel in
      (0..<256).map { Float((Double($0) - parameters.mean[channel]) / parameters.deviation[channel]) }
    }
    let isChannelLast = file.graph.input.isChannelLast
    return [Float](unsafeUninitializedCapacity: 3 * pixels) { input, count in
      for channel in 0..<3 {
        levels[channel].withUnsafeBufferPointer { levels in
          for pixel in 0..<pixels {
            let value = levels[Int(samples[3 * pixel + channel])]
            input[isChannelLast ? 3 * pixel + channel : channel * pixels + pixel] = value
          }
        }
      }
      count = 3 * pixels
    }
  }
}

/// The activations of the last layer: of each channel at each position.
struct Activations {
  private let values: [Float]
  let channels: Int
  private let isChannelLast: Bool

  init(_ values: [Float], channels: Int, isLast: Bool) {
    (self.values, self.channels, isChannelLast) = (values, channels, isLast)
  }

  var positions: Int { values.count / channels }

  /// The activation of a channel at a position.
  func value(_ channel: Int, at position: Int) -> Double {
    Double(values[isChannelLast ? position * channels + channel : channel * positions + position])
  }

  /// The mean of each channel over all positions (global average pooling).
  var means: [Double] {
    let positions = positions
    return (0..<channels).map { channel in
      (0..<positions).reduce(0) { $0 + value(channel, at: $1) } / Double(positions)
    }
  }
}
