public import Percept

/// The data that jobs share, read once.
public struct LoadedDatasets {
  private var loaded: [String: Dataset] = [:]

  /// Nothing loaded yet.
  public init() {}

  /// The training split of the data at a path, or all of it, or its first `count` examples.
  public mutating func dataset(_ path: String, classes: String?, count: Int?) throws -> Dataset {
    let key = "\(path) \(classes ?? "")"
    let whole = try loaded[key] ?? Self.load(path, classes: classes)
    loaded[key] = whole
    return count.map { whole.subset(Array(0..<$0)) } ?? whole
  }

  private static func load(_ path: String, classes: String?) throws -> Dataset {
    let selection = try classes.map { try ClassSelection($0) } ?? .all
    let all = try Dataset(DataSource(path, classes: selection))
    return all.subset(.training) ?? all
  }
}
