import CPerceptONNXRuntime
import PerceptIO
import Synchronization

/// A graph that ONNX Runtime has loaded. Threads may share it; each image uses one thread.
final class BackboneSession: @unchecked Sendable {
  private let session: OpaquePointer

  /// Opens ONNX Runtime if it is not open, and loads a graph that ``ONNXGraph`` has checked.
  init(_ bytes: [UInt8], input: String, output: String, name: String) throws(FeatureError) {
    try Self.openRuntime(for: name)
    var words = ""
    let session = Self.withError(&words) { text, size in
      bytes.withUnsafeBytes { cort_create_session($0.baseAddress, $0.count, input, output, text, size) }
    }
    guard let session else { throw .failed(backbone: name, words: words) }
    self.session = session
  }

  deinit { cort_release_session(session) }

  /// Returns the output for one input, row by row.
  func run(_ input: [Float], shape: [Int], name: String) throws(FeatureError) -> [Float] {
    var words = ""
    var result: [Float]?
    let shape = shape.map(Int64.init)
    Self.withError(&words) { text, size in
      var values: UnsafePointer<Float>?
      var count = 0
      let output = cort_run(session, input, shape, &values, &count, text, size)
      if output != nil { result = Array(UnsafeBufferPointer(start: values, count: count)) }
      cort_release_output(output)
    }
    guard let result else { throw .failed(backbone: name, words: words) }
    return result
  }

  private static func openRuntime(for name: String) throws(FeatureError) {
    var words = ""
    let folder = Backbone.dataFolder.map { FileSystem.path($0, "lib") }
    let isOpen = withError(&words) { text, size in
      folder.map { cort_open($0, text, size) } ?? cort_open(nil, text, size)
    }
    guard isOpen else { throw .noRuntime(backbone: name, words: words) }
  }

  private static func withError<Result>(
    _ words: inout String, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
      text.initialize(repeating: 0)
      let result = call(text.baseAddress, text.count)
      words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return result
    }
  }
}

extension BackboneSession {
  private struct Weak: @unchecked Sendable {
    weak var session: BackboneSession?
  }

  /// The open sessions by the SHA-256 digests of their files.
  private static let open = Mutex<[String: Weak]>([:])

  /// Returns the open session of a file, or opens one. All models with the same backbone share it.
  static func shared(_ digest: String, _ make: () throws(FeatureError) -> BackboneSession) throws(FeatureError)
    -> BackboneSession
  {
    try open.withLock { (sessions: inout sending [String: Weak]) throws(FeatureError) -> BackboneSession in
      if let session = sessions[digest]?.session { return session }
      let session = try make()
      sessions = sessions.filter { $0.value.session != nil }
      sessions[digest] = Weak(session: session)
      return session
    }
  }
}
