/// How a convolution or a pooling moves its window over an image. Lists are those of the height and the width.
struct ONNXWindow {
  let kernel: [Int]
  private let strides: [Int]
  private let dilations: [Int]
  /// At the top, at the left, at the bottom, at the right.
  private let padding: [Int]
  private let automaticPadding: String
  private let roundsUp: Bool

  /// Reads the attributes of a node, whose ranges were checked.
  init(_ call: ONNXCall, kernel: [Int]) throws(ONNXError) {
    func list(_ name: String, default value: Int, count: Int) -> [Int] {
      call.integers(name)?.map { Int($0) } ?? Array(repeating: value, count: count)
    }
    self.kernel = kernel
    strides = list("strides", default: 1, count: 2)
    dilations = list("dilations", default: 1, count: 2)
    padding = list("pads", default: 0, count: 4)
    automaticPadding = call.string("auto_pad", default: "NOTSET")
    roundsUp = call.flag("ceil_mode")
    if automaticPadding != "NOTSET" {
      guard padding.allSatisfy({ $0 == 0 }) else { throw call.invalid("has both pads and auto_pad") }
      guard dilations == [1, 1], !roundsUp else {
        throw call.invalid("has auto_pad together with dilations or ceil_mode")
      }
    }
  }

  /// The number of pixels that a kernel with gaps covers, for the height and the width.
  private var extents: [Int] { (0..<2).map { (kernel[$0] - 1) * dilations[$0] + 1 } }

  /// Returns the height and width of the result for an image.
  func size(for image: ONNXValue, in call: ONNXCall) throws(ONNXError) -> [Int] {
    var size: [Int] = []
    for i in 0..<2 { size.append(try length(image.shape[2 + i], i, call)) }
    return size
  }

  /// Checks that no window lies in the padding alone, as ONNX Runtime requires for pooling.
  func checkForPooling(in call: ONNXCall) throws(ONNXError) {
    guard (0..<4).allSatisfy({ padding[$0] < kernel[$0 % 2] }) else {
      throw call.invalid("attribute \"pads\" must be smaller than the kernel")
    }
  }

  private func length(_ input: Int, _ i: Int, _ call: ONNXCall) throws(ONNXError) -> Int {
    let stride = strides[i]
    if automaticPadding.hasPrefix("SAME") { return (input + stride - 1) / stride }
    let free = input + padding[i] + padding[i + 2] - extents[i]
    guard free >= 0 else {
      throw call.invalid("a kernel of \(describe(extents)) is larger than the image of \(input) pixels")
    }
    guard roundsUp, !free.isMultiple(of: stride) else { return free / stride + 1 }
    // Versions of ONNX Runtime differ about a last window that begins in the padding.
    let count = free / stride + 2
    guard (count - 1) * stride < input + padding[i] else {
      throw call.invalid("attribute \"ceil_mode\" adds a window that lies in the padding")
    }
    return count
  }
}
