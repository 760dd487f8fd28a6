import PerceptImages

extension Attributions {
  /// One cell of a 3 x 3 grid over the image, with the sums of the positive and of the negative attributions in it.
  package struct Region: Sendable, Hashable {
    package let name: String
    package fileprivate(set) var positive = 0.0
    package fileprivate(set) var negative = 0.0

    package var sum: Double { positive + negative }
  }

  private static let names = [
    ["top left", "top", "top right"], ["left", "centre", "right"], ["bottom left", "bottom", "bottom right"],
  ]

  /// The sums over a 3 x 3 grid, row by row; in total, those of all positions. A position belongs to the region that its
  /// center is in. There are fewer regions if a side is shorter than 3, and none if there is only one position.
  package var regions: [Region] {
    if map.count == 1 { return [] }
    var regions: [[Region?]] = [[nil, nil, nil], [nil, nil, nil], [nil, nil, nil]]
    for (index, value) in map.enumerated() {
      let row = (2 * (index / size.width) + 1) * 3 / (2 * size.height)
      let column = (2 * (index % size.width) + 1) * 3 / (2 * size.width)
      var region = regions[row][column] ?? Region(name: Self.names[row][column])
      region.positive += max(value, 0)
      region.negative += min(value, 0)
      regions[row][column] = region
    }
    return regions.joined().compactMap(\.self)
  }
}
