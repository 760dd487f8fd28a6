import Percept
import PerceptPlatform

enum Browser {
  /// Opens an address with `xdg-open`. If that fails, asks the user to open it.
  static func open(_ address: String) {
    var process = pid_t()
    var arguments = [strdup("xdg-open"), strdup(address), nil]
    defer { arguments.forEach { free($0) } }
    let status = posix_spawnp(&process, "xdg-open", nil, nil, &arguments, environ)
    if status != 0 { Terminal.note("Cannot start xdg-open. Open the address in a browser yourself.") }
  }
}
