/// The scaling of features in training. It is folded into the first layer, so a trained network always takes bytes.
public enum FeatureScaling: String, Sendable, Hashable, CaseIterable, Codable {
  /// x/255, which is 0 … 1.
  case unit
  /// x/255 minus its mean over the training examples.
  case centered
  /// x minus its mean, divided by its standard deviation, both over the training examples.
  case standardized
}
