package import PerceptImages
import PerceptLinearAlgebra

/// Random changes of training pictures, drawn anew each time that one is looked at, to make more of a small set.
///
/// Only the training sees them: validation, test and whatever is predicted later stay as they are. A change is one of the whole
/// picture: mirrored with probability ½, then turned about its centre by an angle drawn evenly from -``rotation`` … ``rotation``,
/// then shifted by whole pixels drawn evenly from what ``shift`` allows in either direction; between pixels it is interpolated
/// bilinearly, and beyond an edge the edge goes on. Then all samples are multiplied by one number drawn evenly from
/// 1 - ``brightness`` … 1 + ``brightness``, and cut off at white.
///
/// What is drawn depends on the trainer's seed, the iteration and the example's row alone: not on cores, on the order of a batch,
/// or on which of the other changes are asked for.
public struct Augmentation: Sendable, Hashable {
  /// Whether half of the pictures have left and right exchanged.
  public var mirror: Bool
  /// The largest shift, as a share of the picture's width and of its height, 0 to 0.5; it is rounded to whole pixels.
  public var shift: Double
  /// The largest angle, in degrees, 0 to 180.
  public var rotation: Double
  /// The largest relative change of brightness, 0 up to 1.
  public var brightness: Double

  /// Pictures as they are.
  public static let none = Augmentation()

  /// Changes of training pictures.
  ///
  /// - Parameters:
  ///   - mirror: whether half of the pictures have left and right exchanged.
  ///   - shift: the largest shift, as a share of the side.
  ///   - rotation: the largest angle, in degrees.
  ///   - brightness: the largest relative change of brightness.
  public init(mirror: Bool = false, shift: Double = 0, rotation: Double = 0, brightness: Double = 0) {
    self.mirror = mirror
    self.shift = shift
    self.rotation = rotation
    self.brightness = brightness
  }

  /// What it is called: `mirror, shift 0.1, rotate 10, brightness 0.2`; empty for ``none``.
  public var name: String {
    func amount(_ value: Double) -> String { "\(value)".hasSuffix(".0") ? "\("\(value)".dropLast(2))" : "\(value)" }
    let amounts = [("shift", shift), ("rotate", rotation), ("brightness", brightness)].filter { $1 != 0 }
    return ((mirror ? ["mirror"] : []) + amounts.map { "\($0) \(amount($1))" }).joined(separator: ", ")
  }

  /// Refuses amounts that are out of range.
  ///
  /// - Throws: ``TrainingError/unsuitable(_:)``.
  public func check() throws(TrainingError) {
    guard (0...0.5).contains(shift) else {
      throw .unsuitable("a shift is a share of the picture's side from 0 to 0.5, which \(shift) is not")
    }
    guard (0...180).contains(rotation) else {
      throw .unsuitable("a rotation is an angle from 0 to 180 degrees, which \(rotation) is not")
    }
    guard (0..<1).contains(brightness) else {
      throw .unsuitable("a change of brightness lies from 0 up to, but not including, 1, which \(brightness) does not")
    }
  }

  /// The change of one picture at one time.
  ///
  /// - Parameters:
  ///   - size: the picture's.
  ///   - seed: the trainer's.
  ///   - draw: which update it is for, from 0.
  ///   - row: which example of the dataset it is.
  /// - Returns: always the same for the same arguments.
  package func change(of size: ImageSize, seed: UInt64, draw: Int, row: Int) -> AugmentationTransform {
    // One output of the generator is a hash of its seed: here of the trainer's seed, then with the draw, then with the row.
    var generator = SeededGenerator(seed: seed)
    for part in [draw, row] { generator = SeededGenerator(seed: generator.next() ^ UInt64(bitPattern: Int64(part))) }
    // All are drawn, whatever is used, so that none decides on another.
    let isMirrored = Bool.random(using: &generator)
    let (turn, light) = (
      Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator)
    )
    func steps(_ side: Int) -> Int {
      let most = Int((shift * Double(side)).rounded())
      return Int.random(in: -most...most, using: &generator)
    }
    var change = AugmentationTransform()
    change.isMirrored = mirror && isMirrored
    change.angle = rotation * turn
    change.gain = 1 + brightness * light
    change.right = steps(size.width)
    change.down = steps(size.height)
    return change
  }
}
