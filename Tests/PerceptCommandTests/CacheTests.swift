import Foundation
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept cache, and commands that use the cache")
struct CacheTests {
  let folder: TemporaryFolder
  let percept = Program.percept
  let training = ["train", "faces", "--image-size", "8", "--iterations", "20", "--quiet", "--force"]

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
    try folder.write([1, 2, 3, 4], to: "faces/b/broken.png")
  }

  var environment: [String: String?] { ["XDG_CACHE_HOME": folder.path("cache"), "TZ": "UTC"] }
  var names: [String] { (try? FileSystem.names(inFolder: folder.path("cache/percept/pixels"))) ?? [] }

  func run(_ arguments: [String]) throws -> Program.Result {
    try percept(arguments, in: folder, environment: environment)
  }

  func model(_ name: String) throws -> [UInt8] { try FileSystem.read(folder.path(name)) }

  /// Trains without a cache.
  ///
  /// - Returns: the bytes of the model file.
  func reference() throws -> [UInt8] {
    #expect(try run(training + ["--no-cache", "-o", "reference.safetensors"]).status == 0)
    #expect(FileSystem.kind(of: folder.path("cache")) == nil, "--no-cache writes no cache")
    return try model("reference.safetensors")
  }

  @Test("a first run, a run from the cache, and a run without a cache print and write the same, byte for byte")
  func warm() throws {
    let reference = try reference()
    let (cold, warm) = (try run(training + ["-o", "m.safetensors"]), try run(training + ["-o", "m2.safetensors"]))
    #expect(cold.status == 0 && warm.status == 0)
    #expect(try model("m.safetensors") == reference && model("m2.safetensors") == reference)
    #expect(warm.errors == cold.errors && cold.errors.contains("faces/b/broken.png: "))
    #expect(names.count == 1)
    #expect(try run(["evaluate", "m.safetensors", "faces"]).status == 0)
    #expect(try run(["figure", "montage", "faces", "--image-size", "8"]).status == 0)
    #expect(names.count == 1, "commands share the cache")
  }

  @Test("list describes the cached data, and clear removes it")
  func listAndClear() throws {
    _ = try run(training)
    let file = folder.path("cache/percept/pixels/\(names[0])")
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: file)
    try folder.write([0], to: "cache/percept/pixels/0123456789abcdef.pixels")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 2e9)],
      ofItemAtPath: folder.path("cache/percept/pixels/0123456789abcdef.pixels"))
    let bytes = try FileSystem.size(of: file)
    let source = folder.path("faces")
    let width = source.count
    #expect(
      try run(["cache", "list"]).lines == [
        "0123456789abcdef.pixels".padding(toLength: width, withPad: " ", startingAt: 0)
          + "  damaged                      0.0 MB  2033-05-18 03:33",
        source + "  20 images  8 x 8 rgb pixels  0.0 MB  2001-09-09 01:46",
        "2 datasets in \(folder.path("cache/percept/pixels")): 0.0 MB of at most 10737.4 MB",
      ])
    let object = try json(run(["cache", "list", "--json"]).output)
    #expect(object["bytes"] as? Int == bytes + 1 && object["limit"] as? Int == 10 << 30)
    let entries = try #require(object["entries"] as? [[String: Any]])
    #expect(entries.map { $0["isReadable"] as? Bool } == [false, true])
    #expect(entries[1]["source"] as? String == source && entries[1]["pictures"] as? Int == 20)
    #expect(entries[1]["lastUsed"] as? String == "2001-09-09T01:46:40Z" && entries[1]["imageSize"] as? Int == 8)
    #expect(try run(["cache", "clear"]).output == "removed 2 datasets, 0.0 MB\n")
    #expect(try run(["cache", "clear", "--json"]).output == "{\"bytes\":0,\"removed\":0}\n")
    #expect(names.isEmpty)
  }

  @Test("an empty or relative XDG_CACHE_HOME or HOME counts as not set; without both, training works without a cache")
  func homes() throws {
    for value in ["", "relative", nil] as [String?] {
      for (home, isKept) in [(folder.path("home"), true), (nil, false), ("relative", false)] as [(String?, Bool)] {
        let environment = ["XDG_CACHE_HOME": value, "HOME": home]
        #expect(try percept(training, in: folder, environment: environment).status == 0)
        let cleared = try percept("cache", "clear", in: folder, environment: environment).output
        #expect(cleared.hasPrefix(isKept ? "removed 1 dataset" : "no cache: "))
      }
    }
    #expect(FileSystem.kind(of: folder.path("relative")) == nil)
    #expect(try FileSystem.names(inFolder: folder.path("home/.cache/percept/pixels")).isEmpty)
  }

  @Test("an invalid limit is an error; with a small limit nothing is cached")
  func limit() throws {
    for value in ["x", "-1", "1T", "G", "1.5G", "99999999999G", " 1"] {
      let result = try percept(
        training, in: folder, environment: environment.merging(["PERCEPT_CACHE_LIMIT": value]) { $1 })
      #expect(result.status == 64 && result.errors.hasPrefix("Error: PERCEPT_CACHE_LIMIT must be a number of bytes"))
      #expect(result.errors.contains("(got \"\(value)\")"))
    }
    for (value, isKept) in [("0", false), ("1k", false), ("100K", true), ("1g", true), ("", true), ("9999999", true)] {
      let result = try percept(
        training, in: folder, environment: environment.merging(["PERCEPT_CACHE_LIMIT": value]) { $1 })
      #expect(result.status == 0 && names.isEmpty != isKept)
    }
  }

  @Test("if the cache file exceeds the file size limit, training continues without a cache")
  func fileSizeLimit() throws {
    let script = #"ulimit -f 8; exec "$0" "$@""#
    let result = try Program(path: "/bin/sh")(
      ["-c", script, percept.path] + training + ["-o", "m.safetensors"], in: folder, environment: environment)
    #expect(result.status == 0 && names.isEmpty)
    #expect(try run(training + ["-o", "n.safetensors"]).status == 0 && names.count == 1)
    #expect(try model("m.safetensors") == model("n.safetensors"))
  }

  @Test("four concurrent runs with an empty cache write the same model")
  func race() throws {
    let reference = try reference()
    for _ in 0..<5 {
      let script =
        #"for i in 1 2 3 4; do "$0" "$@" -o $i.safetensors & pids="$pids $!"; done; for p in $pids; do wait $p || exit 1; done"#
      let result = try Program(path: "/bin/bash")(
        ["-c", script, percept.path] + training, in: folder, environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      for number in 1...4 { #expect(try model("\(number).safetensors") == reference) }
      #expect(names.count == 1)
      #expect(try run(["cache", "clear"]).status == 0)
    }
  }

  @Test("a killed run does not affect later runs, and clear removes its files")
  func killed() throws {
    let reference = try reference()
    var kills = 0
    for step in 1...20 {
      try folder.addImages([("faces/a", 1)])  // makes the cache out of date
      let killed = try Program(path: "/usr/bin/timeout")(
        ["-s", "KILL", "\(Double(step) * 0.0015)", percept.path] + training + ["-o", "k.safetensors"], in: folder,
        environment: environment)
      if killed.status != 0 { kills += 1 }
      if step % 5 == 0 {
        #expect(try run(training + ["-o", "m.safetensors"]).status == 0)
        #expect(try model("m.safetensors") == reference)
      }
    }
    #expect(kills > 0)
    #expect(try run(["cache", "clear"]).status == 0)
    #expect(names.isEmpty)
  }
}
