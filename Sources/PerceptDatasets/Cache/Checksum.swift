import CPerceptZlib
import PerceptLinearAlgebra

/// A CRC-32 checksum as in zlib, computed in parallel on all cores.
struct Checksum: Equatable {
  private(set) var value: UInt32 = 0
  private static let blockSize = 1 << 20

  init() {}

  init(_ value: UInt32) { self.value = value }

  init(of bytes: UnsafeRawBufferPointer) {
    append(bytes)
  }

  /// Appends the bytes of another checksum, whose number is `length`.
  mutating func append(_ other: Checksum, length: Int) {
    value = UInt32(crc32_combine(UInt(value), UInt(other.value), length))
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let count = (bytes.count + Self.blockSize - 1) / Self.blockSize
    let lengths = (0..<count).map { min(Self.blockSize, bytes.count - $0 * Self.blockSize) }
    nonisolated(unsafe) let bytes = bytes
    let parts = parallelMap(0..<count, block: 1) { block in
      let start = bytes.baseAddress.map { ($0 + block * Self.blockSize).assumingMemoryBound(to: UInt8.self) }
      return crc32_z(0, start, lengths[block])
    }
    for (part, length) in zip(parts, lengths) { value = UInt32(crc32_combine(UInt(value), part, length)) }
  }
}
