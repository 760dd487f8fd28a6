import PerceptIO

/// An error in labeled data.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// A folder contains no class folders. `images` is the number of files in it.
  case noClassFolders(path: String, images: Int)
  /// An archive in a folder of archives has no labels, but another one has. `example` is an image in that.
  case unlabeledArchive(path: String, example: String)
  /// A class has no images.
  case emptyClass(name: String, path: String)
  /// The data, or the classes selected from it, has fewer than two classes.
  case tooFewClasses(found: [String], leftOut: [String], path: String)
  /// A requested class does not exist.
  case unknownClass(name: String, available: [String])
  /// The data has a class that the model does not have.
  case classUnknownToModel(name: String, known: [String])
  /// A line of a label file is invalid. Lines are counted from 1.
  case malformedLine(path: String, line: Int, problem: String)
  /// An IDX file is invalid or damaged, or its labels file is missing.
  case malformedIDX(path: String, problem: String)
  /// A file is neither a label file nor an IDX file.
  case notData(path: String)
  /// The data is already split, but the requested split is missing.
  case noSuchSplit(Split, path: String)
  /// The numbers of features, examples, or classes are inconsistent.
  case inconsistent(problem: String)
  /// None of the images can be read. `example` is the file and error of the first one.
  case nothingReadable(path: String, example: String?)
  /// The text of a ``ClassSelection`` is malformed.
  case malformedSelection(text: String, problem: String)
  /// The environment variable `PERCEPT_CACHE_LIMIT` is not a number of bytes.
  case malformedCacheLimit(text: String)
  /// The file of corrected labels at `path` lists `count` images that the data does not have, such as `file`.
  case unknownImages(file: String, count: Int, path: String)
  /// Labels in IDX files cannot be corrected. `path` is the file of corrected labels.
  case fixedLabels(path: String)
  /// Cross-validation needs at least two folds.
  case invalidFolds(Int)
  /// A class has fewer examples, or examples in fewer groups, than there are folds.
  case tooFewForFolds(name: String, found: Int, folds: Int, areGroups: Bool)
  /// The features of all examples do not fit into memory.
  case tooLarge(examples: Int, features: Int)

  /// What is wrong, where, and how to fix it.
  public var description: String {
    switch self {
    case .noClassFolders(let path, 0):
      "\(path): contains no class folders; put the images of each class into a folder of its own, such as "
        + "\(path)/cat and \(path)/dog"
    case .noClassFolders(let path, let images):
      "\(path): contains \(counted(images, "file")) but no class folders; put the images of each class into a folder "
        + "of its own, such as \(path)/cat and \(path)/dog, or list them in a CSV file with the columns file,label"
    case .unlabeledArchive(let path, let example):
      "\(path): contains no images with labels beside them, as \(example) has; move the archive to another folder"
    case .emptyClass(let name, let path):
      "\(path): class \"\(name)\" has no images; add images, remove the folder, or select other classes"
    case .tooFewClasses(let found, let leftOut, let path):
      "\(path): \(found.isEmpty ? "no class" : "only one class, \"\(found.joined())\""); a classifier needs at "
        + "least two classes"
        + (leftOut.isEmpty ? "" : "; the class selection leaves out \(leftOut.joined(separator: ", "))")
    case .unknownClass(let name, let available):
      "unknown class \"\(name)\"; \(suggestion(for: name, among: available).map { "did you mean \"\($0)\"? " } ?? "")"
        + "available classes: \(available.map(ClassSelection.quoted).joined(separator: ", "))"
    case .classUnknownToModel(let name, let known):
      "the data has a class \"\(name)\" that the model does not have (it has \(known.joined(separator: ", "))); rename "
        + "the class or leave it out"
    case .malformedLine(let path, let line, let problem): "\(path), line \(line): \(problem)"
    case .malformedIDX(let path, let problem): "\(path): invalid IDX file: \(problem)"
    case .notData(let path):
      "\(path): unsupported data; expected a folder with one folder per class, a CSV or JSON Lines file with file "
        + "and label, or an IDX file of images"
    case .noSuchSplit(let split, let path):
      "\(path): the data is already split, but has no split named \"\(split.rawValue)\""
    case .inconsistent(let problem): problem
    case .nothingReadable(let path, let example):
      "\(path): none of the images can be read" + (example.map { "; the first error: \($0)" } ?? "")
    case .malformedSelection(let text, let problem): "invalid class selection \"\(text)\": \(problem)"
    case .malformedCacheLimit(let text):
      "PERCEPT_CACHE_LIMIT must be a number of bytes, optionally with the suffix K, M or G, such as 500M "
        + "(got \"\(text)\")"
    case .unknownImages(let file, let count, let path):
      "\(path): lists \(counted(count, "image")) that the data does not have, such as \(file); relative paths "
        + "start at the folder of \(path)"
    case .fixedLabels(let path):
      "\(path): labels can be corrected only for image files, but this data consists of IDX files; convert it to image "
        + "files first"
    case .invalidFolds(let count): "the number of folds must be ≥ 2 (got \(count))"
    case .tooFewForFolds(let name, let found, let folds, let areGroups):
      "class \"\(name)\" has \(areGroups ? "images in " : "")\(counted(found, areGroups ? "group" : "image")), "
        + "too few for \(folds) folds; use fewer folds or add images"
    case .tooLarge(let examples, let features):
      "\(counted(examples, "image")) with \(counted(features, "feature")) each do not fit into memory; "
        + "use a smaller image size"
    }
  }
}

/// Returns a count with its noun, such as `1 file`, `2 files`, or `2 classes`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : noun.hasSuffix("s") ? "es" : "s")"
}

/// Returns a count ≥ 0 with commas between groups of three digits: `1,280`.
package func grouped(_ count: Int) -> String {
  count < 1000 ? "\(count)" : "\(grouped(count / 1000)),\("\(1000 + count % 1000)".dropFirst())"
}
