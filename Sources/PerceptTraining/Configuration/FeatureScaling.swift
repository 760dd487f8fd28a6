/// How features are scaled while a network learns. A finished network takes pixels as they are.
public enum FeatureScaling: String, Sendable, Hashable, CaseIterable {
  /// Pixels from 0 to 1.
  case unit
  /// Each feature less its mean and divided by its standard deviation, both of the training examples.
  case standardize
}
