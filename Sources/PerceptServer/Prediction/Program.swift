/// What the program is called and which it is, as it says of itself.
package enum Program {
  package static let name = "percept"
  package static let version = "0.1.0"
}
