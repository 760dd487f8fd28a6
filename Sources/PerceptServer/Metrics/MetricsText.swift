import HTTPTypes
import Hummingbird
import NIOCore

/// A writer for the text format of Prometheus, version 0.0.4.
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  typealias Labels = KeyValuePairs<String, String>

  private(set) var text = ""

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Begins a metric family: writes its HELP and TYPE lines.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func add(_ name: String, _ labels: Labels, _ value: some CustomStringConvertible) {
    let pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
  }

  /// Adds the samples of a histogram, with cumulative buckets.
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
