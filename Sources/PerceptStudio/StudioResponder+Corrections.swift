import FoundationEssentials
import HTTPTypes
import Hummingbird
import PerceptDatasets
import PerceptFigures
import PerceptIO
import PerceptModels
import PerceptServer
import PerceptTraining

/// The studio's only writes: decisions about images, in the file of corrections that the command line names.
extension StudioResponder {
  /// The gallery of findings, and the decisions so far.
  func findings() async throws -> Response {
    let (html, decisions) = try await pool.run { [studio] in
      let (findings, corrections) = (try studio.dataFindings(), studio.currentCorrections)
      return (findings.html(corrections), corrections.map(findings.decisions) ?? [:])
    }
    return Response(json: FindingsOutput(html: html, decisions: decisions))
  }

  private struct FindingsOutput: Encodable {
    let html: String
    let decisions: [String: DecisionOutput]
  }

  /// Sets or withdraws a decision. Only the page itself can: it sends its token and has its own origin.
  func correct(_ request: Request) async throws -> Response {
    guard request.method == .post else { throw RequestError.wrongMethod(request.method, allowed: [.post]) }
    try checkOrigin(of: request)
    let body = try await request.bytes(within: limits)
    guard let wish = try? JSONDecoder().decode(Wish.self, from: Data(body)) else {
      throw RequestError(.badRequest, #"the body must be {"row": 0, "decision": "keep"}, with a label to relabel"#)
    }
    let decision = try wish.decided(classes: studio.data.source.classNames.count)
    let edition = try await pool.run { [studio] in
      do {
        return try studio.decide(decision, row: wish.row)
      } catch let error as ChangedCorrections {
        throw RequestError(.conflict, "\(error)")
      } catch let error as FileError {
        throw RequestError(.internalServerError, "\(error)")
      }
    }
    return Response(json: ["edition": edition])
  }

  private struct Wish: Decodable {
    let row: Int
    /// Nil withdraws the decision.
    let decision: String?
    let label: Int?

    func decided(classes: Int) throws -> Corrections.Decision? {
      guard let decision else { return nil }
      guard let name = LabelDecision(rawValue: decision) else {
        let all = LabelDecision.allCases.map(\.rawValue).joined(separator: ", ")
        throw RequestError(.badRequest, "decision must be one of \(all) (got \(decision))")
      }
      guard name != .relabel || (0..<classes).contains(label ?? -1) else {
        throw RequestError(.badRequest, "label must be ≥ 0 and < \(classes)")
      }
      return Corrections.Decision(name, label: label ?? 0)
    }
  }

  private func checkOrigin(of request: Request) throws {
    guard let host = request.head.authority, request.headers[.origin] == "http://\(host)" else {
      throw RequestError(.forbidden, "corrections are accepted from the studio's own page only")
    }
    guard let name = HTTPField.Name("X-Percept-Token"), request.headers[name] == studio.token else {
      throw RequestError(.forbidden, "the page is from an earlier start of the studio; reload it")
    }
  }

  /// The change in accuracy that the corrections make, with its interval, as HTML.
  func change(_ settings: StudioSettings) async throws -> Response {
    guard let corrections = studio.currentCorrections, !settings.edition.isEmpty else {
      return Response(json: Fragment(html: ""))
    }
    var uncorrected = settings
    uncorrected.edition = ""
    let (after, before) = (try await session(settings), try await session(uncorrected))
    let words = try await pool.run {
      let evaluation = after.judged.evaluation
      return try CorrectionEffect(
        evaluation, before.classifier.evaluate(on: evaluation.dataset), split: after.judged.name, corrections
      ).sentence
    }
    return Response(json: Fragment(html: Page.paragraph(words, class: "answer")))
  }
}

/// The difference that corrections make: two trainings with the same settings, judged on the same images.
struct CorrectionEffect {
  private let after: Evaluation
  private let before: Evaluation
  private let split: String
  private let corrections: Corrections

  /// `before` is the evaluation of the model without corrections, on the images and labels of `after`.
  init(_ after: Evaluation, _ before: Evaluation, split: String, _ corrections: Corrections) {
    (self.after, self.before, self.split, self.corrections) = (after, before, split, corrections)
  }

  var sentence: String {
    let comparison = after.compared(with: before)
    let (relabeled, leftOut) = corrections.counts
    let what = [relabeled > 0 ? "\(relabeled) relabeled" : nil, leftOut > 0 ? "\(leftOut) left out" : nil]
      .compactMap(\.self).joined(separator: ", ")
    let points = 100 * (after.accuracy - before.accuracy)
    let interval = comparison.interval
    return
      "With the corrections (\(what)), the accuracy on the \(after.outcomes.count) \(TrainingSession.adjective(split)) photos is "
      + "\(Ticks.percent(after.accuracy)) instead of \(Ticks.percent(before.accuracy)): \(Self.signed(points)) points "
      + "(95 % interval \(Self.signed(100 * interval.lowerBound)) to \(Self.signed(100 * interval.upperBound))). "
      + "Both models have the same settings and are judged by the corrected labels. "
      + (comparison.finding == .undecided
        ? "The difference is not significant." : "The difference is significant (p < 0.05).")
  }

  private static func signed(_ points: Double) -> String {
    let rounded = (abs(points) * 10).rounded() / 10
    return (points < 0 && rounded > 0 ? "−" : "+") + "\(rounded)"
  }
}
