import Glibc
import Percept

/// The user's own browser.
enum Browser {
  /// Opens an address, or says that it has to be done by hand.
  static func open(_ address: String) {
    var process = pid_t()
    var arguments = [strdup("xdg-open"), strdup(address), nil]
    defer { arguments.forEach { free($0) } }
    let status = posix_spawnp(&process, "xdg-open", nil, nil, &arguments, environ)
    if status != 0 { Terminal.note("No browser could be opened (xdg-open is not there); open the address by hand.") }
  }
}
