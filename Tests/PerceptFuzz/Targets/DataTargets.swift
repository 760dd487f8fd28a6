import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform

extension FuzzTarget {
  /// A pair of IDX files, plain or gzipped, in a folder.
  @Sendable static func idx(folder: String) throws -> FuzzTarget {
    let data = FileSystem.path(folder, "idx")
    _ = FileSystem.makePrivateFolder(data)
    let (images, labels) = (FileSystem.path(data, "images-idx3-ubyte"), FileSystem.path(data, "labels-idx1-ubyte"))
    let pixels = (0..<24).map { UInt8($0 * 10) }
    let pair = IDXPair(
      images: [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2] + pixels, labels: [0, 0, 8, 1, 0, 0, 0, 4, 7, 1, 7, 1])
    return FuzzTarget(
      seeds: [pair.bytes, pair.gzipped.bytes], repair: { IDXPair($0).counted.gzipped.bytes },
      refusals: [DatasetError.self, FileError.self]
    ) { bytes in
      let pair = IDXPair(bytes)
      try write(pair.images, to: images)
      try write(pair.labels, to: labels)
      let dataset = try Dataset(imageFolder: data)
      try require(dataset.featureCount == dataset.preprocessing.featureCount && dataset.count > 0, "images are missing")
      _ = try Image(at: dataset.examples[dataset.count - 1].file)
    }
  }

  @Sendable static func csv(folder: String) throws -> FuzzTarget {
    try labelFile(
      FileSystem.path(folder, "labels.csv"),
      seeds: [
        "file,label\na.jpg,cat\nb.jpg,dog\n", "file;label;split\r\na.jpg;cat;train\r\n\"b;\"\"1\"\".jpg\";dog;test\r\n",
        "image_id\tbreed\tis_valid\n1\tpug\ttrue\n2\tcorgi\tFalse\n3\tpug\t\n", "a.jpg,0\nb.jpg,1\nc.jpg,0",
        "file,label,split,draw\na.png,x,train,testFraction=0.2 seed=1\nb.png,y,test,testFraction=0.2 seed=1\n",
        "\u{FEFF}\"file\" , \"label\"\n\" a \nb\" ,\u{E4}\n c , \"\u{1F600}\"\n",
        "path,class,subset\na,1,Training\nb,2,val\n",
      ])
  }

  @Sendable static func jsonLines(folder: String) throws -> FuzzTarget {
    try labelFile(
      FileSystem.path(folder, "labels.jsonl"),
      seeds: [
        #"{"file":"a.jpg","label":"cat"}"# + "\n" + #"{"file":"b.jpg","label":"dog"}"# + "\n",
        #"{"file": "a\u00e4\n.jpg", "label": 1, "split": "train"}"# + "\r\n\r\n"
          + #"{"label": 2, "file": "b", "split": "test"}"#,
        #"{"image":"a","class":true,"is_test":false,"box":[1,2.5],"more":{"x":null}}"# + "\n"
          + #"{"image":"b","class":false,"is_test":true}"#,
      ])
  }

  private static func labelFile(_ path: String, seeds: [String]) throws -> FuzzTarget {
    FuzzTarget(seeds: seeds.map { Array($0.utf8) }, refusals: [DatasetError.self, FileError.self]) { bytes in
      try write(bytes, to: path)
      let source = try DataSource(path)
      try require(source.classNames.count >= 2, "there are too few classes")
    }
  }

  /// Writes a new file, faster than `FileSystem.write`, which waits for the disk, as truncating an old file does.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try FileSystem.remove(path)
    let file = fopen(path, "w")
    guard let file else { throw FileError(path, .unwritable(String(cString: strerror(errno)))) }
    defer { fclose(file) }
    try require(fwrite(bytes, 1, bytes.count, file) == bytes.count, "a file cannot be written")
  }
}

/// The files of an IDX pair. In an input, the first line is the length of the images file.
struct IDXPair {
  var images: [UInt8]
  var labels: [UInt8]

  var bytes: [UInt8] { HeadedInput(head: "\(images.count)", body: images + labels).bytes }

  var gzipped: IDXPair { IDXPair(images: Repair.gzip(images), labels: Repair.gzip(labels)) }

  /// The pair with the number of labels in both headers, and with as many bytes as the header of the images says.
  var counted: IDXPair {
    guard images.count >= 16, labels.count >= 8 else { return self }
    var pair = self
    let count = labels.count - 8
    pair.images.replaceSubrange(4..<8, with: Repair.bigEndian(count))
    pair.labels.replaceSubrange(4..<8, with: Repair.bigEndian(count))
    let (rows, columns) = (Repair.number(images[8..<12]), Repair.number(images[12..<16]))
    if max(rows, columns) < 1 << 8 {
      pair.images = pair.images[..<16] + (0..<count * rows * columns).map { UInt8($0 & 255) }
    }
    return pair
  }

  init(images: [UInt8], labels: [UInt8]) {
    (self.images, self.labels) = (images, labels)
  }

  init(_ bytes: [UInt8]) {
    let input = HeadedInput(bytes)
    let length = min(max(Int(input.head) ?? 0, 0), input.body.count)
    (images, labels) = (Array(input.body[..<length]), Array(input.body[length...]))
  }
}

/// An input of two parts: a line of text, and bytes.
struct HeadedInput {
  var head: String
  var body: [UInt8]

  var bytes: [UInt8] { Array(head.utf8) + [10] + body }

  init(head: String, body: [UInt8]) {
    (self.head, self.body) = (head, body)
  }

  init(_ bytes: [UInt8]) {
    let end = bytes.firstIndex(of: 10) ?? bytes.count
    (head, body) = (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...].dropFirst()))
  }
}
