/// A name that contains the word of one split as a word of its own, such as `train`, `training_set`, `TestSet`,
/// `seg_train`, or `01_val`.
struct SplitName: Sendable, Hashable {
  let split: Split
  /// The other words in lowercase, without those that the name of any split can have: empty for `train` and
  /// `training_set`, `seg` for `seg_train`.
  let qualifier: String

  /// Nil if no word of the name is that of a split, or if the words are those of different splits. Case is ignored.
  init?(_ name: some StringProtocol) {
    let words = Self.words(of: name)
    let splits = Set(words.compactMap(Self.split(of:)))
    guard splits.count == 1, let split = splits.first else { return nil }
    self.split = split
    qualifier = words.filter { Self.split(of: $0) == nil && !Self.commonWords.contains($0) }.joined(separator: " ")
  }

  /// Whether the name has no other words than those that the name of any split can have.
  var isPlain: Bool { qualifier.isEmpty }

  private static let commonWords: Set<String> = [
    "data", "dataset", "folder", "gz", "idx", "image", "images", "img", "imgs", "part", "photo", "photos", "picture",
    "pictures", "set", "split", "ubyte",
  ]

  /// Returns the words in lowercase: runs of letters, where a capital after a small letter begins a new word.
  private static func words(of name: some StringProtocol) -> [String] {
    var words: [String] = []
    var word = ""
    for character in name {
      let isNewWord = character.isUppercase && word.last?.isLowercase == true
      if isNewWord || !character.isLetter {
        words.append(word)
        word = ""
      }
      if character.isLetter { word.append(character) }
    }
    return (words + [word]).filter { !$0.isEmpty }.map { $0.lowercased() }
  }

  /// Returns the split of a word, also with a word such as `set` at its end: `trainset`.
  private static func split(of word: String) -> Split? {
    let ending = ["set", "data", "images", "img"].first { word.hasSuffix($0) } ?? ""
    switch word.dropLast(ending.count) {
    case "train", "training", "trainval": return .training
    case "val", "valid", "validation", "dev": return .validation
    case "test", "testing", "eval", "evaluation", "holdout", "heldout": return .test
    default: return nil
    }
  }
}
