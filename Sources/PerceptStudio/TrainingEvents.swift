import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptServer
import PerceptTraining
import Synchronization

/// What somebody wishes of a training that is under way.
final class RunningTraining: Sendable {
  enum Wish: Int, AtomicRepresentable {
    case goOn, stop, abandon
  }

  private let state = Atomic(Wish.goOn)

  var wish: Wish {
    get { state.load(ordering: .relaxed) }
    set { state.store(newValue, ordering: .relaxed) }
  }
}

/// The trainings under way, by the names that the page gave them.
final class RunningTrainings: Sendable {
  private let all = Mutex([String: RunningTraining]())

  /// Nobody waits for any of them any more.
  func abandonAll() {
    all.withLock { $0.values.forEach { $0.wish = .abandon } }
  }

  subscript(name: String) -> RunningTraining? {
    get { all.withLock { $0[name] } }
    set { all.withLock { $0[name] = newValue } }
  }
}

extension StudioResponder {
  /// Gives up every training under way.
  package func abandonAll() { runs.abandonAll() }

  /// Ends a training with what it has learned.
  func stop(_ request: Request) throws -> Response {
    guard request.method == .post else { throw RequestError.wrongMethod(request.method, allowed: [.post]) }
    guard let run = request.query["run"].flatMap({ runs[$0] }) else {
      throw RequestError(.notFound, "there is no such training under way")
    }
    run.wish = .stop
    return Response(status: .noContent)
  }

  /// A training as server-sent events; it is abandoned when the one who asked leaves.
  func training(_ request: Request) -> Response {
    let query = request.query
    let name = query["run"] ?? ""
    let (studio, pool, runs) = (studio, pool, runs)
    let settings = Result { try StudioSettings(query, from: studio.start) }
    let body = ResponseBody { writer in
      let run = RunningTraining()
      runs[name] = run
      // Only what is newest counts; the last event is never overtaken.
      let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1))
      let work = Task {
        continuation.yield(
          await Self.outcome { try await pool.run { try Self.train(settings.get(), studio, run, continuation) } })
        continuation.finish()
      }
      defer {
        run.wish = run.wish == .stop ? .stop : .abandon
        work.cancel()
        if runs[name] === run { runs[name] = nil }
      }
      for await event in events { try await writer.write(ByteBuffer(string: event.text)) }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
  }

  private static func outcome(_ work: () async throws -> Event) async -> Event {
    do {
      return try await work()
    } catch let error as RequestError {
      return Event(failed: error.reason)
    } catch {
      return Event(failed: "\(error)")
    }
  }

  /// Trains, tells every now and then how it goes, and all in the end.
  private static func train(
    _ settings: StudioSettings, _ studio: Studio, _ run: RunningTraining, _ events: AsyncStream<Event>.Continuation
  ) throws -> Event {
    let clock = ContinuousClock()
    var next = clock.now + Self.patience
    var costs: [Double] = []
    let session = try studio.session(settings) { iteration, frame in
      switch run.wish {
      case .goOn: break
      case .stop: throw StopTraining()
      case .abandon: throw CancellationError()
      }
      costs.append(iteration.cost)
      guard clock.now >= next else { return }
      next = clock.now + Self.interval
      events.yield(Event(after: iteration.iteration, settings, costs, frame))
    }
    return Event(done: session, studio)
  }

  /// How long a training may take before the page shows what there is of it: a hand that moves expects an answer within a tenth
  /// of a second, and whoever gets all of it by then needs no part.
  private static let patience = Duration.milliseconds(50)

  /// How often the page hears of a long training after that.
  private static let interval = Duration.milliseconds(200)
}

/// Something that the page hears of a training: parts of it by their names, and numbers.
struct Event: Sendable {
  let text: String

  private struct Content: Encodable {
    var html: [String: String] = [:]
    var progress: Double?
    var failed: String?
    var settings: [String: String]?
    var stable: Double?
    var moments: [TrainingSession.Moment]?
  }

  private init(_ name: String, _ content: Content) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    // JSON keeps line ends escaped, as the format of events needs.
    let json = (try? encoder.encode(content)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    text = "event: \(name)\ndata: \(json)\n\n"
  }

  /// A training is under way.
  init(after iteration: Int, _ settings: StudioSettings, _ costs: [Double], _ frame: TrainingSession.Frame) {
    var chart = Chart.learningCurve([(name: "cost", costs: costs)], title: "Learning …")
    chart.marks = []
    chart.xRange = 0...Double(settings.iterations)
    var content = Content(progress: Double(iteration + 1) / Double(settings.iterations))
    content.html["strip"] = frame.image(settings.preprocessing.size).strip()
    content.html["watch"] = Page.figure(
      chart.drawing(width: TrainingSession.curveWidth, height: 300), id: "learning-curve",
      caption: "Iteration \(iteration + 1) of \(settings.iterations), cost \(short(costs.last ?? 0)).")
    self.init("progress", content)
  }

  /// It has ended well.
  init(done session: TrainingSession, _ studio: Studio) {
    var content = Content()
    let settings = session.settings
    content.html = [
      "look": DataSection.html(session.splits), "watch": session.watch, "strip": session.weightsStrip,
      "judge": session.judge,
      "recipe": session.influence, "result": session.result,
      "keep": session.keep(
        settings.arguments(
          data: studio.data.arguments, for: session.splits.training, usual: studio.data.source.defaultPreprocessing)
          + ["-o", "model.safetensors"]),
    ]
    content.settings = [
      "iterations": "\(settings.iterations)", "rate": "\(session.run.learningRate)", "query": settings.query,
      "pictures": settings.preprocessing.query,
    ]
    content.stable = session.run.stableLearningRate
    content.moments = session.moments
    self.init("done", content)
  }

  /// It could not be.
  init(failed reason: String) { self.init("failed", Content(failed: reason)) }
}
