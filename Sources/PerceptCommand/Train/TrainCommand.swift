import ArgumentParser
import Percept

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train an image classifier.",
    usage: "percept train <data> [<options>]",
    discussion: """
      EXAMPLES:
        percept train faces/ -o faces.safetensors
        percept train faces/ --classes male,female --learning-rate 0.005
        percept train faces/ --hidden 20,7,5 --optimizer adam --batch-size 64
        percept train faces/ --augment mirror,rotate:5 --calibrate
        percept train faces/ --labels corrected.csv --drop-leaks
        percept train /usr/share/datasets/fashion-mnist --hidden 128 --epochs 15
        percept train faces/ --json | jq .test.accuracy

      Without --hidden or --augment, the default is gradient descent on all images
      for 1000 iterations. With either, it is Adam in batches of a tenth of the
      images, 8 to 128, for 15 epochs, and up to 100 epochs for few images.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Splits") var split: SplitOptions
  @OptionGroup(title: "Splits") var grouping: GroupOptions
  @OptionGroup(title: "Splits") var leaking: LeakOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Progress") var progress: RunOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    Terminal.ignoreClosedPipes()
    let model = output.model ?? Self.defaultOutput(for: data.path)
    try checkOutputs(model)
    try progress.check(model, force: output.force, isQuiet: data.quiet)
    let source = try data.source()
    if output.split != nil, !source.hasFiles {
      throw ValidationError(
        "--write-split requires image files, but the images of \(data.path) are in IDX files.")
    }
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    let groups = try grouping.groups(of: dataset)
    let earlier = try network.earlierModel()
    var splits = try split.splits(of: dataset, groupedBy: groups, excluding: earlier?.seen, path: data.path)
    if training.patience != nil || output.calibrate { splits.drawValidation(groupedBy: groups, seed: split.seed) }
    note(leftOut: splits)
    let leaks = try leaking.check(&splits, groupedBy: groups, path: data.path, isQuiet: data.quiet)
    if !data.quiet { Summary(splits).print() }

    var run = try fit(splits, from: earlier, model: model)
    record(splits, continuing: earlier, in: &run.classifier)
    run.classifier.record.draw = draw(of: splits) ?? source.draw
    let calibration = try output.calibrate ? TemperatureCalibration(&run.classifier, on: splits.validation) : nil
    warnAboutMissingClasses(splits)
    var evaluation: Evaluation?
    for (name, dataset) in splits.named {
      evaluation = try run.classifier.evaluate(on: dataset)
      run.classifier.record.scores[name] = evaluation?.score
    }
    try write(run.classifier, to: model)
    if let path = output.split { try write(splits, to: path) }
    // The last split is the test split, if there is one.
    if let report = output.report, let evaluation {
      try Report(run, evaluation, modelName: FileSystem.name(of: model)).write(to: report, replacing: output.force)
    }
    try FileSystem.remove(progress.checkpointPath(of: model))
    try printResult(
      run, splits, leaks, calibration, verdict: hasUnseen(splits) ? evaluation?.verdict : nil, model: model)
  }

  /// Whether the last split has images that the model has not seen: a test split, or a validation split that is not used.
  private func hasUnseen(_ splits: DatasetSplits) -> Bool {
    splits.test != nil || (splits.validation != nil && training.patience == nil && !output.calibrate)
  }

  /// Says which images are left out because they are not new to the model.
  private func note(leftOut splits: DatasetSplits) {
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

  /// Returns how the test split was drawn; nil if the data defines it.
  private func draw(of splits: DatasetSplits) -> SplitDraw? {
    splits.draw.map { SplitDraw(testFraction: $0.testFraction, seed: $0.seed, groups: grouping.groupBy) }
  }

  /// Records in the classifier which images it has seen.
  private func record(_ splits: DatasetSplits, continuing earlier: Classifier?, in classifier: inout Classifier) {
    if output.calibrate { classifier.seen = splits.seen }
    if let earlier {
      classifier.seen = earlier.seen.map { classifier.seen?.union($0) ?? $0 }
      if classifier.seen == nil {
        Terminal.warn(
          "\(network.start ?? "the model") does not record which images it was trained on, so test images may be among them."
        )
      }
    }
    if output.noSeen { classifier.seen = nil }
  }

  private func fit(_ splits: DatasetSplits, from earlier: Classifier?, model: String) throws -> TrainingRun {
    let dataset = splits.training
    let (start, trainer) = try network.start(training, from: earlier, on: dataset, seed: split.seed)
    var monitor = TrainingMonitor(progress, isQuiet: data.quiet, iterations: trainer.configuration.iterations)
    let run = try trainer.fit(
      start, to: dataset, validation: splits.validation, checkpoints: progress.checkpoints(of: model)
    ) { try monitor.observe($0) }
    try monitor.end()
    if let results = run.classifier.record.validation, !data.quiet { Self.note(results) }
    warn(of: run)
    note(ConstantUnits(of: run.classifier.network, on: dataset))
    return run
  }

  /// Names hidden units that do not contribute. Warns if all images have the same answer.
  private func note(_ units: ConstantUnits) {
    guard let sentence = units.sentence else { return }
    if units.isConstantNetwork {
      Terminal.warn("\(sentence) Use another --seed, a lower --learning-rate or --activation leaky-relu.")
    } else if !data.quiet {
      Terminal.note(sentence)
    }
  }

  /// Notes an automatic learning rate, and warns about a rate that is too large.
  private func warn(of run: TrainingRun) {
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
  private static func note(_ results: [TrainingRecord.ValidationResult]) {
    guard let best = results.min(by: { $0.cost < $1.cost }), let last = results.last else { return }
    Terminal.note(
      "Lowest validation cost: \(best.cost.fixed(6)) after iteration \(best.iteration); the model has these weights. Last "
        + "validation: after iteration \(last.iteration)")
  }

  private func printResult(
    _ run: TrainingRun, _ splits: DatasetSplits, _ leaks: [Leak], _ calibration: TemperatureCalibration?,
    verdict: Verdict?,
    model: String
  ) throws {
    let scores = run.classifier.record.scores
    if data.json {
      return try Terminal.print(
        json: TrainOutput(run, splits, leaks, calibration, model: model, costEvery: progress.costEvery))
    }
    if let calibration { Terminal.print("calibration: \(calibration.sentence)") }
    for (name, _) in splits.named {
      guard let score = scores[name] else { continue }
      // The training accuracy says nothing about new images, so it has no confidence interval.
      Terminal.print("\(name) accuracy: \(name == "train" ? score.plain : score.summary); \(score.baseline)")
    }
    if let verdict {
      Terminal.print("verdict: \(verdict.sentence)")
      if verdict.finding == .undecided, !data.quiet { noteCrossValidation(splits) }
    }
    Terminal.print("model: \(model)")
    if let report = output.report { Terminal.print("report: \(report)") }
  }

  /// Names the command that evaluates on all images instead of the test split, and its cost.
  private func noteCrossValidation(_ splits: DatasetSplits) {
    let count = splits.named.reduce(0) { $0 + $1.dataset.count }
    let folds = CrossValidateCommand.defaultFolds
    Terminal.note(
      "To evaluate on all \(counted(count, "image")), run percept cross-validate with the same options. It trains \(folds) "
        + "models, which takes about \(folds) times as long.")
  }

  /// Writes the model. If that fails, saves it to the checkpoint's path, so that the training is not lost.
  private func write(_ classifier: Classifier, to path: String) throws {
    do {
      try classifier.write(to: path, replacing: output.force)
    } catch let error as FileError {
      let other = progress.checkpointPath(of: path)
      guard (try? classifier.write(to: other, replacing: true)) != nil else { throw error }
      throw ModelElsewhere(reason: error, path: other)
    }
  }

  private func write(_ splits: DatasetSplits, to path: String) throws {
    let named: [(Split, Dataset?)] = [
      (.training, splits.training), (.validation, splits.validation), (.test, splits.test),
    ]
    try Dataset.writeSplit(
      named.compactMap { split, dataset in dataset.map { (split, $0) } }, draw: draw(of: splits), to: path,
      replacing: output.force)
  }

  private func warnAboutMissingClasses(_ splits: DatasetSplits) {
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

  /// Checks, before any work, that the outputs can be written and that they replace neither each other nor the data.
  private func checkOutputs(_ model: String) throws {
    if model == "-" { throw ValidationError("A model cannot be written to standard output; give a file with -o.") }
    let checkpoint = progress.checkpointPath(of: model)
    let outputs = [model, checkpoint] + [output.split, output.report, progress.log].compactMap(\.self)
    try checkOverwrites(of: data.inputs, by: outputs)
    for (index, path) in outputs.enumerated() {
      if let other = outputs[..<index].first(where: { FileSystem.isSame($0, path) }) {
        throw ValidationError("\(path) and \(other) are the same file; choose different names.")
      }
    }
    for path in outputs where path != progress.log && path != checkpoint {
      try FileSystem.checkCanWrite(path, replacing: output.force)
    }
  }

  /// Returns the default model file for a data path: `faces.safetensors` for `faces/` or `faces.csv`.
  static func defaultOutput(for data: String) -> String {
    let name = FileSystem.name(of: data)
    if ["/", ".", ".."].contains(name) { return "model.safetensors" }
    let ending = [".csv", ".jsonl", ".ndjson", ".gz"].first { name.hasSuffix($0) && name != $0 } ?? ""
    return name.dropLast(ending.count) + ".safetensors"
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
