/// The columns of a label file with the file and the label of each image.
struct LabelColumns {
  let file: Int
  let label: Int

  /// The names of the column with the files, the most specific first, in lowercase and without other characters than
  /// letters and digits.
  private static let fileNames = [
    "file", "filename", "filepath", "path", "image", "imagefile", "imagefilename", "imagename", "imagepath", "img",
    "imgfile", "imgname", "imgpath", "fname", "fpath", "photo", "picture", "files", "filenames", "filepaths", "paths",
    "images", "imageid", "imgid", "imageindex", "fileid", "id",
  ]
  private static let labelNames = [
    "label", "class", "labels", "classes", "labelname", "classname", "classlabel", "category", "categoryname", "target",
    "targetname", "breed", "species", "variety", "finding", "findings", "findinglabels", "diagnosis", "dx", "disease",
    "emotion", "tag", "tags", "type", "kind", "y",
  ]

  /// Finds the columns by their names, ignoring case, blanks, and punctuation. If only one of them has a known name,
  /// the other is the only remaining column. Without a header, they are the first and the second column. Throws
  /// ``DatasetError`` if the header is not understood.
  init(of table: LabelTable) throws {
    guard let header = table.header else {
      (file, label) = (0, 1)
      return
    }
    var (file, label) = Self.namedColumns(in: header.fields)
    let others = header.fields.indices.filter { index in
      index != file && index != label && !Self.normalized(header.fields[index]).isEmpty
        && !SplitColumn.isNamedLikeSplit(header.fields[index])
    }
    if others.count == 1, (file == nil) != (label == nil) {
      file = file ?? others[0]
      label = label ?? others[0]
    }
    guard let file, let label else {
      throw DatasetError.malformedLine(
        path: table.path, line: header.line,
        problem: table.isJSON
          ? LabelTable.expectedObject
          : "this looks like a header (\(listed(header.fields))), but no column is recognized as the "
            + "\(file == nil ? "file" : "label") of the images; name the columns file,label")
    }
    (self.file, self.label) = (file, label)
  }

  /// Returns the columns with known names.
  static func namedColumns(in names: [String]) -> (file: Int?, label: Int?) {
    let names = names.map(normalized)
    func index(of known: [String]) -> Int? { known.lazy.compactMap { names.firstIndex(of: $0) }.first }
    return (index(of: fileNames), index(of: labelNames))
  }

  /// Returns the letters and digits of the name of a column, in lowercase.
  static func normalized(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
