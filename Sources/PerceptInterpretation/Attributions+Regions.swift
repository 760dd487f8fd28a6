import PerceptImages

extension Attributions {
  /// A ninth of a picture, and what its pixels add together.
  public struct Region: Sendable, Hashable {
    /// Where it is: "top left", "centre", "bottom".
    public let name: String
    /// The sum of its pixels' contributions.
    public let sum: Double
  }

  private static let names = [
    ["top left", "top", "top right"], ["left", "centre", "right"], ["bottom left", "bottom", "bottom right"],
  ]

  /// The contributions of three by three parts of the picture, row by row; together they are those of all pixels. Pictures of fewer
  /// than three pixels a side have fewer parts.
  public var regions: [Region] {
    var sums = [[Double?]](repeating: [nil, nil, nil], count: 3)
    for (index, value) in pixels.enumerated() {
      let (row, column) = (index / size.width * 3 / size.height, index % size.width * 3 / size.width)
      sums[row][column] = (sums[row][column] ?? 0) + value
    }
    return zip(Self.names, sums).flatMap { names, sums in
      zip(names, sums).compactMap { name, sum in sum.map { Region(name: name, sum: $0) } }
    }
  }
}
