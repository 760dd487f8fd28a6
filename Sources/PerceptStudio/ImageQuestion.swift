import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// A picture that is asked about, and all that the page says of it.
struct ImageQuestion {
  let session: TrainingSession
  let features: [UInt8]
  /// What it is, where that is known.
  let label: Int?

  private var classifier: Classifier { session.classifier }
  private var names: [String] { classifier.classNames }

  /// What the page draws, and lets people paint on: the picture as the neuron sees it.
  var image: Image { session.settings.preprocessing.image(of: features) }

  /// The answer with its reasons, as HTML.
  var answer: (html: String, prediction: Prediction) {
    let explanation = Explanation(classifier, features: features, mean: session.mean, run: session.run)
    let prediction = explanation.prediction
    let splits = [
      verdict(prediction), reasons(explanation), counterfactual(explanation), influence(explanation), steps(prediction),
    ]
    return (splits.joined(separator: "\n"), prediction)
  }

  private func verdict(_ prediction: Prediction) -> String {
    let truth = label.map { " That is \($0 == prediction.label ? "right" : "wrong"): the label says \(names[$0])." }
    let order = prediction.probabilities.indices.sorted { prediction.probabilities[$0] > prediction.probabilities[$1] }
    let rows = order.prefix(10).map { index in
      let share = prediction.probabilities[index]
      return
        "<tr><th scope=\"row\">\(escaped(names[index]))</th><td><meter value=\"\(share)\" aria-label=\"\(escaped(names[index]))\">"
        + "</meter></td><td>\(Ticks.percent(share))</td></tr>"
    }
    return "<p class=\"answer\"><strong>\(escaped(names[prediction.label]))</strong>, "
      + "<span id=\"probability\" data-probability=\"\(prediction.probability)\">\(Ticks.percent(prediction.probability))</span>."
      + "\(escaped(truth ?? ""))</p><table class=\"probabilities\"><caption>The probability of each class</caption><tbody>\(rows.joined())</tbody></table>"
  }

  /// What spoke for and against, as a picture and as a sum.
  private func reasons(_ explanation: Explanation) -> String {
    let sums = explanation.attributions
    let rows = explanation.summands.map { ($0.name, signed($0.value)) } + [("together: z", signed(sums.logit))]
    let table = rows.map { "<tr><th scope=\"row\">\(escaped($0))</th><td>\($1)</td></tr>" }
    let (forName, against) = (escaped(explanation.className), escaped(explanation.otherName))
    let what =
      explanation.hasHiddenLayers
      ? "What each pixel adds on the way from the mean training photo to this one" : "Pixel times weight, w·x"
    let alt = "What each pixel adds to z: red for \(forName), blue for \(against), black for nothing"
    return """
      <div class="reasons"><figure><img src="\(sums.image.dataURI)" alt="\(alt)" width="\(sums.size.width)" \
      height="\(sums.size.height)"><figcaption>\(what): <b class="for">red</b> spoke for \(forName), \
      <b class="against">blue</b> for \(against).</figcaption></figure>
      <table class="sum"><caption>All of it added up</caption><tbody>\(table.joined())</tbody></table></div>
      """
  }

  /// The smallest change that changes the answer: before, after, and what changes.
  private func counterfactual(_ explanation: Explanation) -> String {
    var images = ""
    if let counterfactual = explanation.counterfactual {
      let (difference, factor) = counterfactual.difference
      let other = names[counterfactual.prediction.label]
      let shown = [
        (explanation.image, names[explanation.prediction.label], explanation.prediction.probability),
        (counterfactual.image, other, counterfactual.prediction.probability),
      ]
      let cells =
        shown.map { ($0, "\($1), \(Ticks.percent($2))") } + [
          (difference, factor == 1 ? "the difference" : "the difference, \(factor) times as large")
        ]
      images = cells.map { image, words in
        "<figure><img src=\"\(image.losslessDataURI)\" alt=\"\(escaped(words))\" width=\"\(image.width)\" "
          + "height=\"\(image.height)\"><figcaption>\(escaped(words))</figcaption></figure>"
      }.joined()
    }
    return "<h3>How little it would take</h3>"
      + Page.paragraph(explanation.counterfactualSentence, class: "nudge-words")
      + (images.isEmpty ? "" : "<div class=\"nudge\">\(images)</div>")
  }

  /// The training photos that pulled this answer most each way.
  private func influence(_ explanation: Explanation) -> String {
    guard let influence = explanation.influence else { return "" }
    let ways = [(true, explanation.className), (false, explanation.otherName)].map { isFor, name in
      let buttons = influence.strongest(6, for: isFor).map {
        session.trainingButton($0.row, number: Explanation.signed($0.pull))
      }
      return buttons.isEmpty
        ? "" : Page.paragraph("Most for \(name):") + "<ol class=\"pictures\">\(buttons.joined())</ol>"
    }
    return "<h3>The photos behind this answer</h3>"
      + Page.paragraph(explanation.influenceSentence(among: session.splits.training.count)) + ways.joined()
  }

  /// The article's six steps with this picture's numbers.
  private func steps(_ prediction: Prediction) -> String {
    guard classifier.network.layers.count == 1, names.count == 2 else { return "" }
    let y = label ?? prediction.label
    let steps = BackpropagationTrace(classifier, features: features, label: y)
    let rate = session.run.learningRate
    let known = label == nil ? "if it is \(names[y])" : "since it is \(names[y])"
    let rows: [(String, String, String)] = [
      ("1. Start", "weights w and bias b, as learned so far", "\(features.count) weights, b = \(number(steps.bias))"),
      (
        "2. Forward", "z = Σ w·x + b",
        "\(number(steps.product)) \(steps.bias < 0 ? "−" : "+") \(number(abs(steps.bias))) = \(number(steps.logit))"
      ),
      ("", "a = 1 / (1 + e⁻ᶻ)", number(steps.activation)),
      ("3. Cost", "J = −log \(y == 1 ? "a" : "(1 − a)"), \(known) (y = \(y))", number(steps.cost)),
      ("4. Backward", "dJ/da = \(y == 1 ? "−1/a" : "1/(1 − a)")", number(steps.activationGradient)),
      ("", "dJ/dz = a − y, and so is dJ/db", number(steps.logitGradient)),
      ("", "dJ/dw = (a − y)·x, its length", number(steps.weightGradientLength)),
      (
        "5. Update", "b − α·dJ/db with α = \(Ticks.label(Ticks.significant(rate, digits: 4)))",
        number(steps.bias - rate * steps.logitGradient)
      ),
      ("", "how far w moves: α·‖dJ/dw‖", number(rate * steps.weightGradientLength)),
      ("6. Repeat", "over all training photos, their mean", "\(counted(session.settings.iterations, "iteration"))"),
    ]
    let body = rows.map { "<tr><th scope=\"row\">\($0)</th><td>\(escaped($1))</td><td>\(escaped($2))</td></tr>" }
    return
      "<details><summary>The six steps of learning, with this picture’s numbers</summary><div class=\"scroll\"><table class=\"steps\">"
      + "<caption>As if it were the only training photo</caption><tbody>\(body.joined())</tbody></table></div></details>"
  }

  private func number(_ value: Double) -> String {
    let text = Ticks.label(Ticks.significant(abs(value), digits: 5))
    return value < 0 ? "−" + text : text
  }

  private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value) }
}
