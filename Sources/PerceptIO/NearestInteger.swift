extension FixedWidthInteger {
  /// Creates the integer nearest to a number: half rounds away from zero, a number out of range becomes the smallest or
  /// the largest integer, and NaN becomes 0. `Int(number)` ends the program in the last two cases, so numbers that
  /// depend on a file, a request or an option are converted with this initializer.
  @inlinable package init(nearest number: Double) {
    let rounded = number.rounded(.toNearestOrAwayFromZero)
    self = Self(exactly: rounded) ?? (rounded.isNaN ? 0 : rounded < 0 ? .min : .max)
  }
}
