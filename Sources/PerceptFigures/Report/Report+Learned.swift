import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels

/// What the weights look for, and how to use them.
extension Report {
  var learnedSection: String {
    let weights = WeightsFigure(classifier)
    let source = training ?? evaluation.dataset
    let samples = classifier.classNames.indices.flatMap { label in
      source.examples.indices.filter { source.examples[$0].label == label }.prefix(2)
    }
    let images = samples.map { index in
      (name: FileSystem.name(of: source.examples[index].file), features: source.withFeatures(of: index, Array.init))
    }
    let names = classifier.classNames
    let caption =
      names.count == 2 && classifier.network.layers.count == 1
      ? "What each pixel counts: light in red places speaks for \(names[1]), light in blue places for \(names[0])."
      : weights.grid.summary
    var parts = [
      Page.figure(weights.grid, caption: caption),
      Page.figure(weights.scale, id: "scale", caption: "What the colours mean, in weight for each pixel."),
    ]
    if let learned = try? ImageGrid.learned(classifier, images: Array(images.prefix(24)), interpolation: .sinc) {
      let spokeFor = names.count == 2 ? names[1] : "the class that was answered"
      parts.append(
        Page.figure(
          learned,
          caption:
            "Pictures, and the same pictures multiplied by the weights: what is still bright spoke for \(spokeFor)."))
    }
    return Page.section("What it learned", parts)
  }

  var usageSection: String {
    Page.section(
      "How to use it",
      [
        Page.paragraph("On the command line:"), Page.code("percept predict \(modelName) PICTURE.jpg"),
        Page.paragraph("From Swift:"),
        Page.code(
          """
          import Percept

          let classifier = try Classifier(contentsOf: "\(modelName)")
          let prediction = try classifier.predict(file: "PICTURE.jpg")
          print(classifier.classNames[prediction.label], prediction.probability)
          """),
      ])
  }
}
