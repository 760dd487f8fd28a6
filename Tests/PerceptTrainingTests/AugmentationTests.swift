import PerceptImages
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Augmentation")
struct AugmentationTests {
  static let all = Augmentation(mirror: true, shift: 0.1, rotation: 10, brightness: 0.2)

  func changed(_ image: Image, _ set: (inout AugmentationTransform) -> Void) -> Image {
    var change = AugmentationTransform()
    set(&change)
    return Image(
      width: image.width, height: image.height, color: image.color,
      pixels: change.changed(image.pixels, size: image.size, channels: image.color.channelCount))
  }

  /// Returns an image whose pixels are copied from other places of an image.
  func rearranged(_ image: Image, from place: (_ x: Int, _ y: Int) -> (x: Int, y: Int)) -> Image {
    let channels = image.color.channelCount
    let pixels = (0..<image.height).flatMap { y in
      (0..<image.width).flatMap { x in
        let (column, row) = place(x, y)
        let start = (row * image.width + column) * channels
        return image.pixels[start..<start + channels]
      }
    }
    return Image(width: image.width, height: image.height, color: image.color, pixels: pixels)
  }

  @Test(
    "mirroring and shifting copies pixels, mirrors first, and repeats the edges", arguments: [ColorMode.rgb, .gray],
    [(0, 0), (3, -2), (-4, 5), (20, -20)])
  func copies(color: ColorMode, shift: (right: Int, down: Int)) {
    let image = TestImages.noise(seed: 51, width: 9, height: 7, color: color)
    for isMirrored in [false, true] {
      let expected = rearranged(image) { x, y in
        let column = min(max(x - shift.right, 0), 8)
        return (isMirrored ? 8 - column : column, min(max(y - shift.down, 0), 6))
      }
      // At 360 degrees pixels are interpolated, with the same result.
      for angle in [0.0, 360] {
        let result = changed(image) {
          ($0.isMirrored, $0.right, $0.down, $0.angle) = (isMirrored, shift.right, shift.down, angle)
        }
        #expect(result == expected, "mirrored: \(isMirrored), angle \(angle)")
      }
    }
  }

  @Test("rotating a square by 90 or 180 degrees moves every pixel to its place, counterclockwise")
  func quarters() {
    for color in [ColorMode.rgb, .gray] {
      let image = TestImages.noise(seed: 52, width: 8, height: 8, color: color)
      #expect(changed(image) { $0.angle = 90 } == rearranged(image) { x, y in (7 - y, x) })
      #expect(changed(image) { $0.angle = -90 } == rearranged(image) { x, y in (y, 7 - x) })
      #expect(changed(image) { $0.angle = 180 } == rearranged(image) { x, y in (7 - x, 7 - y) })
      // Mirrored, then rotated, then shifted.
      let both = changed(image) { ($0.isMirrored, $0.angle, $0.down) = (true, 90, 1) }
      #expect(both == rearranged(image) { x, y in (max(y - 1, 0), x) })
    }
  }

  @Test("rotation interpolates between pixels: a rotated gradient is the gradient in the rotated direction")
  func interpolation() {
    // Brightness 4x + 2y, rotated about (15.5, 15.5); except at the edges, bilinear interpolation of a plane is exact.
    let image = Image(
      width: 32, height: 32, color: .gray,
      pixels: (0..<32).flatMap { y in (0..<32).map { x in UInt8(4 * x + 2 * y) } })
    let angle = 30.0
    let result = changed(image) { $0.angle = angle }
    let (sine, cosine) = (0.5, 3.0.squareRoot() / 2)
    for y in 8..<24 {
      for x in 8..<24 {
        let (across, along) = (Double(x) - 15.5, Double(y) - 15.5)
        let value = 4 * (15.5 + across * cosine - along * sine) + 2 * (15.5 + across * sine + along * cosine)
        #expect(abs(Double(result.pixels[y * 32 + x]) - value) < 0.52)
      }
    }
  }

  @Test("brightness multiplies, and is clipped at white", arguments: [0.25, 0.8, 1.2, 1.9])
  func brightness(gain: Double) {
    let image = Image(width: 16, height: 16, color: .gray, pixels: (0..<256).map { UInt8($0) })
    let result = changed(image) { $0.gain = gain }
    for (value, sample) in result.pixels.enumerated() {
      #expect(abs(Double(sample) - min(Double(value) * gain, 255)) <= 0.51)
    }
  }

  @Test("a change depends on seed, update and row, and its amounts fill their ranges")
  func draws() {
    let size = ImageSize(width: 40, height: 20)
    func change(_ seed: UInt64 = 1, _ draw: Int = 0, _ row: Int = 0) -> AugmentationTransform {
      Self.all.change(of: size, seed: seed, draw: draw, row: row)
    }
    #expect(change(1, 2, 3) == change(1, 2, 3))
    #expect(Set([change(), change(2), change(1, 1), change(1, 0, 1), change(1, 1, 1), change(2, 1, 0)]).count == 6)
    let drawn = (0..<50).flatMap { draw in (0..<40).map { change(7, draw, $0) } }
    #expect(Set(drawn).count == drawn.count)
    #expect((900...1100).contains(drawn.count { $0.isMirrored }))
    #expect(Set(drawn.map(\.right)) == Set(-4...4) && Set(drawn.map(\.down)) == Set(-2...2))
    for values in [drawn.map { $0.angle / 10 }, drawn.map { ($0.gain - 1) / 0.2 }] {
      #expect(values.allSatisfy { abs($0) <= 1 + 1e-12 })
      #expect(values.min() ?? 0 < -0.98 && values.max() ?? 0 > 0.98)
      #expect(abs(values.reduce(0, +) / 2000) < 0.05)
    }
  }

  @Test("changes are independent of each other, and none changes nothing")
  func independence() {
    let size = ImageSize(64)
    for row in 0..<50 {
      let all = Self.all.change(of: size, seed: 3, draw: 4, row: row)
      func alone(_ augmentation: Augmentation) -> AugmentationTransform {
        augmentation.change(of: size, seed: 3, draw: 4, row: row)
      }
      #expect(alone(Augmentation(mirror: true)).isMirrored == all.isMirrored)
      #expect(alone(Augmentation(rotation: 10)).angle == all.angle)
      #expect(alone(Augmentation(brightness: 0.2)).gain == all.gain)
      #expect(alone(Augmentation(shift: 0.1)).right == all.right && alone(Augmentation(shift: 0.1)).down == all.down)
      #expect(alone(.none) == AugmentationTransform())
    }
  }

  @Test("the name lists the changes and their amounts")
  func names() {
    #expect(Self.all.name == "mirror, shift 0.1, rotate 10, brightness 0.2")
    #expect(Augmentation(rotation: 7.5).name == "rotate 7.5" && Augmentation.none.name.isEmpty)
  }

  @Test(
    "amounts out of range are refused",
    arguments: [
      (Augmentation(shift: -0.1), "needs a shift of 0 to 0.5 of the image's side (got -0.1)"),
      (Augmentation(shift: 0.51), "needs a shift of 0 to 0.5 of the image's side (got 0.51)"),
      (Augmentation(shift: .nan), "needs a shift of 0 to 0.5 of the image's side (got nan)"),
      (Augmentation(rotation: 181), "needs a rotation of 0 to 180 degrees (got 181.0)"),
      (Augmentation(rotation: -.infinity), "needs a rotation of 0 to 180 degrees (got -inf)"),
      (Augmentation(brightness: 1), "needs a change of brightness ≥ 0 and < 1 (got 1.0)"),
      (Augmentation(brightness: -0.1), "needs a change of brightness ≥ 0 and < 1 (got -0.1)"),
    ])
  func ranges(augmentation: Augmentation, problem: String) {
    #expect(throws: ConfigurationError("augmentation", problem)) { try augmentation.check() }
  }
}
