import PerceptCluster
import PerceptIO

extension DataSource {
  /// Throws ``ClusterError/otherFiles(host:first:difference:)`` if another rank lists other images or labels. Collective.
  func checkAgreement(_ cluster: Cluster) throws(ClusterError) {
    let own = lines
    var sum = Fingerprint()
    for line in own { Array(line.utf8).withUnsafeBytes { sum.add($0) } }
    let sums = cluster.gather(sum.text)
    guard let other = sums.firstIndex(where: { $0 != sums[0] }) else { return }
    let first = cluster.broadcast(Array(own.joined(separator: "\n").utf8))
      .split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    let difference = cluster.gather(Self.difference(first, own))[other]
    throw .otherFiles(host: cluster.hosts[other], first: cluster.hosts[0], difference: difference)
  }

  /// A line for each image, or for each IDX file.
  private var lines: [String] {
    switch content {
    case .files(let entries): entries.map { "\($0.file) (\($0.label)\($0.split.map { ", " + $0.rawValue } ?? ""))" }
    case .idx(let pairs):
      pairs.map { pair in
        var sum = Fingerprint()
        pair.labels.withUnsafeBytes { sum.add($0) }
        return "\(pair.file) (\(pair.labels.count) images, \(sum.text))"
      }
    }
  }

  private static func difference(_ first: [String], _ own: [String]) -> String {
    let place =
      zip(first, own).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(first.count, own.count)
    func name(_ lines: [String]) -> String { lines.indices.contains(place) ? lines[place] : "the end" }
    return "image \(place + 1) of \(own.count) is \(name(own)), not \(name(first)) of \(first.count)"
  }
}
