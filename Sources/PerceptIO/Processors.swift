import PerceptPlatform
import Synchronization

/// The processors that this process may use.
package enum Processors {
  /// The number of processors, at least 1: those that the system allows the process to use, or the limit, if it is lower.
  package static var count: Int {
    let limit = limit.load(ordering: .relaxed)
    return limit == 0 ? available : min(limit, available)
  }

  /// Whether ``limit(to:)`` has lowered ``count``.
  package static var isLimited: Bool { count < available }

  /// Limits ``count``. Processes that share their processors each use a part of them.
  package static func limit(to count: Int) { limit.store(max(1, count), ordering: .relaxed) }

  private static let limit = Atomic<Int>(0)

  /// The set of processors that the system allows the process to use, as hexadecimal digits; nil if it is unknown.
  package static let allowed = Platform.allowedProcessors

  /// The number of processors that are online, at least 1.
  package static let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private static let available: Int = {
    let digits = allowed?.compactMap(\.hexDigitValue) ?? []
    return max(1, digits.isEmpty ? online : digits.reduce(0) { $0 + $1.nonzeroBitCount })
  }()
}
