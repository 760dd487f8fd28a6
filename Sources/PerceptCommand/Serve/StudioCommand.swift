import ArgumentParser
import Percept
import PerceptPlatform
import PerceptServer
import PerceptStudio
import Synchronization

struct StudioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studio",
    abstract: "Train interactively in the browser and watch a neuron learn.",
    discussion: """
      EXAMPLES:
        percept studio faces/ --open
        percept studio faces/ --classes male,female --image-size 32
        percept studio faces/ --color gray --port 9000
        percept studio photos/ --features efficientnet-lite0
        percept studio photos/ --corrections corrected.csv

      Serves a page at the address that it prints. Only this machine can open it.
      Each change of a setting retrains the model and updates the page. No data
      leaves the machine. Only the cache of decoded images is written and, with
      --corrections, what you decide about labels. Press Ctrl-C to quit.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var split: SplitOptions

  @Option(help: "The port of the page; 0 chooses a free port.")
  var port = 8090

  @Option(
    help: ArgumentHelp("CSV file for labels corrected on the page, for --labels.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var corrections: String?

  @Flag(help: "Open the page in the default browser.")
  var open = false

  func validate() throws {
    guard corrections == nil || data.labels == nil else {
      throw ValidationError("Use either --labels or --corrections, which reads the labels of its file, too.")
    }
    guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535 (got \(port)).") }
  }

  func run() throws {
    // Install signal handlers before any thread starts.
    let signals = ServerSignals(reloading: false)
    let ending = Mutex<(@Sendable () -> Void)?>(nil)
    signals.hear {
      guard let end = ending.withLock({ $0 }) else { _exit(Status.interrupted.rawValue) }
      end()
    }
    let source = try data.source()
    let studio = try Studio(
      Studio.Data(
        source, preprocessing: preprocessing(for: source), testFraction: split.testFraction ?? 0.2,
        seed: split.seed,
        cache: data.noCache ? nil : PixelCache.user(), arguments: arguments,
        splitArguments: split.testFraction.map { ["--test-fraction", "\($0)"] } ?? [],
        features: preprocessing.features.features,
        pixels: withOwnSize(preprocessing.images.preprocessing(for: source), of: source), corrections: corrections),
      progress: Terminal.counter("Reading images:", isQuiet: data.quiet))
    let (splits, isOpened) = (try studio.splits(studio.data.preprocessing), open)
    try data.report(
      splits.training.skipped, animations: splits.training.animationCount,
      of: splits.named.reduce(splits.training.skipped.count) { $0 + $1.dataset.count })
    let responder = StudioResponder(studio)
    let (server, port) = (WebServer(responder, hosts: .loopback), port)
    ending.withLock {
      $0 = {
        responder.cancelAll()
        server.end()
      }
    }
    try blockingRun {
      try await server.run(host: "127.0.0.1", port: port) { port in
        let address = "http://127.0.0.1:\(port)/"
        Terminal.note("The studio is at \(address)")
        if isOpened { Browser.open(address) }
      }
    }
    try Terminal.flush()
    // Skip exit handlers, which may wait for computations that are still running. Their results are no longer needed.
    _exit(0)
  }

  /// The preprocessing that the page begins with.
  private func preprocessing(for source: DataSource) throws -> Preprocessing {
    withOwnSize(try preprocessing.preprocessing(for: source), of: source)
  }

  /// Small images keep their size, unless another one is given: enlarging them adds pixels, but nothing to learn.
  private func withOwnSize(_ usual: Preprocessing, of source: DataSource) -> Preprocessing {
    guard preprocessing.images.imageSize == nil, usual.extractor == .pixels,
      let side = Exploration.medianSide(of: source),
      side < usual.size.width
    else { return usual }
    var own = usual
    own.size = ImageSize(side)
    return own
  }

  /// The arguments of `percept train` that select the same data and split.
  private var arguments: [String] {
    var arguments = data.arguments
    if let fit = preprocessing.images.fit { arguments += ["--fit", fit.rawValue] }
    if split.seed != 0 { arguments += ["--seed", "\(split.seed)"] }
    return arguments
  }
}
