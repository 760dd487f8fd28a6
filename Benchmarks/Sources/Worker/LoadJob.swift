import Glibc
import Percept

/// A folder of pictures into features, timed.
struct LoadJob: Job {
  let data: String
  let imageSize: Int
  /// Where caches go: an empty folder for a cold start.
  let cacheHome: String

  func run(_ datasets: inout Datasets) throws -> Answer {
    setenv("XDG_CACHE_HOME", cacheHome, 1)
    let start = now()
    let dataset = try Dataset(imageFolder: data, preprocessing: Preprocessing(imageSize: imageSize))
    let seconds = now() - start
    return Answer(seconds: seconds, count: dataset.count, fingerprint: Self.fingerprint(of: dataset))
  }

  /// Σ byte·(1 + place), modulo 2⁶⁴, the place counted through all examples.
  private static func fingerprint(of dataset: Dataset) -> UInt64 {
    var (sum, place): (UInt64, UInt64) = (0, 0)
    for index in 0..<dataset.count {
      dataset.withFeatures(of: index) { bytes in
        for byte in bytes {
          place &+= 1
          sum &+= UInt64(byte) &* place
        }
      }
    }
    return sum
  }
}
