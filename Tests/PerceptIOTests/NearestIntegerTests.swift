import PerceptIO
import Testing

@Suite("Nearest integer")
struct NearestIntegerTests {
  @Test(
    "numbers are rounded, half away from zero, and limited to the range of the integer; NaN is 0",
    arguments: [
      (0.4, 0), (0.5, 1), (-0.4, 0), (254.5, 255), (255.4, 255), (256, 255), (-1, 0), (-1e300, 0), (1e300, 255),
      (.infinity, 255), (-.infinity, 0), (.nan, 0),
    ] as [(Double, UInt8)])
  func bytes(number: Double, byte: UInt8) { #expect(UInt8(nearest: number) == byte) }

  @Test(
    "the limits of Int, which have no equal Double, are reached but not exceeded",
    arguments: [
      (-2.5, -3), (0x1p62, 1 << 62), (0x1p63, .max), (-0x1p63, .min), (-0x1p64, .min), (.infinity, .max), (.nan, 0),
    ] as [(Double, Int)])
  func integers(number: Double, integer: Int) { #expect(Int(nearest: number) == integer) }
}
