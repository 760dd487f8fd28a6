import PerceptFeatures
import PerceptLinearAlgebra

/// Small networks, and random changes of their files.
enum ONNXMutations {
  /// Computes shapes as exporters do: the channels become tokens, positions are resized to the image and added, and the
  /// tokens become an image again.
  static let tokens: ONNXBuilder = {
    let count: [Message] = [
      .node("Shape", ["p"], ["shape"]), .node("Slice", ["shape", "two", "four"], ["size"]),
      .node("Gather", ["shape", "one"], ["channels"]), .node("Unsqueeze", ["channels", "zeros"], ["list"]),
      .node("Concat", ["one_list", "list", "minus"], ["flat"], [.attribute("axis", 0)]),
      .node("Concat", ["one_list", "list", "size"], ["whole"], [.attribute("axis", 0)]),
    ]
    let layers: [Message] = [
      .node("Conv", ["x", "w"], ["p"], [.attribute("strides", [4, 4])]),
      .node("Resize", ["positions", "", "", "whole"], ["r"], [.attribute("mode", text: "linear")]),
      .node("Add", ["p", "r"], ["q"]), .node("Reshape", ["q", "flat"], ["t"]),
      .node("Transpose", ["t"], ["u"], [.attribute("perm", [0, 2, 1])]),
      .node("LayerNormalization", ["u", "scale"], ["v"]), .node("MatMul", ["v", "t"], ["scores"]),
      .node("Softmax", ["scores"], ["soft"]), .node("MatMul", ["soft", "v"], ["a"]),
      .node("Transpose", ["a"], ["b"], [.attribute("perm", [0, 2, 1])]), .node("Reshape", ["b", "whole"], ["y"]),
    ]
    var builder = ONNXBuilder(
      [layers[0]] + count + layers[1...],
      [
        .tensor("w", [2, 3, 4, 4]), .tensor("positions", [1, 2, 3, 3]), .tensor("scale", [2]),
        .integers("zeros", [0]), .integers("one_list", [1]), .integers("one", [1], isScalar: true),
        .integers("two", [2]), .integers("four", [4]), .integers("minus", [-1]),
      ], operatorSet: 17)
    builder.outputs = [.value("y", [nil, 2, nil, nil])]
    return builder
  }()

  /// Returns one of two files with one to four random changes. Equal seeds give equal files.
  static func file(seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    let files = [ONNXGraphTests.network().bytes, tokens.bytes]
    let other = files[seed.isMultiple(of: 2) ? 1 : 0]
    var bytes = files[seed.isMultiple(of: 2) ? 0 : 1]
    for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes, other, &generator) }
    return bytes
  }

  private static func change(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout SeededGenerator) {
    guard let place = bytes.indices.randomElement(using: &generator) else { return }
    let range = place..<min(bytes.count, place + Int.random(in: 1...16, using: &generator))
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<3: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 4: bytes[place] = bytes[place] &+ (Bool.random(using: &generator) ? 1 : 255)
    case 5: bytes.removeSubrange(range)
    case 6: bytes.insert(contentsOf: bytes[range], at: place)
    case 7: bytes.removeLast(bytes.count - place)
    case 8:
      let from = Int.random(in: 0..<other.count, using: &generator)
      bytes.replaceSubrange(range, with: other[from..<min(other.count, from + range.count)])
    default: swapNumbers(in: &bytes, &generator)
    }
  }

  /// Replaces a byte by another that occurs in the file, so that names and numbers change into valid ones.
  private static func swapNumbers(in bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let (first, second) = (
      Int.random(in: bytes.indices, using: &generator), Int.random(in: bytes.indices, using: &generator)
    )
    bytes[first] = bytes[second]
  }
}
