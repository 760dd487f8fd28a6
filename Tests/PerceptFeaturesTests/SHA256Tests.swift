import CPerceptSHA256
import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test("digests equal the examples of FIPS 180-4")
  func examples() {
    #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      sha256(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(sha256(million) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("special instructions give the same digests, for every number of bytes in a block")
  func portable() {
    let bytes = TestImages.noise(seed: 1, width: 20, height: 5).pixels
    #expect(bytes.count == 300)
    for count in 0...bytes.count {
      var (fast, portable) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 1, count: 32))
      csha256(bytes, count, &fast)
      csha256_portable(bytes, count, &portable)
      #expect(fast == portable, "\(count) bytes")
    }
  }
}
