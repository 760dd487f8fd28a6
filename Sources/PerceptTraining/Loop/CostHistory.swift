/// The costs of a training as they come: one of each iteration, or the mean of each epoch's batches, every batch counted by its
/// examples.
struct CostHistory {
  /// The costs that are complete.
  private(set) var complete: [Double] = []
  /// The index of the lowest of them.
  private(set) var lowest = 0
  /// How many updates stand behind one.
  let updates: Int
  // Of the epoch that has begun.
  private var sum = 0.0
  private var weight = 0
  private var pending = 0

  /// - Parameters:
  ///   - updates: how many updates make one cost: 1, or the batches of an epoch.
  ///   - iterations: how many updates there will be.
  init(updates: Int, iterations: Int) {
    self.updates = updates
    complete.reserveCapacity(min(iterations / updates, 1 << 16))
  }

  /// The complete costs, and that of an epoch that was broken off.
  var all: [Double] { pending == 0 ? complete : complete + [sum / Double(weight)] }

  /// The last update that the lowest cost stands for.
  var lowestIteration: Int { (lowest + 1) * updates - 1 }

  /// Takes in the cost of an update.
  ///
  /// - Parameters:
  ///   - cost: a finite number.
  ///   - weight: how many examples it is the mean of.
  /// - Returns: whether one of ``complete`` came of it.
  mutating func add(_ cost: Double, weight: Int) -> Bool {
    (sum, self.weight, pending) = (sum + cost * Double(weight), self.weight + weight, pending + 1)
    guard pending == updates else { return false }
    complete.append(sum / Double(self.weight))
    (sum, self.weight, pending) = (0, 0, 0)
    if complete[complete.count - 1] < complete[lowest] { lowest = complete.count - 1 }
    return true
  }

  /// Whether the last cost is the lowest.
  var isLowest: Bool { lowest == complete.count - 1 }

  /// Whether the cost rises for good: all of the last quarter are above twice the highest of the first half, and their mean is a
  /// tenth above that of the third quarter. Where it only jumps up and down, low costs remain among the last; where it has jumped
  /// up once, it does not go on rising; and no noise of small batches doubles it. Asked every 100 iterations, or every epoch, of at
  /// least 200 iterations or 20 epochs.
  var isRisingForGood: Bool {
    let (count, step, least) = updates == 1 ? (complete.count, 100, 200) : (complete.count, 1, 20)
    guard count >= least, count % step == 0, complete[count - 1] > complete[0] else { return false }
    let (third, last) = (complete[(count / 2)..<(count * 3 / 4)], complete[(count * 3 / 4)...])
    guard let low = last.min(), let high = complete[..<(count / 2)].max(), low > 2 * high else { return false }
    return last.reduce(0, +) / Double(last.count) > 1.1 * third.reduce(0, +) / Double(third.count)
  }

  /// Puts its numbers into an archive or takes them out of one.
  mutating func code(with archive: inout StateArchive) throws {
    var open = [sum]
    try archive.code("costs.sum", &open)
    sum = open[0]
    try archive.code("costs.weight", &weight)
    try archive.code("costs.pending", &pending)
    try archive.code(growing: "costs", &complete)
    lowest = complete.indices.min { complete[$0] < complete[$1] } ?? 0
  }
}
