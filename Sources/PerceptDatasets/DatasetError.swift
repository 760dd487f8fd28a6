/// What is wrong with data, with the facts and the way out.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// A folder holds no class folders.
  case noClassFolders(path: String, images: Int)
  /// A class has no pictures.
  case emptyClass(name: String, path: String)
  /// A classifier needs two classes to tell apart.
  case tooFewClasses(found: [String], leftOut: [String], path: String)
  /// A class was asked for that the data does not have.
  case unknownClass(name: String, available: [String])
  /// The data has a class that the model does not know.
  case classUnknownToModel(name: String, known: [String])
  /// A line of a label file does not say what it should.
  case malformedLine(path: String, line: Int, problem: String)
  /// An IDX file does not hold what it should.
  case malformedIDX(path: String, problem: String)
  /// A file is none of the kinds that hold labels.
  case notData(path: String)
  /// The data is split, but has nothing in the part that is wanted.
  case noSuchSplit(Split, path: String)
  /// Features, examples and classes do not fit each other.
  case inconsistent(problem: String)
  /// Not one picture could be read.
  case nothingReadable(path: String, example: String?)
  /// `--classes` or its equivalent cannot be understood.
  case malformedSelection(text: String, problem: String)
  /// PERCEPT_CACHE_LIMIT is no number of bytes.
  case malformedCacheLimit(text: String)
  /// A file of corrected labels names pictures that the data does not have.
  case unknownImages(file: String, count: Int, path: String)
  /// Labels can be corrected only for pictures that are files of their own.
  case fixedLabels(path: String)
  /// Cross-validation needs at least two folds.
  case invalidFolds(Int)
  /// A class has fewer examples, or groups of them, than there are folds.
  case tooFewForFolds(name: String, found: Int, folds: Int, areGroups: Bool)
  /// The features of all examples do not fit into this machine's addresses.
  case tooLarge(examples: Int, features: Int)

  /// The fault in one sentence, with the way out.
  public var description: String {
    switch self {
    case .noClassFolders(let path, 0):
      "\(path): no class folders here; put the pictures of each class into a folder of its own, such as "
        + "\(path)/cat and \(path)/dog"
    case .noClassFolders(let path, let images):
      "\(path): holds \(counted(images, "file")) but no class folders; put the pictures of each class into a folder "
        + "of its own, such as \(path)/cat and \(path)/dog, or list them in a CSV file of file,label"
    case .emptyClass(let name, let path):
      "\(path): class \"\(name)\" has no pictures; add some, remove the folder, or choose other classes with --classes"
    case .tooFewClasses(let found, let leftOut, let path):
      "\(path): \(found.isEmpty ? "no class" : "only one class, \"\(found.joined())\""); a classifier needs two "
        + "classes to tell apart"
        + (leftOut.isEmpty ? "" : ", and the selection leaves out \(leftOut.joined(separator: ", "))")
    case .unknownClass(let name, let available):
      "no class \"\(name)\" in the data, which has: \(available.joined(separator: ", "))"
    case .classUnknownToModel(let name, let known):
      "the data has a class \"\(name)\" that the model does not know (it knows \(known.joined(separator: ", "))); "
        + "choose or rename classes with --classes, for example --classes \(name)=\(known.first ?? name)"
    case .malformedLine(let path, let line, let problem): "\(path), line \(line): \(problem)"
    case .malformedIDX(let path, let problem): "\(path): not a usable IDX file: \(problem)"
    case .notData(let path):
      "\(path): not a folder of class folders, a CSV or JSON-lines file of file,label, or an IDX file"
    case .noSuchSplit(let split, let path): "\(path): split already, but without a \(split.rawValue) part"
    case .inconsistent(let problem): problem
    case .nothingReadable(let path, let example):
      "\(path): not one picture could be read" + (example.map { "; the first: \($0)" } ?? "")
    case .malformedSelection(let text, let problem): "classes \"\(text)\": \(problem)"
    case .malformedCacheLimit(let text):
      "PERCEPT_CACHE_LIMIT is \"\(text)\"; write a number of bytes, or one with K, M or G behind it, such as 500M"
    case .unknownImages(let file, let count, let path):
      "\(path): names \(counted(count, "picture")) that the data does not have, such as \(file); relative paths start from the "
        + "folder of \(path)"
    case .fixedLabels(let path):
      "\(path): corrects labels of picture files, and the pictures of this data are in IDX files; list them as files first"
    case .invalidFolds(let count): "cross-validation takes at least 2 folds, not \(count)"
    case .tooFewForFolds(let name, let found, let folds, let areGroups):
      "class \"\(name)\" has \(areGroups ? "pictures in " : "")\(counted(found, areGroups ? "group" : "picture")), too few for "
        + "\(folds) folds; take fewer folds or add pictures"
    case .tooLarge(let examples, let features):
      "\(examples) pictures of \(features) features are more than memory can hold; choose a smaller image size"
    }
  }
}

/// A count and its noun: `1 file`, `2 files`, `2 classes`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : noun.hasSuffix("s") ? "es" : "s")"
}
