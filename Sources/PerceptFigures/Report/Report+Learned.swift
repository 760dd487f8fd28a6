import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels

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
      ? "The weight of each pixel: light at red positions is evidence for \(names[1]), at blue positions for \(names[0])."
      : weights.grid.summary
    var parts = [
      Page.figure(weights.grid, caption: caption),
      Page.figure(weights.scale, id: "scale", caption: "The weight that each color stands for."),
    ]
    if let learned = try? ImageGrid.learned(classifier, images: Array(images.prefix(24)), interpolation: .sinc) {
      let className = names.count == 2 ? names[1] : "the predicted class"
      parts.append(
        Page.figure(
          learned,
          caption:
            "Images, and the same images multiplied by the weights: bright pixels are evidence for \(className)."))
    }
    return Page.section("Learned weights", parts)
  }

  var usageSection: String {
    Page.section(
      "Usage",
      [
        Page.paragraph("On the command line:"), Page.code("percept predict \(modelName) IMAGE.jpg"),
        Page.paragraph("From Swift:"),
        Page.code(
          """
          import Percept

          let classifier = try Classifier(contentsOf: "\(modelName)")
          let prediction = try classifier.predict(file: "IMAGE.jpg")
          print(classifier.classNames[prediction.label], prediction.probability)
          """),
      ])
  }
}
