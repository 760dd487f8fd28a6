/// The costs of a training run: of each iteration or, with batches, the mean of each epoch, weighted by batch size.
struct CostHistory {
  /// The costs of all iterations, or of all complete epochs.
  private(set) var complete: [Double] = []
  /// The index of the lowest cost in ``complete``.
  private(set) var lowest = 0
  /// The number of updates for each cost: 1, or the number of batches of an epoch.
  let updates: Int
  // The sums over the current, incomplete epoch.
  private var sum = 0.0
  private var weight = 0
  private var pending = 0

  /// `iterations`, the number of updates of the run, is used to reserve memory.
  init(updates: Int, iterations: Int) {
    self.updates = updates
    complete.reserveCapacity(min(iterations / updates, 1 << 16))
  }

  /// The complete costs, followed by the cost of an incomplete epoch, if there is one.
  var all: [Double] { pending == 0 ? complete : complete + [sum / Double(weight)] }

  /// The index of the last update that contributes to the lowest cost.
  var lowestIteration: Int { (lowest + 1) * updates - 1 }

  /// Adds the finite cost of an update, the mean of `weight` examples; returns whether it completed a cost.
  mutating func add(_ cost: Double, weight: Int) -> Bool {
    (sum, self.weight, pending) = (sum + cost * Double(weight), self.weight + weight, pending + 1)
    guard pending == updates else { return false }
    complete.append(sum / Double(self.weight))
    (sum, self.weight, pending) = (0, 0, 0)
    if complete[complete.count - 1] < complete[lowest] { lowest = complete.count - 1 }
    return true
  }

  var isLowest: Bool { lowest == complete.count - 1 }

  /// Whether the cost rises permanently: all costs of the last quarter are more than twice the highest cost of the
  /// first half, and their mean is more than 10 % above that of the third quarter. This excludes oscillation, where
  /// some of the last costs are low; a single jump, after which the cost does not keep rising; and the noise of small
  /// batches, which does not double the cost. It is evaluated every 100 iterations from iteration 200, or every epoch
  /// from epoch 20.
  var isDiverging: Bool {
    let (count, step, least) = updates == 1 ? (complete.count, 100, 200) : (complete.count, 1, 20)
    guard count >= least, count % step == 0, complete[count - 1] > complete[0] else { return false }
    let (third, last) = (complete[(count / 2)..<(count * 3 / 4)], complete[(count * 3 / 4)...])
    guard let low = last.min(), let high = complete[..<(count / 2)].max(), low > 2 * high else { return false }
    return last.reduce(0, +) / Double(last.count) > 1.1 * third.reduce(0, +) / Double(third.count)
  }

  /// Encodes or decodes the costs of the updates before `iteration`.
  mutating func code(with archive: inout StateArchive, iteration: Int) throws {
    var open = [sum]
    try archive.code("costs.sum", &open)
    sum = open[0]
    try archive.code("costs.weight", &weight)
    try archive.code("costs.pending", &pending)
    try archive.code(growing: "costs", &complete)
    guard pending == iteration % updates, complete.count == iteration / updates, (weight > 0) == (pending > 0),
      sum.isFinite, complete.allSatisfy(\.isFinite)
    else { throw StateArchive.Mismatch(name: "costs") }
    lowest = complete.indices.min { complete[$0] < complete[$1] } ?? 0
  }
}
