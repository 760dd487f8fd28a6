import Images

extension Dataset {
  /// The same examples, shrunk so that neither side is longer than `side`; itself where none is.
  ///
  /// - Parameter side: pixels, at least 1.
  /// - Returns: a dataset of its own, in memory.
  /// - Throws: ``DatasetError`` when memory does not suffice.
  package func resized(toAtMost side: Int) throws -> Dataset {
    let old = preprocessing.size
    let longest = max(old.width, old.height)
    guard longest > side else { return self }
    func shrunk(_ length: Int) -> Int { max(1, (length * side + longest / 2) / longest) }
    var preprocessing = preprocessing
    preprocessing.size = ImageSize(width: shrunk(old.width), height: shrunk(old.height))
    let (size, color) = (preprocessing.size, preprocessing.color)
    let features = parallel(Array(examples.indices)) { row in
      withFeatures(of: row) {
        Image(width: old.width, height: old.height, color: color, pixels: Array($0)).resized(to: size).pixels
      }
    }
    return try Dataset(features: features, examples: examples, classNames: classNames, preprocessing: preprocessing)
  }
}
