import ArgumentParser
import Percept

struct LeakOptions: ParsableArguments {
  @Flag(help: "Leave out test images found in the training data.")
  var dropLeaks = false

  /// Finds leaks between splits and warns about them or, with `--drop-leaks`, removes them. Also warns about duplicates with
  /// different labels. Without `groups`, only duplicates are leaks. Throws ``NothingButLeaks`` if no test image remains.
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
        "\(counted(contradictions.count, "image")) \(contradictions.count == 1 ? "has" : "have") duplicates with other labels "
          + "(for example \(contradictions[0].words(classNames: named[0].dataset.classNames))). List them with percept explore."
      )
    }
    guard !leaks.isEmpty else { return [] }
    for (index, (split, dataset)) in named.enumerated().dropFirst() {
      let found = leaks.filter { $0.split == split }
      guard !found.isEmpty else { continue }
      let summary = Leak.summary(found, of: dataset.count, after: named.prefix(index).map(\.split))
      if dropLeaks {
        if found.count == dataset.count, split == .test { throw NothingButLeaks(count: found.count, path: path) }
        if !isQuiet { Terminal.note("Left out by --drop-leaks: \(summary).") }
      } else {
        Terminal.warn(
          "\(summary) (for example \(found[0].words)); the \(split.adjective) accuracy is overestimated. List them with "
            + "percept explore; leave them out with --drop-leaks.")
      }
    }
    if dropLeaks { splits.drop(leaks) }
    return leaks
  }
}

struct NothingButLeaks: Error, CustomStringConvertible {
  let count: Int
  let path: String

  var description: String {
    "\(path): all \(count) test images leak from the training data, so --drop-leaks leaves none; add other test images"
  }
}

extension Leak {
  /// `test/a/1.jpg: near-duplicate of train/a/1.jpg`.
  var words: String {
    switch reason {
    case .sameImage(.file): "\(example.file): duplicate of \(other.file) (identical files)"
    case .sameImage(.pixels): "\(example.file): duplicate of \(other.file) (identical pixels)"
    case .sameImage(.near): "\(example.file): near-duplicate of \(other.file)"
    case .sameGroup(let name): "\(example.file): same group as \(other.file) (\"\(name.dropFirst())\")"
    }
  }

  /// Describes one or more leaks of a split of `count` images: `8 of 2000 test images also occur in the training data`.
  static func summary(_ leaks: [Leak], of count: Int, after earlier: [Split]) -> String {
    let hasGroups = leaks.contains { if case .sameGroup = $0.reason { true } else { false } }
    let verb = leaks.count == 1 ? "occurs" : "occur"
    return "\(leaks.count) of \(counted(count, "\(leaks[0].split.adjective) image")) also \(verb) in the "
      + "\(earlier.map(\.adjective).joined(separator: " or ")) data"
      + (hasGroups ? ", or others of the same group do" : "")
  }
}

extension Duplicates.Likeness {
  /// The end of a list of duplicates.
  var words: String {
    switch self {
    case .file: ", identical files"
    case .pixels: ", identical pixels"
    case .near: ", near-duplicates"
    }
  }
}

extension Duplicates.Group {
  /// `a/1.jpg (cat) = b/7.jpg (dog)`. Labels are shown only if they differ.
  func words(classNames: [String]) -> String {
    let names = images.map { image in
      image.example.file + (isContradictory ? " (\(classNames[image.example.label]))" : "")
    }
    let shown = names.prefix(4).joined(separator: " = ")
    return shown + (names.count > 4 ? " = … (\(names.count) in all)" : "")
  }
}

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
