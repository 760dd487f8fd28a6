import CZlib
import Glibc
public import Metrics
import Percept

/// A folder of images into features, timed.
public struct LoadJob: Decodable {
  let data: String
  let imageSize: Int
  /// Where caches go: an empty folder for a cold start.
  let cacheHome: String

  /// Loads the folder.
  public func run() throws -> Answer {
    setenv("XDG_CACHE_HOME", cacheHome, 1)
    let start = now()
    let dataset = try Dataset(imageFolder: data, preprocessing: Preprocessing(imageSize: imageSize))
    let seconds = now() - start
    var answer = Answer(seconds: seconds)
    (answer.count, answer.checksum) = (dataset.count, Self.checksum(of: dataset))
    return answer
  }

  /// CRC-32 of all features, one example after the other.
  private static func checksum(of dataset: Dataset) -> UInt32 {
    (0..<dataset.count).reduce(0) { sum, index in
      dataset.withFeatures(of: index) { UInt32(crc32_z(UInt(sum), $0.baseAddress, $0.count)) }
    }
  }
}
