import PerceptIO
import PerceptImages

/// An image file in `Fixtures/formats`, with its pixels as Pillow decodes them, over white.
struct PillowPixels: CustomStringConvertible {
  let name: String
  let bytes: [UInt8]
  let image: Image

  var description: String { name }

  /// All files, in the order of `make.py`.
  static let all: [PillowPixels] = {
    let folder = Fixture.path("formats")
    guard let table = try? FileSystem.read(FileSystem.path(folder, "pixels.csv")) else { return [] }
    return String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: ",")
      guard fields.count == 4, let width = Int(fields[1]), let height = Int(fields[2]),
        let bytes = try? FileSystem.read(FileSystem.path(folder, String(fields[0])))
      else { return nil }
      let digits = Array(fields[3])
      let pixels = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
      guard pixels.count == 3 * width * height else { return nil }
      let image = Image(width: width, height: height, color: .rgb, pixels: pixels)
      return PillowPixels(name: String(fields[0]), bytes: bytes, image: image)
    }
  }()

  /// Those whose names have an ending.
  static func files(endingIn ending: String) -> [PillowPixels] { all.filter { $0.name.hasSuffix(ending) } }
}
