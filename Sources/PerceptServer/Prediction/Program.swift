package enum Program {
  package static let name = "percept"
  package static let version = "0.2.0"
}
