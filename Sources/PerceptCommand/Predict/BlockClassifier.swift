import Percept

/// Classifies images in blocks. In a cluster, rank 0 knows the images and gets the predictions; each rank reads and
/// classifies a part of a block.
struct BlockClassifier: Sendable {
  private let classifier: Classifier
  private let cluster = Cluster.current

  init(_ classifier: Classifier) { self.classifier = classifier }

  /// The number of images of a block, which keeps all cores of all ranks busy.
  var blockSize: Int { 128 * (cluster?.count ?? 1) }

  /// Returns the predictions of images, or why they cannot be classified, in order. In a cluster, to be called by rank 0.
  func predictions(of inputs: ArraySlice<PredictionInput>) -> [Result<Prediction, any Error>] {
    guard let cluster else { return results(of: inputs) }
    _ = cluster.broadcast(Self.encoded(inputs.map { $0.path ?? "" }))
    let own = results(of: inputs[inputs.startIndex..<inputs.startIndex + part(of: inputs.count, 0).count])
    let answers = cluster.gather([]).enumerated().flatMap { rank, bytes in
      Answer.decoded(bytes, count: rank == 0 ? 0 : part(of: inputs.count, rank).count, rank: rank)
    }
    return own
      + parallelMap(zip(inputs.dropFirst(own.count), answers).map(\.self), block: 1) { input, answer in
        Result { try prediction(of: input, answer, cluster) }
      }
  }

  /// Classifies the parts of this rank, which is not 0, until rank 0 calls ``finish()``.
  func work() {
    guard let cluster else { return }
    while true {
      let paths = Self.paths(in: cluster.broadcast([]))
      if paths.isEmpty { break }
      let own = paths[part(of: paths.count, cluster.rank)].map { PredictionInput($0) }
      _ = cluster.gather(Answer.encoded(results(of: own[...])))
    }
    cluster.finish()
  }

  /// Ends ``work()`` of the other ranks, and leaves the cluster.
  func finish() {
    _ = cluster?.broadcast([])
    cluster?.finish()
  }

  private func results(of inputs: ArraySlice<PredictionInput>) -> [Result<Prediction, any Error>] {
    parallelMap(inputs, block: 1) { input in Result { try input.prediction(of: classifier) } }
  }

  /// Returns the prediction that another rank has computed. If that failed, tries it here, which gives the error of one
  /// process. Throws `ClusterError` if only the other rank fails.
  private func prediction(of input: PredictionInput, _ answer: Answer, _ cluster: Cluster) throws -> Prediction {
    if let logits = answer.logits { return Prediction(logits: logits, temperature: classifier.temperature) }
    let prediction = try input.prediction(of: classifier)
    if input.path == nil { return prediction }  // other ranks have no standard input
    throw ClusterError.unreadable(host: cluster.hosts[answer.rank], first: cluster.host, reason: answer.reason)
  }

  /// The positions of a rank's images in a block.
  private func part(of count: Int, _ rank: Int) -> Range<Int> {
    let ranks = cluster?.count ?? 1
    return rank * count / ranks..<(rank + 1) * count / ranks
  }

  private static func encoded(_ paths: [String]) -> [UInt8] {
    var writer = ByteWriter()
    paths.forEach { writer.write($0) }
    return writer.bytes
  }

  private static func paths(in bytes: [UInt8]) -> [String] {
    bytes.withUnsafeBytes { bytes in
      var (reader, paths) = (ByteReader(bytes), [String]())
      while let path = reader.text() { paths.append(path) }
      return paths
    }
  }
}

/// What a rank has found for an image: logits, or why there are none.
private struct Answer: Sendable {
  let rank: Int
  var logits: [Double]?
  var reason = ""

  static func encoded(_ results: [Result<Prediction, any Error>]) -> [UInt8] {
    var writer = ByteWriter()
    for result in results {
      switch result {
      case .success(let prediction):
        writer.write(prediction.logits.count)
        for logit in prediction.logits { writer.write(Int64(bitPattern: logit.bitPattern)) }
      case .failure(let error):
        writer.write(0)
        writer.write("\(error)")
      }
    }
    return writer.bytes
  }

  static func decoded(_ bytes: [UInt8], count: Int, rank: Int) -> [Answer] {
    bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      return (0..<count).map { _ in
        let size = reader.count() ?? 0
        if size == 0 { return Answer(rank: rank, reason: reader.text() ?? "") }
        let logits = (0..<size).map { _ in Double(bitPattern: UInt64(bitPattern: reader.number() ?? 0)) }
        return Answer(rank: rank, logits: logits)
      }
    }
  }
}
