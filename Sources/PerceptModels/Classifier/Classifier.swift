import PerceptDatasets
public import PerceptImages

/// A trained network with everything that a prediction needs: the names of the classes and the way from a picture to
/// features. Training, command line and every service ask it, so all of them give the same number.
public struct Classifier: Sendable, Hashable {
  /// The weights.
  public let network: Network
  /// The names of the classes; a prediction's label is an index into them.
  public let classNames: [String]
  /// How a picture becomes features.
  public let preprocessing: Preprocessing
  /// How the weights came about.
  public var record: TrainingRecord
  /// T, above 0: logits are divided by it before they become probabilities, which changes no answer. 1 unless the classifier is
  /// calibrated; see ``Evaluation/bestTemperature``.
  public var temperature: Double {
    didSet { precondition(temperature > 0 && temperature.isFinite, "a temperature is positive") }
  }

  /// A classifier of a network.
  ///
  /// - Parameters:
  ///   - network: takes `preprocessing.featureCount` inputs.
  ///   - classNames: as many as `network.classCount`; a neuron's say what 0 and 1 mean.
  ///   - preprocessing: how a picture becomes features.
  ///   - record: how the weights came about.
  ///   - temperature: what logits are divided by before they become probabilities, above 0.
  public init(
    network: Network, classNames: [String], preprocessing: Preprocessing, record: TrainingRecord,
    temperature: Double = 1
  ) {
    precondition(temperature > 0 && temperature.isFinite, "a temperature is positive")
    precondition(network.inputs == preprocessing.featureCount, "inputs and features differ in number")
    precondition(classNames.count == network.classCount, "class names and the network's classes differ in number")
    self.network = network
    self.classNames = classNames
    self.preprocessing = preprocessing
    self.record = record
    self.temperature = temperature
  }

  /// The features of a picture: `preprocessing.featureCount` bytes.
  public func features(of image: Image) -> [UInt8] { preprocessing.features(of: image) }

  /// The answer for features.
  ///
  /// - Parameter features: `preprocessing.featureCount` bytes, valid during the call.
  /// - Returns: the probability of each class.
  public func predict(_ features: UnsafeBufferPointer<UInt8>) -> Prediction {
    Prediction(logits: network.logits(of: features), temperature: temperature)
  }

  /// The answer for a picture.
  public func predict(_ image: Image) -> Prediction {
    features(of: image).withUnsafeBufferPointer(predict)
  }

  /// The answer for a picture file, or for one picture of an IDX file (`train-images-idx3-ubyte.gz#17`).
  ///
  /// - Throws: `FileError`, `ImageError` or `DatasetError` when it cannot be read as a picture.
  public func predict(file: String) throws -> Prediction {
    try preprocessing.features(at: file).withUnsafeBufferPointer(predict)
  }

  /// The answer for an encoded picture.
  ///
  /// - Parameters:
  ///   - bytes: a JPEG, PNG, WebP, HEIC or AVIF file's content.
  ///   - name: what errors call it.
  ///   - pixelBudget: the largest declared `width x height` that is decoded.
  /// - Returns: the probability of each class.
  /// - Throws: `ImageError` when they are not a picture.
  public func predict(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws -> Prediction {
    try preprocessing.features(decoding: bytes, named: name, pixelBudget: pixelBudget).withUnsafeBufferPointer(predict)
  }
}
