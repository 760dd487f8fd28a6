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
      "Learned weights", id: "weights",
      [
        columns([
          wide(Page.figure(weights.grid, caption: caption), class: "span"),
          Page.figure(weights.scale, id: "scale", caption: "The weight that each color stands for."),
        ]), extractor == .pixels ? learnedImages : meanMaps,
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
    let perClass = evaluation.classNames.count <= 4 ? 2 : 1
    let images = source.firstRows(of: evaluation.shownLabels, atMost: perClass).prefix(8).map { index in
      (name: name(of: source.examples[index].file), features: source.withFeatures(of: index, Array.init))
    }
    guard let learned = try? ImageGrid.learned(classifier, images: images, interpolation: .sinc) else { return "" }
    let names = classifier.classNames
    let className = names.count == 2 ? names[1] : "the predicted class"
    return Page.figure(
      learned,
      caption: "Images, and the same images multiplied by the weights: bright pixels are evidence for \(className).")
  }

  var usageSection: String {
    let model = quoted(modelName)
    let parts = [
      (
        "Command line",
        """
        percept predict \(model) IMAGE.jpg
        percept predict \(model) FOLDER --csv > predictions.csv
        percept explain \(model) IMAGE.jpg --html why.html
        """
      ),
      (
        "HTTP",
        """
        percept serve \(model)
        curl -T IMAGE.jpg http://127.0.0.1:8080/predict
        """
      ),
      (
        "Python, with percept serve",
        """
        import json, urllib.request

        with open("IMAGE.jpg", "rb") as image:
            request = urllib.request.Request(
                "http://127.0.0.1:8080/predict", image.read(),
                {"Content-Type": "image/jpeg"})
        answer = json.load(urllib.request.urlopen(request))
        print(answer["class"], answer["probability"])
        """
      ),
      (
        "Swift",
        """
        import Percept

        let classifier = try Classifier(contentsOf: "\(modelName)")
        let prediction = try classifier.predict(file: "IMAGE.jpg")
        let name = classifier.classNames[prediction.label]
        print(name, prediction.probability)
        """
      ),
    ]
    return Page.section(
      "Usage", id: "usage",
      [columns(parts.map { "<div>\n<h3>\($0.0)</h3>\n\(Page.code($0.1))\n</div>" }, class: "two")])
  }
}
