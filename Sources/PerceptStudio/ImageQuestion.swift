import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// A single image with its prediction and explanation, as the page shows them.
struct ImageQuestion {
  let session: TrainingSession
  /// The preprocessed image, which the page displays and lets people paint on.
  let prepared: PreparedImage
  /// The index of the true class, if known.
  let label: Int?

  private var classifier: Classifier { session.classifier }
  private var names: [String] { classifier.classNames }

  private var features: [UInt8] { prepared.features }

  var image: Image { prepared.image }

  /// Throws `FeatureError` if a backbone fails.
  func answer() throws -> (html: String, prediction: Prediction) {
    let explanation = try Explanation(classifier, of: prepared, mean: session.mean, run: session.run)
    let prediction = explanation.prediction
    let sections = [
      verdict(prediction), reasons(explanation), steps(prediction), counterfactual(explanation), influence(explanation),
    ]
    return (sections.joined(separator: "\n"), prediction)
  }

  private func verdict(_ prediction: Prediction) -> String {
    let truth = label.map { " \($0 == prediction.label ? "Correct" : "Wrong"): the label is \(names[$0])." }
    let order = prediction.probabilities.indices.sorted { prediction.probabilities[$0] > prediction.probabilities[$1] }
    let rows = order.prefix(10).map { index in
      let share = prediction.probabilities[index]
      return
        "<tr><th scope=\"row\">\(escaped(names[index]))</th><td><meter value=\"\(share)\" aria-label=\"\(escaped(names[index]))\">"
        + "</meter></td><td>\(Ticks.percent(share))</td></tr>"
    }
    return "<p class=\"answer\"><strong>\(escaped(names[prediction.label]))</strong>, "
      + "<span id=\"probability\" data-probability=\"\(prediction.probability)\">\(Ticks.percent(prediction.probability))</span>."
      + "\(escaped(truth ?? ""))</p><table class=\"probabilities\"><caption>Probability of each class</caption><tbody>\(rows.joined())</tbody></table>"
  }

  /// The attributions, as an image and as a sum that gives z.
  private func reasons(_ explanation: Explanation) -> String {
    let sums = explanation.attributions
    let rows = explanation.summands.map { ($0.name, signed($0.value)) } + [("sum: z", signed(sums.logit))]
    let table = rows.map { "<tr><th scope=\"row\">\(escaped($0))</th><td>\($1)</td></tr>" }
    let (forName, against) = (escaped(explanation.className), escaped(explanation.otherName))
    let what =
      explanation.hasHiddenLayers
      ? "What each pixel contributes on the path from the mean training photo to this one (integrated gradients)"
      : explanation.extractor == .pixels
        ? "Pixel times weight, w·x" : "Feature times weight, where the feature comes from"
    let part = explanation.extractor == .pixels ? "pixel" : "part of the photo"
    let alt = "What each \(part) contributes to z: red for \(forName), blue for \(against), black for zero"
    let map = explanation.attributionImage()
    return """
      <div class="reasons"><figure><img src="\(map.dataURI)" alt="\(alt)" width="\(map.width)" \
      height="\(map.height)"><figcaption>\(what): <b class="for">red</b> is evidence for \(forName), \
      <b class="against">blue</b> for \(against).</figcaption></figure>
      <table class="sum"><caption>All contributions add up to z</caption><tbody>\(table.joined())</tbody></table></div>
      """
  }

  /// The image with the smallest hidden part that changes the prediction, for features other than pixels.
  private func occlusion(_ occlusion: Occlusion, _ explanation: Explanation) -> String {
    let words = "\(names[occlusion.prediction.label]), \(Ticks.percent(occlusion.prediction.probability))"
    let image = occlusion.image
    return "<h3>Occlusion: the smallest hidden part that flips the answer</h3>"
      + Page.paragraph(explanation.counterfactualSentence)
      + "<div class=\"counterfactual\"><figure><img src=\"\(image.dataURI)\" alt=\"\(escaped(words))\" "
      + "width=\"\(image.width)\" height=\"\(image.height)\"><figcaption>\(escaped(words))</figcaption></figure></div>"
  }

  /// The counterfactual: the image, the nearest image with another prediction, and their difference.
  private func counterfactual(_ explanation: Explanation) -> String {
    if let hidden = explanation.occlusion { return occlusion(hidden, explanation) }
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
          (difference, factor == 1 ? "difference" : "difference, amplified \(factor) times")
        ]
      images = cells.map { image, words in
        "<figure><img src=\"\(image.losslessDataURI)\" alt=\"\(escaped(words))\" width=\"\(image.width)\" "
          + "height=\"\(image.height)\"><figcaption>\(escaped(words))</figcaption></figure>"
      }.joined()
    }
    return "<h3>Counterfactual: the smallest change that flips the answer</h3>"
      + Page.paragraph(explanation.counterfactualSentence)
      + (images.isEmpty ? "" : "<div class=\"counterfactual\">\(images)</div>")
  }

  /// Training influence: the training images with the largest representer values, for and against the prediction.
  private func influence(_ explanation: Explanation) -> String {
    guard let influence = explanation.influence else { return "" }
    let ways = [(true, explanation.className), (false, explanation.otherName)].map { isFor, name in
      let buttons = influence.strongest(6, for: isFor).map {
        session.trainingButton($0.row, number: Explanation.signed($0.pull))
      }
      return buttons.isEmpty
        ? "" : Page.paragraph("Strongest for \(name):") + "<ol class=\"images\">\(buttons.joined())</ol>"
    }
    return "<h3>The photos behind this answer</h3>"
      + Page.paragraph(explanation.influenceSentence(among: session.splits.training.count)) + ways.joined()
  }

  /// The article's six steps of training, with the numbers of this image. Only for a single sigmoid neuron.
  private func steps(_ prediction: Prediction) -> String {
    guard classifier.network.layers.count == 1, names.count == 2 else { return "" }
    let y = label ?? prediction.label
    let steps = BackpropagationTrace(classifier, features: features, label: y)
    let rate = session.run.learningRate
    let known = label == nil ? "if the label is \(names[y])" : "as the label is \(names[y])"
    let rows: [(String, String, String)] = [
      ("1. Start", "trained weights w and bias b", "\(grouped(features.count)) weights, b = \(number(steps.bias))"),
      (
        "2. Forward", "z = Σ w·x + b",
        "\(number(steps.product)) \(steps.bias < 0 ? "−" : "+") \(number(abs(steps.bias))) = \(number(steps.logit))"
      ),
      ("", "a = 1 / (1 + e⁻ᶻ)", number(steps.activation)),
      ("3. Cost", "J = −log \(y == 1 ? "a" : "(1 − a)"), \(known) (y = \(y))", number(steps.cost)),
      ("4. Backward", "dJ/da = \(y == 1 ? "−1/a" : "1/(1 − a)")", number(steps.activationGradient)),
      ("", "dJ/dz = dJ/db = a − y", number(steps.logitGradient)),
      ("", "length of dJ/dw = (a − y)·x", number(steps.weightGradientLength)),
      (
        "5. Update", "b − α·dJ/db with α = \(Ticks.label(Ticks.significant(rate, digits: 4)))",
        number(steps.bias - rate * steps.logitGradient)
      ),
      ("", "length of the update of w: α·‖dJ/dw‖", number(rate * steps.weightGradientLength)),
      (
        "6. Repeat", "with the mean gradient of all training photos",
        "\(counted(session.settings.configuration.iterations, "iteration"))"
      ),
    ]
    let body = rows.map { "<tr><th scope=\"row\">\($0)</th><td>\(escaped($1))</td><td>\(escaped($2))</td></tr>" }
    return
      "<details><summary>The six steps of training, with the numbers of this photo</summary><div class=\"scroll\">"
      + "<table class=\"steps\"><caption>One iteration, as if this were the only training photo</caption><tbody>\(body.joined())</tbody></table></div></details>"
  }

  private func number(_ value: Double) -> String {
    let text = Ticks.label(Ticks.significant(abs(value), digits: 5))
    return value < 0 ? "−" + text : text
  }

  private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value) }
}
