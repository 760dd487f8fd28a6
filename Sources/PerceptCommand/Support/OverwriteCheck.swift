import ArgumentParser
import Percept

/// Refuses outputs that would take the place of what is read, which nothing replaces, not even --force: a file that is named, or a
/// picture in a folder below one that is.
func checkOverwrites(of inputs: [String], by outputs: [String]) throws {
  for output in outputs {
    for input in inputs {
      if FileSystem.isSame(output, input) { throw ValidationError("\(output) is read here; choose another name.") }
      guard isImage(output, below: input) else { continue }
      throw ValidationError("\(output) is a picture of \(input), where nothing is changed; choose another name.")
    }
  }
}

private func isImage(_ path: String, below folder: String) -> Bool {
  guard FileSystem.kind(of: path) == .file, FileSystem.kind(of: folder) == .folder,
    let whole = try? FileSystem.realPath(path), let start = try? FileSystem.realPath(folder),
    whole.hasPrefix(start + "/")
  else { return false }
  let endings = [".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif"]
  return whole.dropFirst(start.count + 1).contains("/") && endings.contains { whole.lowercased().hasSuffix($0) }
}
