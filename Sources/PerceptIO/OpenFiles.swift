import PerceptPlatform

/// The files that this process may open (`ulimit -n`). Without any, not only reading fails: Dispatch ends the process, and a
/// server is told again and again of connections that it cannot accept. So programs check the number in advance.
package enum OpenFiles {
  /// The largest number of files that may be open at a time.
  package static var limit: Int {
    Int(clamping: Platform.limit(of: .openFiles)?.rlim_cur ?? 0)
  }

  /// Raises the limit to `wanted` files, as far as the process is allowed to. Never lowers it.
  package static func raiseLimit(to wanted: Int) {
    guard var limit = Platform.limit(of: .openFiles), limit.rlim_cur < rlim_t(wanted) else { return }
    limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
    Platform.setLimit(of: .openFiles, to: limit)
  }

  /// The number of open files.
  package static var used: Int { (try? FileSystem.names(inFolder: Platform.descriptorFolder).count) ?? 3 }

  /// The number of files that can still be opened.
  package static var free: Int { limit - used }

  /// The number of files that reading and writing data needs at a time: one for each processor, and some for Dispatch, the
  /// cache, and outputs.
  package static let needed = 12 + Processors.count
}
