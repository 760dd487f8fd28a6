import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptServer
import PerceptTraining
import Synchronization

/// A training in progress, and whether it should continue.
final class RunningTraining: Sendable {
  enum Command: Int, AtomicRepresentable {
    case run, stop, cancel
  }

  private let state = Atomic(Command.run)

  var command: Command {
    get { state.load(ordering: .relaxed) }
    set { state.store(newValue, ordering: .relaxed) }
  }
}

/// The trainings in progress, by the run name that the page chose.
final class RunningTrainings: Sendable {
  private let all = Mutex([String: RunningTraining]())

  func cancelAll() {
    all.withLock { $0.values.forEach { $0.command = .cancel } }
  }

  subscript(name: String) -> RunningTraining? {
    get { all.withLock { $0[name] } }
    set { all.withLock { $0[name] = newValue } }
  }
}

extension StudioResponder {
  /// Cancels every training in progress and discards its result.
  package func cancelAll() { runs.cancelAll() }

  func stop(_ request: Request) throws -> Response {
    guard request.method == .post else { throw RequestError.wrongMethod(request.method, allowed: [.post]) }
    guard let run = request.query["run"].flatMap({ runs[$0] }) else {
      throw RequestError(.notFound, "no training with this run name is in progress")
    }
    run.command = .stop
    return Response(status: .noContent)
  }

  /// Trains, and streams the progress as server-sent events. Disconnecting cancels the training.
  func training(_ request: Request) -> Response {
    let query = request.query
    let name = query["run"] ?? ""
    let (studio, pool, runs) = (studio, pool, runs)
    let (settings, photo) = (Result { try self.settings(query) }, ShownPhoto(query["photo"] ?? ""))
    let body = ResponseBody { writer in
      let run = RunningTraining()
      runs[name] = run
      // A slow client gets only the newest event. The final event is yielded last, so it is never dropped.
      let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1))
      let work = Task {
        continuation.yield(
          await Self.outcome { try await pool.run { try Self.train(settings.get(), photo, studio, run, continuation) } }
        )
        continuation.finish()
      }
      defer {
        run.command = run.command == .stop ? .stop : .cancel
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

  private static func train(
    _ settings: StudioSettings, _ photo: ShownPhoto?, _ studio: Studio, _ run: RunningTraining,
    _ events: AsyncStream<Event>.Continuation
  ) throws -> Event {
    let clock = ContinuousClock()
    var next = clock.now + Self.progressDelay
    var costs: [Double] = []
    let session = try studio.session(settings) { iteration, frame in
      switch run.command {
      case .run: break
      case .stop: throw StopTraining()
      case .cancel: throw CancellationError()
      }
      costs.append(iteration.cost)
      guard clock.now >= next else { return }
      next = clock.now + Self.interval
      events.yield(
        Event(after: iteration.iteration, settings, costs, frame, classes: studio.data.source.classNames))
    }
    return Event(done: session, studio, photo)
  }

  /// A slider should update the page within 100 ms. Trainings that finish before this delay send no progress events.
  private static let progressDelay = Duration.milliseconds(50)

  private static let interval = Duration.milliseconds(200)
}

/// The image that the workbench shows, as in the query of a training: `test-12`.
struct ShownPhoto: Sendable {
  let part: String
  let index: Int

  init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let index = Int(parts[1]) else { return nil }
    (part, self.index) = (String(parts[0]), index)
  }
}

/// A server-sent event about a training: HTML fragments by the id of the element that they replace, and numbers.
struct Event: Sendable {
  let text: String

  private struct Content: Encodable {
    var html: [String: String] = [:]
    var progress: Double?
    var failed: String?
    var settings: [String: String]?
    var stable: Double?
    var moments: [TrainingSession.Moment]?
    var shown: TrainingSession.Shown?
    var advice: [String: String]?
    var plot: [Double]?
    /// The absolute weight that has the full color if all frames have the same scale.
    var limit: Double?
  }

  private init(_ name: String, _ content: Content) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    // JSON escapes line breaks, which would end a field of an event.
    let json = (try? encoder.encode(content)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    text = "event: \(name)\ndata: \(json)\n\n"
  }

  init(
    after iteration: Int, _ settings: StudioSettings, _ costs: [Double], _ frame: TrainingSession.Frame,
    classes: [String]
  ) {
    var chart = Chart.learningCurve([(name: "cost", costs: costs)], title: "Training …")
    chart.marks = []
    chart.xRange = 0...Double(settings.configuration.iterations)
    var content = Content(progress: Double(iteration + 1) / Double(settings.configuration.iterations))
    content.html["strip"] = WeightTiles.html(frame, classes: settings.hidden.isEmpty ? classes : [])
    content.html["watch"] = Page.figure(
      chart.drawing(width: TrainingSession.curveWidth, height: TrainingSession.curveHeight), id: "learning-curve",
      caption: "Iteration \(iteration + 1) of \(settings.configuration.iterations), cost \(short(costs.last ?? 0)).")
    self.init("progress", content)
  }

  init(done session: TrainingSession, _ studio: Studio, _ photo: ShownPhoto?) {
    var content = Content()
    let settings = session.settings
    content.html = [
      "look": DataSection.html(session.splits, session.settings.imageQuery), "watch": session.watch,
      "strip": session.weightTiles, "legend": session.legend,
      "judge": session.judge,
      "influence": session.influence, "result": session.result,
      "keep": session.keep(
        settings.arguments(
          data: studio.arguments(settings, session.splits), for: session.splits.training,
          usual: studio.data.source.defaultPreprocessing(settings.preprocessing.extractor))
          + ["-o", "model.safetensors"]),
    ]
    content.settings = [
      "iterations": "\(settings.configuration.iterations)", "rate": "\(session.run.learningRate)",
      "query": settings.query,
      "preprocessing": settings.imageQuery,
      "pixels": settings.preprocessing.extractor == .pixels ? "true" : "",
    ]
    content.stable = session.run.stableLearningRate
    content.moments = session.moments
    content.shown = photo.flatMap { session.shown($0.part, $0.index) } ?? session.shown(session.judged.name, 0)
    (content.advice, content.plot) = (session.advice, session.plot)
    content.limit = Double(session.weightLimit)
    self.init("done", content)
  }

  init(failed reason: String) { self.init("failed", Content(failed: reason)) }
}
