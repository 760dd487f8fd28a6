/// Returns the candidate that a mistyped text most likely means, for "did you mean …?": the first with the smallest
/// Damerau-Levenshtein distance (an insertion, a deletion, a substitution or a swap of neighbors costs 1; case is
/// ignored); nil if more than a third of the longer text would change. O(candidates · text.count · candidate.count).
package func suggestion(for text: String, among candidates: some Sequence<String>) -> String? {
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(Array(text.lowercased()), Array(candidate.lowercased()))
    guard 3 * distance <= max(text.count, candidate.count), distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.candidate
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var (beforeLast, last) = ([Int](), Array(0...b.count))
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
