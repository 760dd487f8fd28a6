import ArgumentParser
import Glibc
import Percept
import PerceptServer
import PerceptStudio
import Synchronization

struct StudioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studio",
    abstract: "Watch a neuron learn your pictures, in a page.",
    discussion: """
      EXAMPLES:
        percept studio faces/ --open
        percept studio faces/ --classes male,female --image-size 32
        percept studio /usr/share/datasets/fashion-mnist --classes 1=trouser,3=dress --port 9000

      Opens a page at the address that it prints, on this machine only. Every touch of a slider trains the neuron anew. Nothing leaves the
      machine, and nothing is written but the cache of decoded pictures. Ctrl-C ends it.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var split: SplitOptions

  @Option(help: "The port of the page; 0 for any that is free.")
  var port = 8080

  @Flag(help: "Open the page in the browser.")
  var open = false

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is from 0 to 65535, as \(port) is not.") }
  }

  func run() throws {
    // Before anything starts a thread.
    let signals = ServerSignals(reloading: false)
    let ending = Mutex<(@Sendable () -> Void)?>(nil)
    signals.hear {
      guard let end = ending.withLock({ $0 }) else { _exit(Status.interrupted.rawValue) }
      end()
    }
    let source = try data.source()
    let studio = try Studio(
      Studio.Data(
        source, preprocessing: preprocessing.preprocessing(for: source), testFraction: split.testFraction ?? 0.2,
        seed: split.seed,
        cache: data.noCache ? nil : PixelCache.user(), arguments: arguments),
      progress: Terminal.counter("Reading pictures:", isQuiet: data.quiet))
    let (splits, isOpened) = (try studio.splits(studio.data.preprocessing), open)
    try data.report(
      splits.training.skipped, of: splits.named.reduce(splits.training.skipped.count) { $0 + $1.dataset.count })
    let responder = StudioResponder(studio)
    let (server, port) = (WebServer(responder), port)
    ending.withLock {
      $0 = {
        responder.abandonAll()
        server.end()
      }
    }
    try waiting {
      try await server.run(host: "127.0.0.1", port: port) { port in
        let address = "http://127.0.0.1:\(port)/"
        Terminal.note("The studio is at \(address)")
        if isOpened { Browser.open(address) }
      }
    }
    try Terminal.flush()
    // What is still computed is nobody's any more, and what a library does at exit may wait for it.
    _exit(0)
  }

  /// What `percept train` must be told to take the same pictures.
  private var arguments: [String] {
    var arguments = [data.path]
    if let classes = data.classes { arguments += ["--classes", classes] }
    if let fit = preprocessing.fit { arguments += ["--fit", fit.rawValue] }
    if let labels = data.labels { arguments += ["--labels", labels] }
    if let fraction = split.testFraction { arguments += ["--test-fraction", "\(fraction)"] }
    if split.seed != 0 { arguments += ["--seed", "\(split.seed)"] }
    return arguments
  }
}
