import Hummingbird

/// The host names by which a server may be addressed. A server on loopback must check them: otherwise, a page of another
/// site whose name resolves to 127.0.0.1 can send requests and read the responses (DNS rebinding).
package struct AllowedHosts: Sendable {
  /// Nil if any host is allowed.
  private let names: Set<String>?

  package static let any = AllowedHosts(names: nil)

  /// The names of loopback.
  package static let loopback = AllowedHosts(names: ["127.0.0.1", "localhost", "[::1]"])

  /// The hosts of a server that listens on `address`: on loopback, those of loopback, the address, and `names`. On other
  /// addresses, any host, unless there are `names`.
  package init(listeningOn address: String, names: [String]) {
    guard isLoopback(address) || !names.isEmpty else {
      self = .any
      return
    }
    let own = address.contains(":") ? "[\(address)]" : address
    self.init(names: (Self.loopback.names ?? []).union([own]).union(names.map { $0.lowercased() }))
  }

  private init(names: Set<String>?) { self.names = names }

  /// Throws ``RequestError`` with status 403 if the host is not allowed. The port does not matter.
  func check(_ request: Request) throws {
    guard let names else { return }
    let host = (request.head.authority ?? "").lowercased()
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    guard names.contains(String(name)) else {
      throw RequestError(.forbidden, "the host must be \(names.sorted().joined(separator: " or ")) (got \(host))")
    }
  }
}
