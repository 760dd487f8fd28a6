import CPerceptONNXRuntime
import PerceptIO
import PerceptImages

/// A graph that ONNX Runtime has loaded. Threads may share it; each image uses one thread.
final class BackboneSession: @unchecked Sendable {
  private let session: OpaquePointer

  /// Opens ONNX Runtime if it is not open, and loads a graph that ``ONNXGraph`` has checked.
  init(_ bytes: ArraySlice<UInt8>, input: String, output: String, name: String) throws(FeatureError) {
    try Self.openRuntime(for: name)
    var words = ""
    let session = withErrorText(&words) { text, size in
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
    withErrorText(&words) { text, size in
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
    if let problem = Backbone.runtimeProblem { throw .noRuntime(backbone: name, words: problem) }
  }
}

extension Backbone {
  /// Why ONNX Runtime cannot be opened; nil if it is open. Opens it.
  package static var runtimeProblem: String? {
    var words = ""
    let folder = dataFolder.map { FileSystem.path($0, "lib") }
    let isOpen = withErrorText(&words) { text, size in
      folder.map { cort_open($0, text, size) } ?? cort_open(nil, text, size)
    }
    return isOpen ? nil : words
  }
}
