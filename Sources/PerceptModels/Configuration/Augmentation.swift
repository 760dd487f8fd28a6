/// Random transformations of training images (only), drawn each time that an image is used, in this order:
///
/// 1. With probability 1/2, it is mirrored horizontally.
/// 2. It is rotated about its center by an angle drawn uniformly from -``rotation`` … ``rotation``. Samples between
///    pixels are interpolated bilinearly, and the edge pixels are repeated beyond the border.
/// 3. It is shifted by whole pixels, drawn uniformly from the range that ``shift`` allows in either direction.
/// 4. All samples are multiplied by a factor drawn uniformly from 1 - ``brightness`` … 1 + ``brightness``, and clipped
///    at white.
///
/// They depend only on the seed of the configuration, the iteration, and the row of the example: not on the number of
/// cores, the order of a batch, or which other transformations are enabled.
public struct Augmentation: Sendable, Hashable {
  /// Whether half of the images are mirrored horizontally.
  public var mirror: Bool
  /// The largest shift, as a fraction of the width and of the height, 0 to 0.5. It is rounded to whole pixels.
  public var shift: Double
  /// The largest angle, in degrees, 0 to 180.
  public var rotation: Double
  /// The largest relative change of brightness, 0 up to 1.
  public var brightness: Double

  /// No augmentation.
  public static let none = Augmentation()

  /// Creates an augmentation.
  ///
  /// - Parameters:
  ///   - mirror: whether half of the images are mirrored horizontally.
  ///   - shift: the largest shift, as a fraction of the width and of the height.
  ///   - rotation: the largest angle, in degrees.
  ///   - brightness: the largest relative change of brightness.
  public init(mirror: Bool = false, shift: Double = 0, rotation: Double = 0, brightness: Double = 0) {
    self.mirror = mirror
    self.shift = shift
    self.rotation = rotation
    self.brightness = brightness
  }

  /// The label in reports, such as `mirror, shift 0.1, rotate 10, brightness 0.2`; empty for ``none``. Never parsed.
  public var name: String {
    ((mirror ? ["mirror"] : []) + amounts.map { "\($0) \(Self.text(of: $1))" }).joined(separator: ", ")
  }

  private var amounts: [(name: String, value: Double)] {
    [("shift", shift), ("rotate", rotation), ("brightness", brightness)].filter { $1 != 0 }
  }

  private static func text(of value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Throws ``ConfigurationError`` if an amount is out of range.
  public func check() throws(ConfigurationError) {
    guard (0...0.5).contains(shift) else {
      throw .init("augmentation", "needs a shift of 0 to 0.5 of the image's side (got \(shift))")
    }
    guard (0...180).contains(rotation) else {
      throw .init("augmentation", "needs a rotation of 0 to 180 degrees (got \(rotation))")
    }
    guard (0..<1).contains(brightness) else {
      throw .init("augmentation", "needs a change of brightness ≥ 0 and < 1 (got \(brightness))")
    }
  }
}

extension Augmentation: TextCodable {
  package static let expectation =
    "none, or some of mirror, shift:0.1, rotate:10 and brightness:0.2, separated by commas"

  /// Creates an augmentation from a text such as `mirror,rotate:25`; returns nil if the text is not valid.
  public init?(_ description: String) {
    guard let value = try? Self(parsing: description) else { return nil }
    self = value
  }

  /// Parses `none`, or a comma-separated list of `mirror`, `shift`, `rotate` and `brightness`. All but `mirror` can
  /// have an amount, as in `mirror,rotate:25`; the defaults are 0.1 of the side, 10 degrees, and 0.2. Throws
  /// ``ConfigurationError`` if an item is unknown, repeated or out of range.
  package init(parsing text: String) throws(ConfigurationError) {
    self = .none
    if text == "none" { return }
    var names = Set<Substring>()
    for item in text.split(separator: ",", omittingEmptySubsequences: false).map({ $0.drop { $0 == " " } }) {
      let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard names.insert(parts[0]).inserted else { throw .init("augmentation", "names \(parts[0]) twice") }
      try add(parts[0], amount: parts.count == 1 ? nil : String(parts[1]))
    }
    try check()
  }

  private mutating func add(_ name: Substring, amount text: String?) throws(ConfigurationError) {
    let amount = text.flatMap { Double($0) }
    if let text, !(amount.map { $0 > 0 && $0.isFinite } ?? false) {
      throw .init("augmentation", "needs a number > 0 after \(name): (got \(text))")
    }
    switch name {
    case "mirror" where text == nil: mirror = true
    case "mirror": throw .init("augmentation", "takes mirror without an amount (got \(text ?? ""))")
    case "shift": shift = amount ?? 0.1
    case "rotate": rotation = amount ?? 10
    case "brightness": brightness = amount ?? 0.2
    default: throw .init("augmentation", "must be \(Self.expectation) (got \(name))")
    }
  }

  /// `none`, or the transformations with their amounts, separated by commas.
  public var description: String {
    let items = (mirror ? ["mirror"] : []) + amounts.map { "\($0):\(Self.text(of: $1))" }
    return items.isEmpty ? "none" : items.joined(separator: ",")
  }
}
