/// Finds elements that agree in a digit, in memory that is used again for other elements.
struct HashTable: Sendable {
  /// Elements that agree in a digit.
  struct Agreement {
    /// The pairs of elements with one value that may form links, if few elements have this value.
    fileprivate(set) var pairs: [(HashElement, HashElement)] = []
    /// The elements with one value, if many have this value and they are not all in one set.
    fileprivate(set) var crowds: [[HashElement]] = []
  }

  /// The largest number of elements with one value that are few.
  fileprivate static let few: UInt32 = 8

  /// For each value of the digit, the list of its elements: in the lowest 4 bits their number, at most ``few`` + 1, and in the
  /// others one more than the place of the last one. An empty list is 0.
  private var lists = [UInt32](repeating: 0, count: HashDigit.valueCount)
  /// For each element, the list of those before it that have the same value.
  private var rests: [UInt32] = []

  /// O(n) for n elements, fewer than 2²⁸.
  mutating func agreement(of elements: ArraySlice<HashElement>, in digit: HashDigit) -> Agreement {
    if rests.count < elements.count { rests = Array(repeating: 0, count: elements.count) }
    return elements.withUnsafeBufferPointer { elements in
      lists.withUnsafeMutableBufferPointer { lists in
        rests.withUnsafeMutableBufferPointer { rests in
          let lists = Lists(elements: elements, lists: lists, rests: rests)
          defer { for element in elements { lists.lists[digit.value(of: element)] = 0 } }
          return lists.agreement(in: digit)
        }
      }
    }
  }
}

/// The memory of a ``HashTable``.
private struct Lists {
  let elements: UnsafeBufferPointer<HashElement>
  let lists: UnsafeMutableBufferPointer<UInt32>
  let rests: UnsafeMutableBufferPointer<UInt32>

  func agreement(in digit: HashDigit) -> HashTable.Agreement {
    var (agreement, crowded) = (HashTable.Agreement(), [Int]())
    for place in elements.indices {
      let value = digit.value(of: elements[place])
      let list = lists[value]
      let count = list & 15
      rests[place] = list
      lists[value] = UInt32(place + 1) << 4 | min(count + 1, HashTable.few + 1)
      if count > 0, count < HashTable.few {
        forEach(of: list) { if $0.mayLink(elements[place]) { agreement.pairs.append(($0, elements[place])) } }
      } else if count == HashTable.few {
        crowded.append(value)
      }
    }
    for value in crowded {
      var crowd: [HashElement] = []
      forEach(of: lists[value]) { crowd.append($0) }
      if crowd.contains(where: { $0.root != crowd[0].root }) { agreement.crowds.append(crowd) }
    }
    return agreement
  }

  private func forEach(of list: UInt32, _ body: (HashElement) -> Void) {
    var list = list
    while list > 0 {
      let place = Int(list >> 4) - 1
      body(elements[place])
      list = rests[place]
    }
  }
}
