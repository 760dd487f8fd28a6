/// A width and a height, in pixels, that a file declares, or the largest of several. Both are 0 if there is none.
struct CodedSize: Equatable {
  private(set) var width: Int
  private(set) var height: Int

  init(width: Int = 0, height: Int = 0) { (self.width, self.height) = (width, height) }

  /// The side of the largest blocks of pixels that encoders round sizes up to.
  static let blockSide = 64

  /// The width and height, at least 1, less any pixels that a block may have been filled up with.
  var withoutPadding: (width: Int, height: Int) {
    (max(width - Self.blockSide + 1, 1), max(height - Self.blockSide + 1, 1))
  }

  func scaled(by factor: Int) -> CodedSize { CodedSize(width: factor * width, height: factor * height) }

  mutating func include(_ other: CodedSize) {
    width = max(width, other.width)
    height = max(height, other.height)
  }
}
