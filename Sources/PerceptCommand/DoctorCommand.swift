import ArgumentParser
import Percept
import PerceptServer

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what is installed, and what this machine offers.",
    discussion: """
      EXAMPLES:
        percept doctor
        percept doctor --json | jq -r '.parts[] | select(.found | not).install'

      Percept opens some libraries only when they are needed. This command tries to
      open each of them, and names the Debian package of those that are missing.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let report = try DoctorReport()
    json ? try Terminal.print(json: report) : report.lines.forEach(Terminal.print)
  }
}

/// What is installed, and what the machine offers.
private struct DoctorReport: Encodable {
  /// A library that is opened when it is needed.
  struct Part: Encodable {
    let purpose: String
    let found: Bool
    /// What was found, or why nothing was.
    let detail: String?
    /// How to install the part.
    let install: String

    var line: [String] {
      ["  " + purpose, found ? detail ?? "found" : "missing: \(detail.map { "\($0); " } ?? "")\(install)"]
    }
  }

  let version = Program.version
  let processors = Processors.count
  /// The instruction set of the loops over pixels.
  let kernels = PixelKernels.instructionSet
  let parts: [Part]
  let backbones = Backbone.installedNames
  let dataFolder = Backbone.dataFolder
  let cacheFolder: String?

  init() throws {
    let runtimeProblem = Backbone.runtimeProblem
    parts = [
      Part(purpose: "training in batches", found: BLAS.isInstalled, detail: BLAS.kernel, package: "libopenblas0"),
      Part(purpose: "HEIC and AVIF", found: HEIFDecoder.isAvailable, detail: "libheif", package: "libheif1"),
      Part(purpose: "TIFF", found: TIFFDecoder.isAvailable, detail: "libtiff", package: "libtiff6"),
      Part(purpose: "archives", found: Archive.isSupported, detail: "libarchive", package: "libarchive13"),
      Part(
        purpose: "PNG figures", found: Drawing.canRender, detail: "librsvg", package: "librsvg2-2 fonts-dejavu-core"),
      Part(
        purpose: "backbones", found: runtimeProblem == nil, detail: runtimeProblem ?? "ONNX Runtime",
        install: "\(Backbone.installer), or apt install libonnxruntime1.21"),
      Part(purpose: "several processes", found: Cluster.isInstalled, detail: "Open MPI", package: "openmpi-bin"),
    ]
    cacheFolder = try PixelCache.user()?.folder
  }

  var lines: [String] {
    let unknown = "none: neither the XDG variable nor HOME is an absolute path"
    return aligned([
      ["percept", version],
      ["processors", "\(processors), \(kernels) kernels"],
      ["installed backbones", backbones.isEmpty ? "none" : backbones.joined(separator: ", ")],
      ["data", dataFolder ?? unknown],
      ["cache", cacheFolder ?? unknown],
    ]) + ["libraries:"] + aligned(parts.map(\.line))
  }
}

extension DoctorReport.Part {
  /// A part that is a Debian package. `detail` describes it if it was found.
  init(purpose: String, found: Bool, detail: String?, package: String) {
    self.init(purpose: purpose, found: found, detail: found ? detail : nil, install: "apt install \(package)")
  }
}
