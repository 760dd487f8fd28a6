import PerceptPlatform

extension FileSystem {
  /// Creates a folder that only the current user can access (mode 0700), and its missing parent folders likewise.
  /// Returns whether the folder exists now.
  package static func makePrivateFolder(_ path: String) -> Bool {
    if kind(of: path) == .folder { return true }
    let parent = folder(of: path)
    if !parent.isEmpty, parent != path, !makePrivateFolder(parent) { return false }
    return mkdir(path, 0o700) == 0 || kind(of: path) == .folder
  }

  /// Returns a folder of the current user: that of an environment variable such as `XDG_CACHE_HOME`, or else `name` in the
  /// folder of `HOME`. A variable counts only if it is an absolute path; nil if neither is.
  package static func userFolder(_ variable: String, inHome name: String) -> String? {
    func folder(_ variable: String) -> String? {
      getenv(variable).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    return folder(variable) ?? folder("HOME").map { path($0, name) }
  }
}
