import Dispatch
@preconcurrency import Glibc

/// What a server is told by signals. They are waited for on a thread of their own, where anything may be done about them; a
/// handler could do next to nothing.
struct ServerSignals {
  private let set: sigset_t

  /// From now on SIGTERM and SIGINT wait to be heard, but where they are ignored, as SIGINT is in the background of a script.
  /// To be called before there are other threads, which would be ended by them.
  ///
  /// - Parameter reloading: whether SIGHUP is heard, too.
  init(reloading: Bool) {
    var set = sigset_t()
    sigemptyset(&set)
    if reloading { sigaddset(&set, SIGHUP) }
    for signal in [SIGTERM, SIGINT] where !Self.isIgnored(signal) { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    self.set = set
  }

  /// Hears them. After the first that asks to end, the second ends the program at once.
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

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
