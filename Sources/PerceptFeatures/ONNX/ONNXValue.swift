/// What is known about a value of a graph for images of one size: its type and shape, and the elements of small
/// constants, because shapes are computed from them.
struct ONNXValue: Hashable, Sendable {
  /// Elements that are known. An array has one element for each of the value's.
  enum Contents: Hashable, Sendable {
    /// For all types but floating-point types. Booleans are 0 and 1.
    case integers([Int64])
    /// For `float32`.
    case floats([Float])
  }

  static let largestRank = 8
  static let largestDimension = 1 << 24
  static let largestElementCount = 1 << 29
  /// The largest number of elements that are tracked, and the smaller one of `float32`, which are scales at most.
  static let trackedElements = 4096
  static let trackedFloats = 64
  /// The largest number of elements that are tracked in all results of an analysis together, which bounds its time.
  static let trackedElementsOfResults = 1 << 20

  let type: ElementType
  let shape: [Int]
  private(set) var contents: Contents?
  /// The axis of the channels in a value of rank 4, where it follows from the operators: 1 or 3.
  var channelAxis: Int?
  /// Whether it does not depend on the pixels, so that ONNX Runtime computes it when it loads the graph.
  var isConstant = false

  /// Creates a value. Its dimensions must be positive; only lists may be empty, such as the shape of
  /// a scalar. Every value passes this check, so the
  /// product of two element counts never overflows.
  init(_ type: ElementType, _ shape: [Int], contents: Contents? = nil, of part: String) throws(ONNXError) {
    guard shape.count <= Self.largestRank else {
      throw .invalidShape(part: part, problem: "has \(shape.count) dimensions, more than \(Self.largestRank)")
    }
    var count = 1
    for dimension in shape {
      guard (0...Self.largestDimension).contains(dimension) else {
        throw .invalidShape(part: part, problem: "has the dimension \(dimension)")
      }
      count *= dimension
      guard count <= Self.largestElementCount else {
        throw .invalidShape(part: part, problem: "has the shape \(describe(shape)), which is too large")
      }
    }
    guard count > 0 || shape == [0] else {
      throw .invalidShape(part: part, problem: "has the shape \(describe(shape)), so it has no elements")
    }
    self.type = type
    self.shape = shape
    self.contents = count <= (type == .float32 ? Self.trackedFloats : Self.trackedElements) ? contents : nil
  }

  /// Forgets the elements.
  mutating func forgetContents() { contents = nil }

  var rank: Int { shape.count }
  var count: Int { shape.product }
  var byteCount: Int { count * type.size }

  /// The bytes that ONNX Runtime allocates. It stores the channels of images in blocks of up to 16.
  var allocatedBytes: Int {
    guard rank == 4, channelAxis == 1, shape[1] % 16 != 0 else { return byteCount }
    return byteCount / shape[1] * ((shape[1] + 15) / 16 * 16)
  }

  var integers: [Int64]? { if case .integers(let values)? = contents { values } else { nil } }
  var floats: [Float]? { if case .floats(let values)? = contents { values } else { nil } }
}

extension ONNXValue.Contents {
  /// The results of a computation with integers; nil if one is unknown or not in the range of the type.
  init?(integers: [Int64?]?, type: ElementType) {
    guard let range = type.range, let integers else { return nil }
    let known = integers.compactMap { $0.flatMap { range.contains($0) ? $0 : nil } }
    guard known.count == integers.count else { return nil }
    self = .integers(known)
  }

  /// The results of a computation with `Float`; nil if one is not finite, because runtimes differ about these.
  init?(floats: [Float]?) {
    guard let floats, floats.allSatisfy(\.isFinite) else { return nil }
    self = .floats(floats)
  }

  /// Returns the elements at `indices`, which must be valid.
  func elements(at indices: [Int]) -> Self {
    switch self {
    case .integers(let values): .integers(indices.map { values[$0] })
    case .floats(let values): .floats(indices.map { values[$0] })
    }
  }
}

extension Sequence<Int> {
  /// The product of dimensions that a ``ONNXValue`` has checked.
  var product: Int { reduce(1, *) }
}

/// Returns a shape for people: `1 x 3 x 224 x 224`, with `?` for a dimension that is not fixed.
func describe(_ shape: [Int?]) -> String {
  shape.isEmpty ? "a scalar" : shape.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
}

/// Returns a name in quotation marks, shortened if it is long.
func quoted(_ name: String) -> String { name.count <= 80 ? "\"\(name)\"" : "\"\(name.prefix(80))…\"" }
