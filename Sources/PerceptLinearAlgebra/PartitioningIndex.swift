extension Range<Int> {
  /// Returns the first index for which `isAfter` is true, in a range where all indices for which it is false come first;
  /// the end of the range if there is none. O(log n) for n indices.
  package func partitioningIndex(where isAfter: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isAfter(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
