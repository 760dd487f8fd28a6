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
  private static let few: UInt32 = 8

  /// For each value of the digit, the list of the elements that have it: in the lowest 4 bits their number, at most ``few``
  /// + 1, and in the others one more than the place of the last one. An empty list is 0.
  private var lists = [UInt32](repeating: 0, count: HashDigit.valueCount)
  /// For each element, the list of those before it that have the same value.
  private var rests: [UInt32] = []

  /// O(n) for n elements, fewer than 2²⁸.
  mutating func agreement(of elements: UnsafeBufferPointer<HashElement>, in digit: HashDigit) -> Agreement {
    if rests.count < elements.count { rests = Array(repeating: 0, count: elements.count) }
    return lists.withUnsafeMutableBufferPointer { lists in
      rests.withUnsafeMutableBufferPointer { rests in
        var (agreement, crowded) = (Agreement(), [Int]())
        for place in elements.indices {
          let value = digit.value(of: elements[place])
          let list = lists[value]
          rests[place] = list
          lists[value] = UInt32(place + 1) << 4 | min((list & 15) + 1, Self.few + 1)
          switch list & 15 {
          case 0: break
          case ..<Self.few:
            Self.forEachPlace(of: list, rests) { other in
              if elements[place].mayLink(elements[other]) { agreement.pairs.append((elements[other], elements[place])) }
            }
          case Self.few: crowded.append(value)
          default: break
          }
        }
        for value in crowded {
          var crowd: [HashElement] = []
          Self.forEachPlace(of: lists[value], rests) { crowd.append(elements[$0]) }
          if crowd.contains(where: { $0.root != crowd[0].root }) { agreement.crowds.append(crowd) }
        }
        for element in elements { lists[digit.value(of: element)] = 0 }
        return agreement
      }
    }
  }

  private static func forEachPlace(of list: UInt32, _ rests: UnsafeMutableBufferPointer<UInt32>, _ body: (Int) -> Void)
  {
    var list = list
    while list > 0 {
      let place = Int(list >> 4) - 1
      body(place)
      list = rests[place]
    }
  }
}
