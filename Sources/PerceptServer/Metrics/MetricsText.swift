import HTTPTypes
import Hummingbird
import NIOCore

/// Metrics in the text format of Prometheus, version 0.0.4.
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  /// Names and values, in the order in which they are written.
  typealias Labels = KeyValuePairs<String, String>

  private(set) var text = ""

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Says what the samples that follow are.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func add(_ name: String, _ labels: Labels, _ value: some CustomStringConvertible) {
    let pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
  }

  /// A histogram's samples; its classes are cumulative.
  mutating func add(_ name: String, _ label: (name: String, value: String), _ histogram: Histogram) {
    var total = 0
    for (bound, count) in zip(Histogram.bounds, histogram.counts) {
      total += count
      add("\(name)_bucket", [label.name: label.value, "le": "\(bound)"], total)
    }
    add("\(name)_bucket", [label.name: label.value, "le": "+Inf"], histogram.count)
    add("\(name)_sum", [label.name: label.value], histogram.sum)
    add("\(name)_count", [label.name: label.value], histogram.count)
  }

  /// A label's value between its quotes.
  private static func escaped(_ value: String) -> String {
    value.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
