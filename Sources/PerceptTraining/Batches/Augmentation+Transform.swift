package import PerceptImages
import PerceptLinearAlgebra
import PerceptModels

extension Augmentation {
  /// Returns the transformation of the image in a row for the update `draw`, which depends only on the arguments.
  package func change(of size: ImageSize, seed: UInt64, draw: Int, row: Int) -> AugmentationTransform {
    // The first output of the generator is a hash of its seed. Hash the seed together with the draw and the row.
    var generator = SeededGenerator(seed: seed)
    for part in [draw, row] { generator = SeededGenerator(seed: generator.next() ^ UInt64(bitPattern: Int64(part))) }
    // Draw all values, even if some are not used, so that disabling one transformation does not change the others.
    let isMirrored = Bool.random(using: &generator)
    let (relativeAngle, relativeGain) = (
      Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator)
    )
    func steps(_ side: Int) -> Int {
      let most = Int((shift * Double(side)).rounded())
      return Int.random(in: -most...most, using: &generator)
    }
    var change = AugmentationTransform()
    change.isMirrored = mirror && isMirrored
    change.angle = rotation * relativeAngle
    change.gain = 1 + brightness * relativeGain
    change.right = steps(size.width)
    change.down = steps(size.height)
    return change
  }
}
