import Percept

/// What a training says besides its result.
extension TrainCommand {
  /// Says which images are left out because they are not new to the model.
  func note(leftOut splits: DatasetSplits) {
    for split in [Split.validation, .test] {
      let copies = splits.copies.filter { $0.split == split }
      guard let first = copies.first, !data.quiet else { continue }
      let isOne = copies.count == 1
      Terminal.note(
        "Left out of the \(split.adjective) split: \(counted(copies.count, "image")) (such as \(first.example.file)) that "
          + "\(isOne ? "is an exact copy of an image" : "are exact copies of images") in the "
          + "\(split == .test && splits.validation != nil ? "training or validation" : "training") split.")
    }
    if splits.seenEarlier > 0, !data.quiet {
      Terminal.note(
        "Left out of the test split: \(counted(splits.seenEarlier, "image")) that the model of --continue was trained on."
      )
    }
  }

  /// Names hidden units that do not contribute. Warns if all images have the same answer.
  func note(_ units: ConstantUnits) {
    guard let sentence = units.sentence else { return }
    if units.isConstantNetwork {
      Terminal.warn("\(sentence) Use another --seed, a lower --learning-rate or --activation leaky-relu.")
    } else if !data.quiet {
      Terminal.note(sentence)
    }
  }

  /// Notes an automatic learning rate, and warns about a rate that is too large.
  func warn(of run: TrainingRun) {
    let (rate, stable) = (run.learningRate, run.stableLearningRate)
    let configuration = run.classifier.record.configuration
    if let stable, configuration.learningRate == .automatic, !data.quiet {
      Terminal.note(
        "Learning rate: \(rate.significant(4)) (stable up to \(stable.significant(4))), on \(configuration.scaling.words)"
      )
    }
    let advice = stable.map { "the largest stable rate is \($0.significant(4))" } ?? "try a tenth of it"
    if let divergence = run.divergence {
      Terminal.warn(
        "training diverged and was stopped after \(counted(divergence.iteration, "iteration")); the model has the weights "
          + (run.classifier.record.validation == nil
            ? "of iteration \(divergence.lowestIteration), with the lowest cost (\(divergence.lowestCost.significant(6)))"
            : "with the lowest validation cost")
          + ". Lower --learning-rate, which is \(rate); \(advice).")
    } else if let stable, rate > stable {
      Terminal.warn(
        "the learning rate \(rate) is above the largest stable rate, \(stable.significant(4)), so the cost can increase; "
          + "lower it or use --learning-rate auto.")
    } else if stable == nil, let first = run.costs.first, let last = run.costs.last, last > first {
      Terminal.warn(
        "the final cost, \(last.significant(6)), is above the initial cost, \(first.significant(6)); lower --learning-rate, which "
          + "is \(rate); \(advice).")
    }
  }

  /// Notes which weights early stopping kept.
  static func note(_ results: [TrainingRecord.ValidationResult]) {
    guard let best = results.min(by: { $0.cost < $1.cost }), let last = results.last else { return }
    Terminal.note(
      "Lowest validation cost: \(best.cost.fixed(6)) after iteration \(best.iteration); the model has these weights. Last "
        + "validation: after iteration \(last.iteration)")
  }

  /// Names the command that answers the question that the result raises.
  func noteNextCommand(_ verdict: Verdict?, _ splits: DatasetSplits, model: String) {
    let arguments = data.arguments.map(quoted).joined(separator: " ")
    switch verdict?.finding {
    case nil: Terminal.note("To evaluate it on new images: percept evaluate \(quoted(model)) FOLDER")
    case .undecided: noteCrossValidation(splits)
    case .worse: Terminal.note("To find settings that work: percept tune \(arguments)")
    case .better where output.report == nil && !output.noSeen:
      Terminal.note("To see its mistakes and what it looks at: percept report \(quoted(model)) \(arguments)")
    case .better: Terminal.note("To classify other images: percept predict \(quoted(model)) FILE_OR_FOLDER")
    }
  }

  /// Names the command that evaluates on all images instead of the test split, and its cost.
  private func noteCrossValidation(_ splits: DatasetSplits) {
    let count = splits.named.reduce(0) { $0 + $1.dataset.count }
    let folds = CrossValidateCommand.defaultFolds
    Terminal.note(
      "To evaluate on all \(counted(count, "image")), run percept cross-validate with the same options. It trains \(folds) "
        + "models, which takes about \(folds) times as long.")
  }

  /// Suggests other features if pixels are not enough for photos: if the images are large, and the answers not good.
  func suggestFeatures(_ evaluation: Evaluation, of source: DataSource) {
    guard !data.quiet, evaluation.dataset.preprocessing.extractor == .pixels,
      evaluation.verdict.finding != .better || evaluation.accuracy < Self.poorAccuracy,
      Exploration.medianSide(of: source).map({ $0 >= Self.photoSide }) ?? false
    else { return }
    let backbone = Backbone.installedNames.first ?? Backbone.defaultName
    let isInstalled = !Backbone.installedNames.isEmpty
    Terminal.note(
      "Pixels are often too weak as features of varied photos. Try --features \(backbone)"
        + (isInstalled ? "" : " (\(Backbone.installer) installs it)") + ", or --features hog.")
  }

  /// Warns if the model file refers to a backbone that is not installed.
  func warnAboutLink(_ extractor: FeatureExtractor) {
    guard output.linkBackbone, let backbone = extractor.backbone, let folder = Backbone.folder else { return }
    let installed = Backbone.installedNames.lazy.compactMap { try? Backbone(installed: $0) }
    guard !installed.contains(where: { $0.digest == backbone.digest }) else { return }
    Terminal.warn(
      "the model refers to \(backbone.name), which is not installed; copy its file to \(folder), or leave out "
        + "--link-backbone.")
  }

  private static let poorAccuracy = 0.85
  /// The median of the shorter sides above which images count as photos.
  private static let photoSide = 128

  func warnAboutMissingClasses(_ splits: DatasetSplits) {
    for (name, dataset) in splits.named.dropFirst() {
      for (label, count) in dataset.classCounts.enumerated() where count == 0 {
        Terminal.warn("the \(name) split has no images of class \"\(dataset.classNames[label])\".")
      }
    }
    if !hasUnseen(splits) {
      let leftOut = splits.seenEarlier + splits.copies.count { $0.split == .test }
      let reason = leftOut == 0 ? "there is no test split" : "no test images are left"
      Terminal.warn("\(reason), so the accuracy on new images is unknown.")
    }
  }
}

extension FeatureScaling {
  /// The features that training uses, for the end of a sentence.
  fileprivate var words: String {
    switch self {
    case .unit: "pixels from 0 to 1"
    case .centered: "centered images"
    case .standardized: "standardized features"
    }
  }
}
