public import PerceptDatasets
public import PerceptFeatures
public import PerceptImages

/// A trained network with everything that a prediction needs: class names, preprocessing, and temperature. All
/// predictions go through this type, so the library, the command line and the server return the same numbers.
public struct Classifier: Sendable, Hashable {
  /// The network.
  public let network: Network
  /// The names of the classes. The label of a prediction is an index into this list.
  public let classNames: [String]
  /// The conversion of an image into features.
  public let preprocessing: Preprocessing
  /// The record of the training run.
  public var record: TrainingRecord
  /// The images that the network was trained and validated on; nil if they are unknown. ``partition(_:)`` uses them.
  public var seen: SeenImages?
  /// The temperature T > 0: logits are divided by it before they become probabilities, which changes no predicted
  /// class. It is 1 unless the classifier is calibrated.
  public var temperature: Double {
    didSet { precondition(temperature > 0 && temperature.isFinite, "the temperature must be > 0 and finite") }
  }

  /// Creates a classifier.
  ///
  /// - Parameters:
  ///   - network: a network with `preprocessing.featureCount` inputs.
  ///   - classNames: the `network.classCount` names of the classes.
  ///   - preprocessing: the conversion of an image into features.
  ///   - record: the record of the training run.
  ///   - seen: the images that the network was trained and validated on; nil if they are unknown.
  ///   - temperature: the divisor of the logits, > 0.
  public init(
    network: Network, classNames: [String], preprocessing: Preprocessing, record: TrainingRecord,
    seen: SeenImages? = nil, temperature: Double = 1
  ) {
    precondition(temperature > 0 && temperature.isFinite, "the temperature must be > 0 and finite")
    precondition(network.inputs == preprocessing.featureCount, "needs one network input for each feature")
    precondition(classNames.count == network.classCount, "needs one class name for each class of the network")
    self.network = network
    self.classNames = classNames
    self.preprocessing = preprocessing
    self.record = record
    self.seen = seen
    self.temperature = temperature
  }

  /// Returns the features of an image, `preprocessing.featureCount` bytes.
  ///
  /// - Throws: `FeatureError` if the extractor of ``preprocessing`` fails.
  public func features(of image: Image) throws(FeatureError) -> [UInt8] { try preprocessing.features(of: image) }

  /// Returns the prediction for features, `preprocessing.featureCount` bytes.
  public func predict(_ features: UnsafeBufferPointer<UInt8>) -> Prediction {
    Prediction(logits: network.logits(of: features), temperature: temperature)
  }

  /// Returns the prediction for an image.
  ///
  /// - Throws: `FeatureError` if the extractor of ``preprocessing`` fails.
  public func predict(_ image: Image) throws(FeatureError) -> Prediction {
    predict(features: try features(of: image))
  }

  /// Returns the prediction for the samples of an image, `width x height x channels` of ``preprocessing``. Throws
  /// `FeatureError` if the extractor fails.
  package func predict(ofSamples samples: [UInt8]) throws(FeatureError) -> Prediction {
    predict(features: try preprocessing.features(ofSamples: samples))
  }

  private func predict(features: [UInt8]) -> Prediction { features.withUnsafeBufferPointer(predict) }

  /// Returns the prediction for an image file, or for one image of an IDX file (`train-images-idx3-ubyte.gz#17`).
  ///
  /// - Throws: `FileError`, `ImageError` or `DatasetError` if the file cannot be read as an image; `FeatureError` if the
  ///   extractor of ``preprocessing`` fails.
  public func predict(file: String) throws -> Prediction {
    predict(features: try preprocessing.features(at: file))
  }

  /// Returns the prediction for an encoded image, such as a `Data`: the content of an image file.
  ///
  /// - Throws: `ImageError` if the bytes cannot be decoded as an image; `FeatureError` if the extractor fails.
  public func predict(encoded bytes: some Collection<UInt8>) throws -> Prediction {
    try predict(decoding: Array(bytes), named: "image")
  }

  /// Returns the prediction for an encoded image.
  ///
  /// - Parameters:
  ///   - bytes: the content of an image file in a format that ``Image`` reads.
  ///   - name: the name of the image in errors.
  ///   - pixelBudget: the largest number of pixels, width x height, that is decoded.
  /// - Returns: the predicted class and the probability of each class.
  /// - Throws: `ImageError` if the bytes cannot be decoded as an image; `FeatureError` if the extractor fails.
  public func predict(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws -> Prediction {
    predict(features: try preprocessing.features(decoding: bytes, named: name, pixelBudget: pixelBudget))
  }
}
