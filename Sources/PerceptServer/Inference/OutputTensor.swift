import PerceptModels

struct OutputTensor {
  enum Name: String, CaseIterable {
    /// The name of the predicted class.
    case `class`
    case probability
    /// The probability of each class, in the order of the class names.
    case probabilities
  }

  enum Values {
    case texts([String])
    case numbers([Double])
  }

  let name: Name
  let shape: [Int]
  let values: Values

  init(_ name: Name, of predictions: [Prediction], by classifier: Classifier) {
    self.name = name
    shape = [predictions.count] + (name == .probabilities ? [classifier.classNames.count] : [])
    values =
      switch name {
      case .class: .texts(predictions.map { classifier.classNames[$0.label] })
      case .probability: .numbers(predictions.map(\.probability))
      case .probabilities: .numbers(predictions.flatMap(\.probabilities))
      }
  }

  /// The binary data, little-endian. A length of four bytes precedes each string.
  var bytes: [UInt8] {
    switch values {
    case .texts(let texts): texts.flatMap { Self.littleEndian(UInt32($0.utf8.count)) + Array($0.utf8) }
    case .numbers(let numbers): numbers.flatMap { Self.littleEndian($0.bitPattern) }
    }
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

extension OutputTensor.Name {
  var datatype: String { self == .class ? "BYTES" : "FP64" }
}
