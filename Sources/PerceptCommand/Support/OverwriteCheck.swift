import ArgumentParser
import Percept

/// Throws `ValidationError` if an output replaces an input, even with `--force`: a file, or an image below a folder.
func checkOverwrites(of inputs: [String], by outputs: [String]) throws {
  for output in outputs {
    for input in inputs {
      if FileSystem.isSame(output, input) {
        throw ValidationError("\(output) is an input of this command; choose another name for the output.")
      }
      guard isImage(output, below: input) else { continue }
      throw ValidationError("\(output) is an image in the data folder \(input); choose another name for the output.")
    }
  }
}

/// Returns whether an existing file is an image, by its extension, in a subfolder of a folder.
private func isImage(_ path: String, below folder: String) -> Bool {
  guard FileSystem.kind(of: path) == .file, FileSystem.kind(of: folder) == .folder,
    let whole = try? FileSystem.realPath(path), let start = try? FileSystem.realPath(folder),
    whole.hasPrefix(start + "/")
  else { return false }
  return whole.dropFirst(start.count + 1).contains("/")
    && ImageFormat.fileExtensions.contains { whole.lowercased().hasSuffix($0) }
}
