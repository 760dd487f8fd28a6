import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels

extension Report {
  var learnedSection: String {
    let isSingleLayer = classifier.network.layers.count == 1
    let names = classifier.classNames
    let weights = WeightsFigure(classifier, units: isSingleLayer && !showsAllClasses ? evaluation.shownLabels : nil)
    let extractor = classifier.preprocessing.extractor
    let caption =
      names.count == 2 && isSingleLayer && extractor == .pixels
      ? "The weight of each pixel: light at red positions is evidence for \(names[1]), at blue positions for \(names[0])."
      : weights.grid.summary + (isSingleLayer ? selection : "")
    return Page.section(
      "Learned weights",
      [
        Page.figure(weights.grid, caption: caption),
        Page.figure(weights.scale, id: "scale", caption: "The weight that each color stands for."),
        extractor == .pixels ? learnedImages : meanMaps,
      ])
  }

  /// Where the evidence for each class comes from; empty if the files of the images can no longer be read.
  private var meanMaps: String {
    let source = training ?? evaluation.dataset
    guard let maps = try? ImageGrid.meanMaps(of: classifier, on: source, labels: evaluation.shownLabels) else {
      return ""
    }
    return Page.figure(maps, caption: "\(maps.title). \(maps.summary)")
  }

  /// Some images multiplied by the weights; empty if there are hidden layers.
  private var learnedImages: String {
    let source = training ?? evaluation.dataset
    let (perClass, most) = showsAllClasses ? (2, 24) : (1, 6)
    let images = source.firstRows(of: evaluation.shownLabels, atMost: perClass).prefix(most).map { index in
      (name: FileSystem.name(of: source.examples[index].file), features: source.withFeatures(of: index, Array.init))
    }
    guard let learned = try? ImageGrid.learned(classifier, images: images, interpolation: .sinc) else { return "" }
    let names = classifier.classNames
    let className = names.count == 2 ? names[1] : "the predicted class"
    return Page.figure(
      learned,
      caption: "Images, and the same images multiplied by the weights: bright pixels are evidence for \(className).")
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
