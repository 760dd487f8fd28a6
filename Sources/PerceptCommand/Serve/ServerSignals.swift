import Dispatch
@preconcurrency import PerceptPlatform

/// Receives the signals of a server on a thread of its own. Unlike a signal handler, the thread may call any function.
struct ServerSignals {
  private let set: sigset_t

  /// Blocks SIGTERM, SIGINT and, if `reloading`, SIGHUP for ``hear(reload:end:)``. Ignored signals stay ignored, as SIGINT is
  /// for a background job. Call it before any thread starts: a thread that does not block them would end the process.
  init(reloading: Bool) {
    var set = sigset_t()
    sigemptyset(&set)
    if reloading { sigaddset(&set, SIGHUP) }
    for signal in [SIGTERM, SIGINT] where !Platform.isIgnored(signal) { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    self.set = set
  }

  /// Starts to receive signals. SIGHUP calls `reload`, the first SIGTERM or SIGINT `end`; the second one ends the process.
  func hear(reload: @escaping @Sendable () -> Void = {}, end: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "percept.signals").async { [set] in
      var (set, signal, isEnding) = (set, Int32(0), false)
      while sigwait(&set, &signal) == 0 {
        if signal == SIGHUP {
          reload()
        } else if isEnding {
          _exit(128 + signal)
        } else {
          isEnding = true
          end()
        }
      }
    }
  }
}
