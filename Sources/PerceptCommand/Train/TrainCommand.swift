import ArgumentParser
import Percept

struct TrainCommand: ClusterCommand {
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
        mpirun -n 16 --hostfile hosts percept train faces/

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

  mutating func becomeWorker() { progress.log = nil }

  func run() throws {
    Terminal.ignoreClosedPipes()
    let model = output.model ?? Self.defaultOutput(for: data.path)
    if Cluster.current != nil { try checkOptionsOfCluster() }
    if Cluster.isRoot {
      try checkOutputs(model)
      try progress.check(model, force: output.force, isQuiet: data.quiet)
    }
    let source = try data.source()
    if output.split != nil, !source.hasFiles {
      throw ValidationError(
        "--write-split requires image files, but the images of \(data.path) are in IDX files.")
    }
    let preprocessing = try self.preprocessing.preprocessing(for: source)
    if output.linkBackbone, preprocessing.extractor.backbone == nil {
      throw ValidationError("--link-backbone requires a backbone, such as --features \(Backbone.defaultName).")
    }
    let dataset = try data.dataset(of: source, preprocessing: preprocessing)
    let groups = try grouping.groups(of: dataset)
    let earlier = try network.earlierModel()
    var splits = try split.splits(of: dataset, groupedBy: groups, excluding: earlier?.seen, path: data.path)
    if training.patience != nil || output.calibrate { splits.drawValidation(groupedBy: groups, seed: split.seed) }
    note(leftOut: splits)
    let leaks = try leaking.check(&splits, groupedBy: groups, path: data.path, isQuiet: data.quiet)
    if !data.quiet { Summary(splits).print() }

    var run = try fit(splits, from: earlier, model: model)
    splits.draw = grouping.draw(of: splits)
    run.classifier.record.draw = splits.draw ?? source.draw
    record(splits, continuing: earlier, in: &run.classifier)
    let calibration = try output.calibrate ? TemperatureCalibration(&run.classifier, on: splits.validation) : nil
    warnAboutMissingClasses(splits)
    var evaluation: Evaluation?
    for (name, dataset) in splits.named {
      evaluation = try run.classifier.evaluate(on: dataset)
      run.classifier.record.scores[name] = evaluation?.score
    }
    guard Cluster.isRoot else { return }
    try write(run.classifier, to: model)
    if let path = output.split { try Dataset.writeSplit(splits, to: path, replacing: output.force) }
    // The last split is the test split, if there is one.
    if let report = output.report, let evaluation {
      let page = try Report(
        run.classifier, training: run.dataset, unseen: UnseenEvaluation(evaluation, of: run.classifier),
        modelName: FileSystem.name(of: model), data: data.arguments)
      try page.write(to: report, replacing: output.force)
    }
    warnAboutLink(dataset.preprocessing.extractor)
    try FileSystem.remove(progress.checkpointPath(of: model))
    if let evaluation, hasUnseen(splits) { suggestFeatures(evaluation, of: source) }
    try printResult(
      run, splits, leaks, calibration, verdict: hasUnseen(splits) ? evaluation?.verdict : nil, model: model)
  }

  /// Refuses options that several processes do not support, before any work.
  private func checkOptionsOfCluster() throws {
    let isDeep = !network.hidden.isEmpty
    if training.configuration(isDeep: isDeep, examples: 1, seed: 0).isInBatches { throw TrainingError.batchesInCluster }
    if output.report != nil {
      throw ValidationError(
        "--report runs in one process; leave it out, and run percept report on the model afterwards.")
    }
  }

  /// Whether the last split has images that the model has not seen: a test split, or a validation split that is not used.
  func hasUnseen(_ splits: DatasetSplits) -> Bool {
    splits.test != nil || (splits.validation != nil && training.patience == nil && !output.calibrate)
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
    }
    Terminal.print("model: \(model)")
    if let report = output.report { Terminal.print("report: \(report)") }
    if !data.quiet { noteNextCommand(verdict, splits, model: model) }
  }

  /// Writes the model. If that fails, saves it to the checkpoint's path, so that the training is not lost.
  private func write(_ classifier: Classifier, to path: String) throws {
    var classifier = classifier
    if output.noSeen { classifier.seen = nil }
    do {
      try classifier.write(to: path, replacing: output.force, linkingBackbone: output.linkBackbone)
    } catch let error as FileError {
      let other = progress.checkpointPath(of: path)
      guard (try? classifier.write(to: other, replacing: true, linkingBackbone: output.linkBackbone)) != nil else {
        throw error
      }
      throw ModelElsewhere(reason: error, path: other)
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

  /// Returns the default model file for a data path: `faces.safetensors` for `faces/`, `faces.zip` or `faces.csv`.
  static func defaultOutput(for data: String) -> String {
    let name = FileSystem.name(of: data)
    if ["/", ".", ".."].contains(name) { return "model.safetensors" }
    let endings = Archive.endings + [".csv", ".jsonl", ".ndjson", ".gz"]
    let ending = endings.first { name.hasSuffix($0) && name != $0 } ?? ""
    return name.dropLast(ending.count) + ".safetensors"
  }
}
