import PerceptImages

extension Attributions {
  /// One cell of a 3 x 3 grid over the image, with the sum of its pixels' attributions.
  package struct Region: Sendable, Hashable {
    package let name: String
    package let sum: Double
  }

  private static let names = [
    ["top left", "top", "top right"], ["left", "centre", "right"], ["bottom left", "bottom", "bottom right"],
  ]

  /// The sums over a 3 x 3 grid, row by row; in total, that of all positions. There are fewer regions if a side is shorter
  /// than 3, and none if there is only one position.
  package var regions: [Region] {
    if map.count == 1 { return [] }
    var sums = [[Double?]](repeating: [nil, nil, nil], count: 3)
    for (index, value) in map.enumerated() {
      let (row, column) = (index / size.width * 3 / size.height, index % size.width * 3 / size.width)
      sums[row][column] = (sums[row][column] ?? 0) + value
    }
    return zip(Self.names, sums).flatMap { names, sums in
      zip(names, sums).compactMap { name, sum in sum.map { Region(name: name, sum: $0) } }
    }
  }
}
