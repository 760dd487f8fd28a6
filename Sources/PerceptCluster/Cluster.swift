import CPerceptMPI
import PerceptIO
@preconcurrency import PerceptPlatform
import Synchronization

/// The processes that work together on one command, each with its rank, 0 ..< ``count``. Open MPI's launcher starts them,
/// on one or more hosts, and its library, which is opened by ``join(version:)``, connects them.
///
/// Operations are collective: all processes must call them in the same order, on their main threads. If an operation fails,
/// for example because a host is gone, all processes end.
package final class Cluster: Sendable {
  package let rank: Int
  package let count: Int
  /// The host name of each rank.
  package let hosts: [String]

  /// The cluster of this process; nil if the process works alone.
  package static var current: Cluster? { joined.withLock { $0 } }
  private static let joined = Mutex<Cluster?>(nil)

  /// Whether this process prints results and writes files: the process of rank 0, or one that works alone.
  package static var isRoot: Bool { current.map { $0.rank == 0 } ?? true }

  /// The rank that the launcher has given this process, also before it joins; nil if the process was started alone.
  package static var launchedRank: Int? {
    guard (try? Launcher.current()) != nil else { return nil }
    return ["OMPI_COMM_WORLD_RANK", "PMIX_RANK"].lazy.compactMap { (name: String) in
      getenv(name).flatMap { Int(String(cString: $0)) }
    }.first
  }

  /// Whether Open MPI can be loaded. Loads it.
  package static var isInstalled: Bool { cmpi_open() }

  /// The exit code if communication fails.
  private static let failureCode: Int32 = 74
  /// The number of elements of one message of Open MPI, whose counts have 32 bits.
  private static let largestMessage = 1 << 26

  /// Joins the other processes that Open MPI's launcher has started; returns nil, without opening the library, if this
  /// process was started alone. Limits ``Processors/count`` if processes share processors. `version` is that of the program.
  /// Throws ``ClusterError``.
  @discardableResult
  package static func join(version: String) throws(ClusterError) -> Cluster? {
    guard let launcher = try Launcher.current() else { return nil }
    guard isInstalled else { throw .noLibrary }
    let code = cmpi_start((launcher.local ?? 1) > Processors.online)
    guard code == 0 else { throw .failed(errorText(code)) }
    let alone = Cluster(rank: Int(cmpi_rank()), count: Int(cmpi_count()), hosts: [])
    guard alone.count > 1 else { return nil }
    let cluster = Cluster(rank: alone.rank, count: alone.count, hosts: alone.gather(hostName))
    joined.withLock { $0 = cluster }
    try cluster.checkAgreement(version: version)
    cluster.shareProcessors()
    return cluster
  }

  private init(rank: Int, count: Int, hosts: [String]) {
    (self.rank, self.count, self.hosts) = (rank, count, hosts)
  }

  /// The host name of this process.
  package var host: String { hosts[rank] }

  /// Replaces numbers by their sums over all ranks.
  package func sum(_ numbers: UnsafeMutableBufferPointer<Int64>) {
    Self.inMessages(numbers) { cmpi_sum($0, $1) }
  }

  /// Replaces numbers by their sums over all ranks.
  @inline(never)
  package func sum(_ numbers: inout [Int64]) { numbers.withUnsafeMutableBufferPointer { sum($0) } }

  /// Replaces the numbers of several buffers of Int64 by their sums over all ranks, in one message.
  package func sum(_ buffers: [UnsafeMutableRawBufferPointer]) {
    let size = buffers.reduce(0) { $0 + $1.count }
    withUnsafeTemporaryAllocation(byteCount: size, alignment: 64) { message in
      var start = 0
      for buffer in buffers {
        UnsafeMutableRawBufferPointer(rebasing: message[start..<start + buffer.count]).copyMemory(from: .init(buffer))
        start += buffer.count
      }
      sum(message.bindMemory(to: Int64.self))
      start = 0
      for buffer in buffers {
        buffer.copyMemory(from: .init(rebasing: message[start..<start + buffer.count]))
        start += buffer.count
      }
    }
  }

  /// Replaces bytes by those of one rank.
  package func broadcast(_ bytes: UnsafeMutableBufferPointer<UInt8>, from root: Int = 0) {
    Self.inMessages(bytes) { cmpi_broadcast($0, $1, Int32(root)) }
  }

  /// Returns the bytes that one rank passes. The other ranks can pass an empty list.
  package func broadcast(_ bytes: [UInt8], from root: Int = 0) -> [UInt8] {
    let size = Int(broadcast(UInt64(bytes.count), from: root))
    return [UInt8](unsafeUninitializedCapacity: size) { result, initialized in
      if rank == root { _ = result.update(fromContentsOf: bytes) } else { result.update(repeating: 0) }
      broadcast(UnsafeMutableBufferPointer(rebasing: result[..<size]), from: root)
      initialized = size
    }
  }

  /// Returns the word that one rank passes.
  package func broadcast(_ word: UInt64, from root: Int = 0) -> UInt64 {
    // Not a list with one element: Swift 6.3 then returns the element from before the call.
    let memory = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 1)
    defer { memory.deallocate() }
    memory.initialize(repeating: rank == root ? Int64(bitPattern: word) : 0)
    sum(memory)
    return UInt64(bitPattern: memory[0])
  }

  /// Returns the bytes of each rank.
  package func gather(_ bytes: [UInt8]) -> [[UInt8]] { (0..<count).map { broadcast(bytes, from: $0) } }

  /// Returns the text of each rank.
  package func gather(_ text: String) -> [String] {
    gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the results of `work` for 0 ..< `count`, in order. The ranks take turns; each knows all results in the end. A
  /// process that works alone does all the work. Throws errors of `work`, which end all ranks.
  package static func spread(_ count: Int, _ work: (Int) throws -> [UInt8]) rethrows -> [[UInt8]] {
    guard let cluster = current else { return try (0..<count).map(work) }
    var results = [[UInt8]](repeating: [], count: count)
    for index in stride(from: cluster.rank, to: count, by: cluster.count) { results[index] = try work(index) }
    return results.indices.map { cluster.broadcast(results[$0], from: $0 % cluster.count) }
  }

  /// Returns lists of numbers as ``spread(_:_:)-([UInt8])`` returns bytes.
  package static func spread(_ count: Int, numbers: (Int) throws -> [Double]) rethrows -> [[Double]] {
    try spread(count) { index in try numbers(index).withUnsafeBytes { Array($0) } }.map { bytes in
      bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    }
  }

  /// Sends bytes to another rank, which must call ``receive(_:from:)``. Not collective.
  package func send(_ bytes: UnsafeMutableBufferPointer<UInt8>, to rank: Int) {
    Self.inMessages(bytes) { cmpi_send($0, $1, Int32(rank)) }
  }

  /// Receives bytes from another rank, which must call ``send(_:to:)``. Not collective.
  package func receive(_ bytes: UnsafeMutableBufferPointer<UInt8>, from rank: Int) {
    Self.inMessages(bytes) { cmpi_receive($0, $1, Int32(rank)) }
  }

  /// Ends all processes. Not collective.
  package func abort(_ code: Int32) -> Never { cmpi_abort(code) }

  /// Waits for all ranks and leaves the cluster, so that ``current`` is nil. No operation may follow.
  package func finish() {
    _ = cmpi_finish()
    Self.joined.withLock { $0 = nil }
  }

  private static func inMessages<Element>(
    _ elements: UnsafeMutableBufferPointer<Element>, _ operation: (UnsafeMutablePointer<Element>, Int32) -> Int32
  ) {
    guard let base = elements.baseAddress else { return }
    for start in stride(from: 0, to: elements.count, by: largestMessage) {
      let code = operation(base + start, Int32(min(largestMessage, elements.count - start)))
      if code != 0 { fail(.failed(errorText(code))) }
    }
  }

  private static func fail(_ error: ClusterError) -> Never {
    fputs("Error: \(error) (on host \(hostName))\n", stderr)
    cmpi_abort(failureCode)
  }

  private static func errorText(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    cmpi_error(code, &text)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The host name of this process, also before it joins.
  package static let hostName: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}

extension Cluster {
  /// Limits ``Processors/count`` to an equal share of the processors that several ranks of a host may use.
  private func shareProcessors() {
    let own = gather("\(host) \(Processors.allowed ?? "")")
    let sharers = own.count { $0 == own[rank] }
    if sharers > 1 { Processors.limit(to: Processors.count / sharers) }
  }

  /// Throws unless all hosts have the same version, and their mathematical functions the same results.
  private func checkAgreement(version: String) throws(ClusterError) {
    let versions = gather(version)
    guard Set(versions).count == 1 else {
      throw .otherVersions(Set(zip(hosts, versions).map { "\($0): \($1)" }).sorted())
    }
    let sums = gather(Self.arithmetic)
    if let other = sums.firstIndex(where: { $0 != sums[0] }) {
      throw .otherArithmetic(hosts: [hosts[0], hosts[other]])
    }
  }

  /// A fingerprint of results of the functions of the C library that training uses, whose last digit can depend on the
  /// processor.
  private static var arithmetic: String {
    var sum = Fingerprint()
    for step in 1...2000 {
      let x = Double(step) * 0.0137 - 13.7
      for value in [exp(x), log(abs(x)), log1p(exp(x)), tanh(x), cos(x), sin(x), pow(1.1, x)] {
        sum.add(value.bitPattern)
      }
    }
    return sum.text
  }
}
