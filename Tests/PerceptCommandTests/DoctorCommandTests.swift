import PerceptTestSupport
import Testing

@Suite("percept doctor")
struct DoctorCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws { folder = try TemporaryFolder() }

  private func parts(_ environment: [String: String] = [:]) throws -> [String: [String: Any]] {
    let object = try json(percept("doctor", "--json", in: folder, environment: environment).output)
    let parts = try #require(object["parts"] as? [[String: Any]])
    return Dictionary(uniqueKeysWithValues: parts.map { ($0["purpose"] as? String ?? "", $0) })
  }

  @Test("names the processor's kernels, the folders, and what was found")
  func found() throws {
    let environment = ["XDG_DATA_HOME": folder.path("data"), "XDG_CACHE_HOME": folder.path("cache")]
    let result = try percept("doctor", in: folder, environment: environment)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains(/processors +\d+, (AVX-512|AVX2|SSE2|NEON) kernels/))
    #expect(result.output.contains("  \(folder.path("data"))/percept\n"))
    #expect(result.output.contains("  \(folder.path("cache"))/percept/pixels\n"))
    #expect(result.output.contains(/training in batches +OpenBLAS \d/))
    #expect(result.output.contains(/installed backbones +none/))
  }

  @Test("a library that cannot be opened is missing, with the package that contains it")
  func missing() throws {
    let names = [
      "libopenblas.so.0", "libheif.so.1", "librsvg-2.so.2", "libmpi.so.40", "libonnxruntime.so.1", "libtiff.so.6",
      "libarchive.so.13",
    ]
    for name in names { try folder.write([], to: "damaged/\(name)") }
    let parts = try parts(["LD_LIBRARY_PATH": folder.path("damaged"), "XDG_DATA_HOME": folder.path("data")])
    let packages = [
      "training in batches": "libopenblas0", "HEIC and AVIF": "libheif1", "PNG figures": "librsvg2-2",
      "several processes": "openmpi-bin", "backbones": "get-backbone",
      "TIFF": "libtiff6", "archives": "libarchive13",
    ]
    for (purpose, package) in packages {
      let part = try #require(parts[purpose])
      #expect(part["found"] as? Bool == false && (part["install"] as? String)?.contains(package) == true, "\(purpose)")
    }
    #expect(try self.parts()["HEIC and AVIF"]?["found"] as? Bool == true)
  }

  @Test("-V is --version")
  func version() throws {
    let short = try percept("-V")
    let long = try percept("--version")
    #expect(short.status == 0 && short.output == long.output && !short.output.isEmpty)
  }

  @Test("shells complete model files, the values of options, and the names of features")
  func completion() throws {
    let script = try percept("--generate-completion-script", "bash").output
    #expect(script.contains("safetensors") && script.contains("gradient-descent"))
    let names = try percept(
      "---completion", "train", "--", "--features", "0", "0", environment: ["XDG_DATA_HOME": "/none"])
    #expect(names.output.split(separator: "\n") == ["pixels", "hog"])
  }
}
