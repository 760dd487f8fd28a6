import ArgumentParser
import Percept

extension Augmentation {
  /// What `--augment` takes: `none`, or `mirror,shift,rotate,brightness`, or some of them, the last three with an amount if it is to be
  /// another than 0.1 (of the side), 10 (degrees) and 0.2: `mirror,rotate:25`.
  ///
  /// - Throws: `ValidationError` for what is unknown, named twice or out of range.
  static func option(_ text: String) throws -> Augmentation {
    if text == "none" { return .none }
    var (augmentation, names) = (Augmentation.none, Set<Substring>())
    for item in text.split(separator: ",", omittingEmptySubsequences: false).map({ $0.drop { $0 == " " } }) {
      let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard names.insert(parts[0]).inserted else { throw ValidationError("\(parts[0]) stands there twice.") }
      let given = parts.count == 1 ? nil : Double(parts[1])
      guard parts.count == 1 || given.map({ $0 > 0 && $0.isFinite }) ?? false else {
        throw ValidationError("an amount is a positive number after a colon, as in rotate:10, which \(item) is not.")
      }
      switch parts[0] {
      case "mirror" where given == nil: augmentation.mirror = true
      case "mirror": throw ValidationError("mirror has no amount.")
      case "shift": augmentation.shift = given ?? 0.1
      case "rotate": augmentation.rotation = given ?? 10
      case "brightness": augmentation.brightness = given ?? 0.2
      default:
        throw ValidationError(
          "there are mirror, shift, rotate and brightness, with commas between them, and no \"\(parts[0])\".")
      }
    }
    do {
      try augmentation.check()
    } catch {
      throw ValidationError("\(error).")
    }
    return augmentation
  }
}
