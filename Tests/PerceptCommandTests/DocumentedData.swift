/// The public data set that the documents use.
enum DocumentedData {
  /// The folder in which Debian's package dataset-fashion-mnist installs Fashion-MNIST.
  static let fashion = "/usr/share/datasets/fashion-mnist"
}
