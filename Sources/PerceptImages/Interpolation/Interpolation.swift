/// The interpolation methods of matplotlib's `imshow` for enlarging an image.
///
/// All methods but the first three use a kernel: a new pixel whose center is at `p` among the old pixels is the sum of the
/// old pixels `k`, weighted by `w(x)` at the distance `x = |k + 1/2 - p|` in old pixels and divided by the total weight. A
/// kernel of radius `r` covers `2r x 2r` old pixels.
package enum Interpolation: String, Sendable, Hashable, CaseIterable {
  /// matplotlib's default: ``nearest`` if each direction is scaled by exactly 1, exactly 2 or more than 3, otherwise
  /// ``hanning``. A factor of exactly 3 uses ``hanning``.
  case auto
  /// The old pixel that contains the center of the new pixel; on a boundary, the lower and the right pixel.
  case none
  /// The old pixel that contains the center of the new pixel; on a boundary, the upper and the left pixel.
  case nearest
  /// `w(x) = 1 - x`; radius 1.
  case bilinear
  /// The cubic B-spline, which smooths the image: `2/3 - x^2 + x^3/2` up to 1, `(2 - x)^3 / 6` beyond; radius 2.
  case bicubic
  /// The four-point cubic spline: `1 - x/5 - 9/5 x^2 + x^3` up to 1, `-7/15 t + 4/5 t^2 - t^3/3` with `t = x - 1` beyond;
  /// radius 2.
  case spline16
  /// The six-point cubic spline: `1 - 3/209 x - 453/209 x^2 + 13/11 x^3` up to 1, `-156/209 t + 270/209 t^2 - 6/11 t^3` with
  /// `t = x - 1` up to 2, `26/209 t - 45/209 t^2 + t^3/11` with `t = x - 2` beyond; radius 3.
  case spline36
  /// The Hann window: `0.5 + 0.5 cos(πx)`; radius 1.
  case hanning
  /// The Hamming window: `0.54 + 0.46 cos(πx)`, which is 0.08 at its end; radius 1.
  case hamming
  /// The cubic that is flat at both ends: `2 x^3 - 3 x^2 + 1`; radius 1.
  case hermite
  /// The Kaiser window: `I0(6.33 √(1 - x^2)) / I0(6.33)`, with the modified Bessel function of order 0; radius 1.
  case kaiser
  /// The quadratic B-spline: `3/4 - x^2` up to 1/2, `(x - 3/2)^2 / 2` up to 3/2; radius 3/2, rounded up to 2.
  case quadric
  /// The cubic of Catmull and Rom, which other programs call bicubic: `1 - 5/2 x^2 + 3/2 x^3` up to 1,
  /// `2 - 4 x + 5/2 x^2 - x^3/2` beyond; radius 2.
  case catrom
  /// The Gaussian function `exp(-2 x^2)`; radius 2.
  case gaussian
  /// `J1(πx) / (2x)`, with the Bessel function of the first kind of order 1, and `π/4` at 0; radius 3.2383, rounded up to 4,
  /// up to which it is evaluated.
  case bessel
  /// The cubic of Mitchell and Netravali with B = C = 1/3: `(7 x^3 - 12 x^2 + 16/3) / 6` up to 1,
  /// `(-7/3 x^3 + 12 x^2 - 20 x + 32/3) / 6` beyond; radius 2.
  case mitchell
  /// `sinc(x) = sin(πx) / (πx)`, 1 at 0, without a window; radius 4.
  case sinc
  /// `sinc(x) sinc(x/4)`; radius 4.
  case lanczos

  /// Returns the method that ``auto`` selects for two sizes, and any other method unchanged.
  package func resolved(from old: ImageSize, to new: ImageSize) -> Interpolation {
    guard self == .auto else { return self }
    let isSharp = [(old.width, new.width), (old.height, new.height)].allSatisfy { old, new in
      new == old || new == 2 * old || new > 3 * old
    }
    return isSharp ? .nearest : .hanning
  }
}
