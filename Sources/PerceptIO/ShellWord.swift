/// Quotes text as a single word for a POSIX shell. Text without special characters is returned unchanged.
package func quoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./,:=+@%".contains($0)) }
  return isPlain
    ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
