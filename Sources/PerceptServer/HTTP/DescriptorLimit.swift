import Glibc

/// The number of files that this process may have open. A connection takes one descriptor.
package enum DescriptorLimit {
  /// Descriptors for everything but connections: event loops, the log, model files that are read again.
  static let reserve = 32

  /// Raises the limit so that there can be `wanted` connections, as far as the process is allowed to. Returns the largest
  /// number of connections, which is smaller if it is not.
  package static func connections(wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
    let needed = rlim_t(clamping: wanted) &+ rlim_t(reserve)
    if limit.rlim_cur < needed {
      limit.rlim_cur = min(needed, limit.rlim_max)
      guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
    }
    return min(wanted, max(1, Int(clamping: limit.rlim_cur) - reserve))
  }
}
