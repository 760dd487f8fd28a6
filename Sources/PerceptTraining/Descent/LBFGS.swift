import PerceptLinearAlgebra

/// L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) with a line search for the strong Wolfe
/// conditions, in the coordinates of any ``Descent``. The inner product of gradients and steps is ⟨a, b⟩ = a·(M·b),
/// where ``Descent/applyInnerProductMatrix(to:)`` returns M·b. M·b of a linear combination is the linear combination of
/// the products, so each evaluation of the cost needs only one new product, that of the gradient.
struct LBFGS<Form: Descent> {
  var descent: Form
  private(set) var cost: Double
  /// Whether the gradient is as small as rounding allows.
  private(set) var hasConverged = false

  /// A vector v in the coordinates of the descent, with M·v.
  private struct Vector {
    var coordinates: [Double]
    var matrixProduct: [Double]

    /// Returns the inner product ⟨a, b⟩.
    static func product(_ a: Vector, _ b: Vector) -> Double { dot(a.coordinates, b.matrixProduct) }

    mutating func add(_ factor: Double, times other: Vector) {
      for j in coordinates.indices {
        coordinates[j] += factor * other.coordinates[j]
        matrixProduct[j] += factor * other.matrixProduct[j]
      }
    }

    mutating func scale(by factor: Double) {
      for j in coordinates.indices {
        coordinates[j] *= factor
        matrixProduct[j] *= factor
      }
    }

    mutating func code(_ name: String, with archive: inout StateArchive) throws {
      try archive.code(name, &coordinates)
      try archive.code(name + ".image", &matrixProduct)
    }
  }

  /// A step, the change of the gradient along it, and the inner product of both.
  private struct Pair {
    let step: Vector
    let change: Vector
    let product: Double
  }

  private var gradient: Vector
  private var pairs: [Pair] = []

  /// The number of stored pairs.
  private static var memory: Int { 20 }
  /// The norm of the gradient at which the search ends.
  private static var tolerance: Double { 1e-9 }

  init(_ descent: Form) {
    self.descent = descent
    var coordinates = [Double](repeating: 0, count: descent.parameters.count)
    cost = self.descent.evaluate(gradient: &coordinates)
    gradient = Vector(
      coordinates: coordinates, matrixProduct: self.descent.applyInnerProductMatrix(to: coordinates))
  }

  mutating func iterate() {
    let norm = max(Vector.product(gradient, gradient), 0).squareRoot()
    guard norm > Self.tolerance else {
      hasConverged = true
      return
    }
    var direction = direction()
    var slope = Vector.product(direction, gradient)
    if !(slope < 0) {
      // Rounding errors have made the pairs unusable. Restart with steepest descent.
      pairs.removeAll()
      direction = gradient
      direction.scale(by: -1)
      slope = -norm * norm
    }
    let first = pairs.isEmpty ? min(1, 1 / norm) : 1
    guard let found = search(along: direction, slope: slope, first: first) else {
      hasConverged = true
      return
    }
    var step = direction
    step.scale(by: found.length)
    var change = found.gradient
    change.add(-1, times: gradient)
    let product = Vector.product(step, change)
    if product > 1e-16 * Vector.product(change, change) {
      pairs.append(Pair(step: step, change: change, product: product))
      if pairs.count > Self.memory { pairs.removeFirst() }
    }
    (cost, gradient) = (found.cost, found.gradient)
  }

  /// Returns the direction -H·g by the two-loop recursion, where H approximates the inverse Hessian.
  private func direction() -> Vector {
    var vector = gradient
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = Vector.product(pair.step, vector) / pair.product
      factors.append(factor)
      vector.add(-factor, times: pair.change)
    }
    if let last = pairs.last { vector.scale(by: last.product / Vector.product(last.change, last.change)) }
    for (pair, factor) in zip(pairs, factors.reversed()) {
      vector.add(factor - Vector.product(pair.change, vector) / pair.product, times: pair.step)
    }
    vector.scale(by: -1)
    return vector
  }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("parameters", &descent.parameters)
    var (costs, converged, count) = ([cost], hasConverged ? 1 : 0, pairs.count)
    try archive.code("cost", &costs)
    try archive.code("converged", &converged)
    try gradient.code("gradient", with: &archive)
    try archive.code("pairs", &count)
    guard (0...Self.memory).contains(count) else { throw StateArchive.Mismatch(name: "pairs") }
    (cost, hasConverged) = (costs[0], converged != 0)
    var (step, change) = (gradient, gradient)
    pairs = try (0..<count).map { index in
      var product = [0.0]
      if index < pairs.count {
        (step, change, product) = (pairs[index].step, pairs[index].change, [pairs[index].product])
      }
      try step.code("pairs.\(index).step", with: &archive)
      try change.code("pairs.\(index).change", with: &archive)
      try archive.code("pairs.\(index).product", &product)
      return Pair(step: step, change: change, product: product[0])
    }
  }

  /// A point of the line search: the step length, and the cost, slope and gradient there.
  private struct Point {
    let length: Double
    let cost: Double
    let slope: Double
    let gradient: Vector
  }

  /// Returns a point that fulfills the strong Wolfe conditions, or else the lowest; nil if rounding allows no decrease.
  private mutating func search(along direction: Vector, slope: Double, first: Double) -> Point? {
    let start = descent.parameters
    let origin = Point(length: 0, cost: cost, slope: slope, gradient: gradient)
    var (low, high) = (origin, Point?.none)
    var length = first
    for _ in 0..<40 {
      let point = evaluate(start, direction, length)
      let isTooHigh = !(point.cost <= origin.cost + 1e-4 * length * slope) || (low.length > 0 && point.cost >= low.cost)
      if !isTooHigh, abs(point.slope) <= 0.9 * abs(slope) { return point }
      if isTooHigh {
        high = point
      } else if point.slope >= 0 {
        (low, high) = (point, low)
      } else {
        low = point
      }
      guard let end = high else {
        length *= 2
        continue
      }
      length = Self.between(low, end)
      if abs(end.length - low.length) <= 1e-14 * max(1, end.length) { break }
    }
    guard low.length > 0, low.cost < origin.cost else {
      descent.parameters = start
      return nil
    }
    return evaluate(start, direction, low.length)
  }

  /// Returns the minimum of the parabola through two points, kept at a distance from both.
  private static func between(_ low: Point, _ high: Point) -> Double {
    let width = high.length - low.length
    let bend = high.cost - low.cost - low.slope * width
    let share = bend > 0 && bend.isFinite ? -low.slope * width / (2 * bend) : 0.5
    return low.length + width * min(max(share, 0.1), 0.9)
  }

  /// Evaluates the cost at a step length, and moves the descent there.
  private mutating func evaluate(_ start: [Double], _ direction: Vector, _ length: Double) -> Point {
    for j in start.indices { descent.parameters[j] = start[j] + length * direction.coordinates[j] }
    var coordinates = [Double](repeating: 0, count: start.count)
    let cost = descent.evaluate(gradient: &coordinates)
    let gradient = Vector(
      coordinates: coordinates, matrixProduct: descent.applyInnerProductMatrix(to: coordinates))
    return Point(length: length, cost: cost, slope: Vector.product(direction, gradient), gradient: gradient)
  }
}
