import CPerceptZlib
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("IDX files")
struct IDXTests {
  let folder: TemporaryFolder
  static let pixels = (0..<24).map { UInt8($0 * 10) }

  init() throws { folder = try TemporaryFolder() }

  /// An IDX file of four images of 2 x 3 pixels, with the labels 7, 1, 7, 1.
  static let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2] + pixels
  static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 4, 7, 1, 7, 1]

  func write(_ images: [UInt8] = images, _ labels: [UInt8] = labels, gzipped: Bool = false, prefix: String = "") throws
  {
    for (name, bytes) in [("\(prefix)images-idx3-ubyte", images), ("\(prefix)labels-idx1-ubyte", labels)] {
      if gzipped {
        let file = gzopen(folder.path(name + ".gz"), "wb")
        _ = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
        gzclose(file)
      } else {
        try folder.write(bytes, to: name)
      }
    }
  }

  @Test("pixels are loaded unchanged, plain or gzipped", arguments: [false, true])
  func unchanged(gzipped: Bool) throws {
    try write(gzipped: gzipped)
    let data = try Dataset(imageFolder: folder.path)
    #expect(data.preprocessing == Preprocessing(size: ImageSize(width: 2, height: 3), color: .gray))
    #expect(data.classNames == ["1", "7"])
    #expect(data.examples.map(\.label) == [1, 0, 1, 0])
    let name = "images-idx3-ubyte" + (gzipped ? ".gz" : "")
    #expect(data.examples.map(\.file) == (0..<4).map { folder.path("\(name)#\($0)") })
    for index in 0..<4 {
      #expect(data.withFeatures(of: index, Array.init) == Array(Self.pixels[index * 6..<index * 6 + 6]))
    }
  }

  @Test("a single image is loaded by its index", arguments: [false, true])
  func reference(gzipped: Bool) throws {
    try write(gzipped: gzipped)
    let data = try Dataset(imageFolder: folder.path)
    for index in 0..<4 {
      let features = try data.preprocessing.features(at: data.examples[index].file)
      #expect(features == data.withFeatures(of: index, Array.init))
    }
    #expect(throws: DatasetError.self) { try Image(at: folder.path("images-idx3-ubyte\(gzipped ? ".gz" : "")#4")) }
    #expect(throws: FileError.self) { try Image(at: folder.path("images-idx3-ubyte#x")) }
  }

  @Test("train and t10k files are splits; classes are selected and renamed")
  func splits() throws {
    try write(prefix: "train-")
    try write(gzipped: true, prefix: "t10k-")
    let source = try DataSource(folder.path, classes: ClassSelection("7=shoe,1=bag"))
    let data = try Dataset(source)
    #expect(data.classNames == ["shoe", "bag"])
    #expect(data.subset(.training)?.count == 4)
    #expect(data.subset(.test)?.count == 4)
  }

  @Test("the word of a split can be anywhere in a name, but a folder contains the splits of one data set")
  func names() throws {
    try write(prefix: "emnist-letters-train-")
    try write(prefix: "emnist-letters-test-")
    let data = try Dataset(imageFolder: folder.path)
    #expect(data.subset(.training)?.count == 4 && data.subset(.test)?.count == 4)
    try write(prefix: "emnist-digits-test-")
    #expect {
      try DataSource(folder.path)
    } throws: { error in
      "\(error)".contains("letters-test-images-idx3-ubyte: invalid IDX file: its name differs from emnist-digits-test-")
    }
  }

  @Test("a file without the word of a split beside one with it is an error")
  func unnamed() throws {
    try write(prefix: "train-")
    try write(prefix: "more-")
    #expect {
      try DataSource(folder.path)
    } throws: { error in
      "\(error)".contains("more-images-idx3-ubyte: invalid IDX file: its name must contain train, t10k or test")
    }
  }

  @Test("another size or color mode applies the same preprocessing as for image files")
  func resized() throws {
    try write()
    let preprocessing = Preprocessing(imageSize: 4, fit: .stretch, color: .rgb)
    let data = try Dataset(DataSource(folder.path("images-idx3-ubyte")), preprocessing: preprocessing)
    let first = Image(width: 2, height: 3, color: .gray, pixels: Array(Self.pixels[..<6]))
    #expect(try data.withFeatures(of: 0, Array.init) == preprocessing.features(of: first))
  }

  @Test("damaged files are IDX errors")
  func damaged() throws {
    let huge: [UInt8] = [0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255]
    let hugeLabels: [UInt8] = [0, 0, 8, 1, 255, 255, 255, 255]
    for (images, labels) in [
      (Array(Self.images.dropLast()), Self.labels), (Self.images, Array(Self.labels.dropLast())),
      (Self.images, [0, 0, 8, 1, 0, 0, 0, 3, 7, 1, 7]), (Array(Self.images.prefix(9)), Self.labels),
      (Self.images, Self.images), (huge, hugeLabels), ([], []),
      ([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2], Self.labels),
      ([0, 0, 8, 3, 0, 0, 0, 4] + Array(repeating: 255, count: 8), Self.labels),
      ([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0x9C, 0x40], Self.labels),
    ] {
      try write(images, labels)
      #expect {
        try Dataset(imageFolder: folder.path)
      } throws: { error in
        if case DatasetError.malformedIDX = error { true } else { false }
      }
    }
  }

  @Test("every truncation of a gzipped file is an error")
  func truncatedGzip() throws {
    try write(gzipped: true)
    let path = folder.path("images-idx3-ubyte.gz")
    let whole = try FileSystem.read(path)
    #expect(!whole.isEmpty)
    for length in 0..<whole.count {
      try FileSystem.write(Array(whole.prefix(length)), to: path, replacing: true)
      #expect(throws: (any Error).self) { try Dataset(imageFolder: folder.path) }
    }
  }

  @Test("the error for a missing labels file contains its name")
  func missingLabels() throws {
    try folder.write(Self.images, to: "images-idx3-ubyte")
    #expect {
      try DataSource(folder.path)
    } throws: { error in
      "\(error)".contains("labels-idx1-ubyte is not in the same folder")
    }
  }
}
