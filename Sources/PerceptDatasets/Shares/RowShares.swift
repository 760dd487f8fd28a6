package import PerceptCluster

/// The division of the rows of a data source among the ranks of a cluster: each row belongs to one rank, which decodes its
/// image and stores its features. Of each split, a rank has consecutive rows, about as many as every other rank.
package struct RowShares: Sendable {
  package let cluster: Cluster
  private let owners: [Int32]

  /// `splits` are the splits that the data assigns to the rows.
  init(_ splits: [Split?], _ cluster: Cluster) {
    self.cluster = cluster
    var counts: [Split?: Int] = [:]
    for split in splits { counts[split, default: 0] += 1 }
    var places: [Split?: Int] = [:]
    owners = splits.map { split in
      let place = places[split, default: 0]
      places[split] = place + 1
      return Int32(place * cluster.count / (counts[split] ?? 1))
    }
  }

  /// Returns the rank that a row belongs to.
  func owner(of row: Int) -> Int { Int(owners[row]) }

  /// Whether a row belongs to this rank.
  func isOwn(_ row: Int) -> Bool { owners[row] == cluster.rank }

  /// Replaces the values of the rows of other ranks by those that their ranks have. One value for each row.
  func complete(_ values: inout [UInt32]) {
    var words = values.enumerated().map { isOwn($0) ? Int64($1) : 0 }
    cluster.sum(&words)
    values = words.map { UInt32(truncatingIfNeeded: $0) }
  }
}
