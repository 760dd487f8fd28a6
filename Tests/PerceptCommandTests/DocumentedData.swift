/// The public pictures that the documents use.
enum DocumentedData {
  /// Where Debian's dataset-fashion-mnist puts them.
  static let fashion = "/usr/share/datasets/fashion-mnist"
}
