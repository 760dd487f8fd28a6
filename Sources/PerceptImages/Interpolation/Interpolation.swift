/// The ways in which matplotlib's `imshow` draws a picture larger than it is.
///
/// Apart from the first three, each is a kernel: a new pixel whose centre falls at `p` between the old ones is the sum
/// of the old pixels `k`, weighed by `w(x)` at the distance `x = |k + 1/2 - p|` in old pixels and divided by the total
/// weight. A kernel of radius `r` reaches over `2r x 2r` old pixels.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
  /// matplotlib's default: ``nearest`` where each direction grows once, twice or more than three times, else
  /// ``hanning``. (Growing exactly three times is ``hanning``.)
  case auto
  /// The old pixel in which the new one's centre lies; of two that it lies between, the lower and the right one.
  case none
  /// The old pixel in which the new one's centre lies; of two that it lies between, the upper and the left one.
  case nearest
  /// `w(x) = 1 - x`; radius 1.
  case bilinear
  /// The cubic B-spline, which smooths: `2/3 - x^2 + x^3/2` up to 1, `(2 - x)^3 / 6` beyond; radius 2.
  case bicubic
  /// Four-point cubic spline: `1 - x/5 - 9/5 x^2 + x^3` up to 1, `-7/15 t + 4/5 t^2 - t^3/3` with `t = x - 1` beyond;
  /// radius 2.
  case spline16
  /// Six-point cubic spline: `1 - 3/209 x - 453/209 x^2 + 13/11 x^3` up to 1, `-156/209 t + 270/209 t^2 - 6/11 t^3` with
  /// `t = x - 1` up to 2, `26/209 t - 45/209 t^2 + t^3/11` with `t = x - 2` beyond; radius 3.
  case spline36
  /// The Hann window by itself: `0.5 + 0.5 cos(πx)`; radius 1.
  case hanning
  /// The Hamming window by itself: `0.54 + 0.46 cos(πx)`, which is 0.08 at its end; radius 1.
  case hamming
  /// The cubic that is flat at both ends: `2 x^3 - 3 x^2 + 1`; radius 1.
  case hermite
  /// The Kaiser window by itself: `I0(6.33 √(1 - x^2)) / I0(6.33)`, with the modified Bessel function of order 0;
  /// radius 1.
  case kaiser
  /// The quadratic B-spline: `3/4 - x^2` up to 1/2, `(x - 3/2)^2 / 2` up to 3/2; radius 3/2, rounded up to 2.
  case quadric
  /// Catmull and Rom's cubic, what others call bicubic: `1 - 5/2 x^2 + 3/2 x^3` up to 1,
  /// `2 - 4 x + 5/2 x^2 - x^3/2` beyond; radius 2.
  case catrom
  /// `exp(-2 x^2)`; radius 2.
  case gaussian
  /// `J1(πx) / (2x)`, with the Bessel function of the first kind of order 1, and `π/4` at 0; radius 3.2383, rounded up
  /// to 4, as far as it is evaluated.
  case bessel
  /// Mitchell and Netravali's cubic with B = C = 1/3: `(7 x^3 - 12 x^2 + 16/3) / 6` up to 1,
  /// `(-7/3 x^3 + 12 x^2 - 20 x + 32/3) / 6` beyond; radius 2.
  case mitchell
  /// `sinc(x) = sin(πx) / (πx)`, 1 at 0, without a window; radius 4.
  case sinc
  /// `sinc(x) sinc(x/4)`; radius 4.
  case lanczos

  /// The method that draws: what ``auto`` chooses between two sizes; every other method itself.
  ///
  /// - Parameters:
  ///   - old: the picture's size.
  ///   - new: the size that it is drawn at.
  /// - Returns: any method but ``auto``.
  public func resolved(from old: ImageSize, to new: ImageSize) -> Interpolation {
    guard self == .auto else { return self }
    let isSharp = [(old.width, new.width), (old.height, new.height)].allSatisfy { old, new in
      new == old || new == 2 * old || new > 3 * old
    }
    return isSharp ? .nearest : .hanning
  }
}
