import ArgumentParser
import Percept

/// What happens to pictures that judge a model which has learned from the same.
struct LeakOptions: ParsableArguments {
  @Flag(
    help: "Leave pictures out of the test part that are among the training pictures too, or in a group of --group-by.")
  var dropLeaks = false

  /// Looks for the same pictures, and those of one group, in several parts; names them and, if asked to, takes them out.
  ///
  /// - Parameters:
  ///   - splits: changed only where leaks are to be dropped.
  ///   - groups: what puts pictures into groups, if anything does.
  ///   - path: what the data is called.
  ///   - isQuiet: whether only warnings are printed.
  /// - Returns: the leaks that were found.
  /// - Throws: ``NothingButLeaks`` where no test picture is left.
  func check(_ splits: inout DatasetSplits, groupedBy groups: ((Example) -> String)?, path: String, isQuiet: Bool)
    throws
    -> [Leak]
  {
    let named = splits.inOrder
    let duplicates = Duplicates(among: named.map(\.dataset))
    let leaks = Leak.all(between: named, duplicates: duplicates, groupedBy: groups)
    let contradictions = duplicates.contradictions
    if !contradictions.isEmpty {
      Terminal.warn(
        "\(counted(contradictions.count, "picture")) \(contradictions.count == 1 ? "has" : "have") copies with another label, such "
          + "as \(contradictions[0].words(classNames: named[0].dataset.classNames)); percept explore names all.")
    }
    guard !leaks.isEmpty else { return [] }
    for (split, dataset) in named.dropFirst() {
      let found = leaks.filter { $0.split == split }
      guard !found.isEmpty else { continue }
      let count = "\(found.count) of \(counted(dataset.count, "\(split.rawValue) picture"))"
      let what =
        (found.count == 1 ? "is" : "are") + " learned from too"
        + (groups == nil ? "" : ", or others of the same group are")
      if dropLeaks {
        if found.count == dataset.count, split == .test { throw NothingButLeaks(count: found.count, path: path) }
        if !isQuiet { Terminal.note("Left out of the \(split.rawValue) part: \(count) \(what).") }
      } else {
        Terminal.warn(
          "\(count) \(what) (such as \(found[0].words)), so the accuracy says too much; percept explore names all, --drop-leaks leaves "
            + "them out.")
      }
    }
    if dropLeaks { splits.drop(leaks) }
    return leaks
  }
}

/// A test part of which nothing is left.
struct NothingButLeaks: Error, CustomStringConvertible {
  let count: Int
  let path: String

  var description: String {
    "\(path): all \(count) test pictures are leaks, and --drop-leaks leaves nothing to judge by; add other test pictures"
  }
}

extension Leak {
  /// `test/a/1.jpg: the same as train/a/1.jpg, saved anew`.
  var words: String {
    switch reason {
    case .sameImage(let likeness): "\(example.file): the same as \(other.file)\(likeness.words)"
    case .sameGroup(let name): "\(example.file): of the group \"\(name.dropFirst())\", as is \(other.file)"
    }
  }
}

extension Duplicates.Likeness {
  /// What stands behind "the same".
  var words: String {
    switch self {
    case .file: ", same file"
    case .pixels: ", same pixels"
    case .near: ", saved anew or nearly so"
    }
  }
}

extension Duplicates.Group {
  /// `a/1.jpg (cat) = b/7.jpg (dog)`, with labels only where they contradict each other.
  func words(classNames: [String]) -> String {
    let names = images.map { image in
      image.example.file + (isContradictory ? " (\(classNames[image.example.label]))" : "")
    }
    let shown = names.prefix(4).joined(separator: " = ")
    return shown + (names.count > 4 ? " = … (\(names.count) in all)" : "")
  }
}

/// A leak, for machines.
struct LeakOutput: Encodable {
  let file: String
  let part: String
  let other: String
  let reason: String

  init(_ leak: Leak) {
    file = leak.example.file
    part = leak.split.rawValue
    other = leak.other.file
    reason =
      switch leak.reason {
      case .sameImage(let likeness): likeness.rawValue
      case .sameGroup: "group"
      }
  }
}
