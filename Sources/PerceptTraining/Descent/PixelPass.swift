import PerceptCluster
package import PerceptDatasets
import PerceptIO
import PerceptLinearAlgebra

/// A forward and backward pass of the first layer over the pixels of a dataset, with its reusable memory. The
/// pre-activations of a group of examples and their contribution to the gradient are computed while their pixels are in
/// the cache. Not thread-safe: passes must not overlap.
///
/// Weights and errors are rounded to fixed point, and their products with bytes are added as whole numbers, exactly. What
/// is computed for a group depends on that group alone. Therefore, every number of threads and every instruction set gives
/// the same bits. So does every number of ranks: if the dataset is divided, each rank processes the groups whose first
/// examples it has, and one message adds the sums. Creating and running a pass is then collective.
package final class PixelPass: @unchecked Sendable {
  /// A function that replaces a panel of pre-activations by the errors e, the derivatives of the losses with respect to
  /// them, and returns the sum of the losses; nil if a number is larger than the caller expected. The panel has one row for
  /// each unit, with the distance `stride`, and one column for each example of a group. The thread determines which
  /// workspace the function may use.
  package typealias UpperLayersFunction =
    @Sendable (
      _ examples: Range<Int>, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ thread: Int
    ) -> Double?

  /// The sums Σ e·x of the last pass, units x features.
  package private(set) var total: [Double]
  /// The sums Σ e of the last pass, one for each unit.
  package private(set) var errors: [Double]
  /// The number of threads.
  package var threads: Int { memories.count }
  /// The number of examples in a group.
  package let group: Int

  private let dataset: Dataset
  /// The ranks that share the groups; nil if this process has all groups.
  private let cluster: Cluster?
  private let features: Int
  private let units: Int
  /// The number of features, rounded up to a multiple of 64.
  private let stride: Int
  private let weightDigits: Int
  private let memories: [PixelPassMemory]
  /// The digits of the weights, units x digits x stride.
  private let digits: UnsafeMutablePointer<Int16>
  /// The formats of the weights of each unit.
  private var formats: [FixedPoint]
  /// The sum of the losses of each group.
  private let losses: UnsafeMutableBufferPointer<Double>
  /// One number: the number of threads with numbers that do not fit into their formats.
  private let misfits: UnsafeMutableBufferPointer<Int64>

  /// The number of columns that are processed at a time, so that digits and sums stay in the L1 cache.
  private static let tile = 2048

  /// The number of pixels of a group that stay in the L2 cache, with the next group, the weights and the sums.
  private static let cached = 1 << 17

  /// Creates a pass on at most `threads` threads. Weights have `weightDigits` digits, 2 or 3. With two they are rounded to
  /// 2⁻³⁰ of the largest weight of a unit or less, with three to 2⁻⁴⁰ or less for up to 16,384 features.
  package init(_ dataset: Dataset, units: Int, weightDigits: Int, threads: Int = Processors.count) {
    self.dataset = dataset
    self.units = units
    self.weightDigits = weightDigits
    let (features, count) = (dataset.featureCount, dataset.count)
    self.features = features
    stride = (features + 63) / 64 * 64
    // With one unit, the pixels of a group must stay in the cache. With several, they are used so often that a large group
    // pays, because the sums of all units are read and written once for eight examples.
    let group = units == 1 ? max(8, min(64, Self.cached / max(features, 1) / 8 * 8)) : 64
    self.group = group
    // A thread needs 32 examples to be worth its start, and sums for each feature and unit.
    let most = max(2, (1 << 24) / max(features * units, 1))
    let (groups, own) = ((count + group - 1) / group, dataset.ownGroups(of: group))
    cluster = dataset.cluster
    let threads = max(1, min(threads, most, min(own.count * group, count) / 32))
    let stride = stride
    memories = (0..<threads).map { thread in
      // The example at which the groups of a thread start.
      func start(_ thread: Int) -> Int { min((own.lowerBound + own.count * thread / threads) * group, count) }
      return PixelPassMemory(
        examples: start(thread)..<start(thread + 1), units: units, stride: stride, group: group)
    }
    digits = .allocate(capacity: units * weightDigits * stride)
    digits.initialize(repeating: 0, count: units * weightDigits * stride)
    losses = .allocate(capacity: groups)
    losses.initialize(repeating: 0)
    misfits = .allocate(capacity: 1)
    misfits.initialize(repeating: 0)
    formats = []
    formats.reserveCapacity(units)
    total = [Double](repeating: 0, count: features * units)
    errors = [Double](repeating: 0, count: units)
  }

  deinit {
    digits.deallocate()
    losses.deallocate()
    misfits.deallocate()
  }

  /// Performs a forward and backward pass with the weights w for bytes, units x features, and stores Σ e·x and Σ e in
  /// ``total`` and ``errors``. `upperLayers` computes losses and errors. Returns the sum of the losses, which is not finite
  /// if a weight is not; nil if an error is larger than `largestError`, which determines the precision of the errors, or if
  /// `upperLayers` has returned nil. `sums` are sums of `upperLayers`, one for each thread, which ranks add, too.
  func run(
    weights: UnsafePointer<Double>, bias: UnsafePointer<Double>, largestError: Double, adding sums: FixedPointSums?,
    upperLayers: UpperLayersFunction
  ) -> Double? {
    let format = FixedPoint(digits: PixelKernels.factorDigits, largest: largestError, terms: dataset.count)
    guard cut(weights), let format else { return .nan }
    if cluster != nil { losses.update(repeating: 0) }  // those of other ranks
    nonisolated(unsafe) let bias = bias
    dataset.withRows { rows in
      concurrently(threads) { thread in
        self.process(thread, rows, bias: bias, format: format, upperLayers: upperLayers)
      }
    }
    let first = memories[0]
    for memory in memories.dropFirst() { first.add(memory) }
    misfits[0] = Int64(memories.count { !$0.fits })
    if let cluster {
      // Each loss is added to zeros: its bits stay.
      cluster.sum(first.sumBytes + [.init(losses), .init(misfits)] + (sums.map { [$0.merged()] } ?? []))
    }
    let cost = sum(UnsafeBufferPointer(losses))
    guard cost.isFinite else { return cost }
    guard misfits[0] == 0 else { return nil }
    collect(format)
    return cost
  }

  /// Performs a pass as ``run(weights:bias:largestError:adding:upperLayers:)`` does, without other sums.
  package func run(
    weights: UnsafePointer<Double>, bias: UnsafePointer<Double>, largestError: Double, upperLayers: UpperLayersFunction
  ) -> Double? {
    run(weights: weights, bias: bias, largestError: largestError, adding: nil, upperLayers: upperLayers)
  }

  /// Cuts the weights into digits. Returns whether all are finite.
  private func cut(_ weights: UnsafePointer<Double>) -> Bool {
    formats.removeAll(keepingCapacity: true)
    for unit in 0..<units {
      let own = weights + unit * features
      let largest = PixelKernels.largest(own, count: features)
      guard let format = FixedPoint(digits: weightDigits, largest: largest, terms: features) else { return false }
      formats.append(format)
      _ = PixelKernels.cut(
        own, count: features, format, into: digits + unit * weightDigits * stride, stride: stride)
    }
    return true
  }

  /// Processes the examples of a thread in groups: forward, upper layers, and backward.
  private func process(
    _ thread: Int, _ rows: FeatureRows, bias: UnsafePointer<Double>, format: FixedPoint,
    upperLayers: UpperLayersFunction
  ) {
    let memory = memories[thread]
    memory.clear()
    var pending = 0
    for start in Swift.stride(from: memory.examples.lowerBound, to: memory.examples.upperBound, by: group) {
      let examples = start..<min(start + group, memory.examples.upperBound)
      memory.point(to: examples, of: rows)
      forward(memory, bias: bias)
      let loss = upperLayers(examples, memory.panel, group, thread)
      losses[start / group] = loss ?? 0
      if loss == nil || !memory.cutErrors(examples.count, format) { memory.fits = false }
      if pending + group > PixelKernels.mostRows {
        memory.carry()
        pending = 0
      }
      backward(memory)
      pending += group
    }
    memory.carry()
  }

  /// Computes the pre-activations of a group.
  private func forward(_ memory: PixelPassMemory, bias: UnsafePointer<Double>) {
    memory.products.update(repeating: 0, count: units * group)
    inTiles { unit, columns in
      PixelKernels.dot(
        digits + unit * weightDigits * stride, count: weightDigits, stride: stride, rows: memory.rows,
        fetching: memory.nextRows, columns: columns, addingTo: memory.products + unit * group)
    }
    for unit in 0..<units {
      for k in unit * group..<(unit + 1) * group {
        memory.panel[k] = formats[unit].number(memory.products[k]) + bias[unit]
      }
    }
  }

  /// Adds the products of the errors and the pixels of a group.
  private func backward(_ memory: PixelPassMemory) {
    let size = PixelKernels.factorDigits
    inTiles { unit, columns in
      PixelKernels.add(
        memory.factors + unit * size * group, times: memory.rows, fetching: memory.nextRows, columns: columns,
        to: memory.sums + unit * size * stride, stride: stride)
    }
  }

  private func inTiles(_ body: (_ unit: Int, _ columns: Range<Int>) -> Void) {
    for first in Swift.stride(from: 0, to: features, by: Self.tile) {
      for unit in 0..<units { body(unit, first..<min(first + Self.tile, features)) }
    }
  }

  /// Stores the sums of the first thread, to which the others are added, in ``total`` and ``errors``.
  private func collect(_ format: FixedPoint) {
    let first = memories[0]
    total.withUnsafeMutableBufferPointer { total in
      for unit in 0..<units {
        for j in 0..<features { total[unit * features + j] = format.number(first.totals[unit * stride + j]) }
      }
    }
    for unit in 0..<units { errors[unit] = format.number(first.errors[unit]) }
  }
}

extension Dataset {
  /// Returns the groups of `size` examples that this rank processes: those whose first examples it has. Copies the features
  /// of their other examples from other ranks; collective if the dataset is divided.
  fileprivate func ownGroups(of size: Int) -> Range<Int> {
    let groups = 0..<(count + size - 1) / size
    guard let cluster else { return groups }
    let owners = (0..<count).map(owner)
    // The examples of a split are in the order of their ranks. Other datasets are not divided.
    guard zip(owners, owners.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      unite()
      return groups
    }
    copyFeatures(of: (0..<count).map { ($0, owners[$0 / size * size]) }.filter { owners[$0.0] != $0.1 })
    let own = groups.filter { owners[$0 * size] == cluster.rank }
    return own.first.map { $0..<$0 + own.count } ?? 0..<0
  }
}
