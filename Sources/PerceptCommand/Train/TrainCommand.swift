import ArgumentParser
import Percept

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a neuron, one neuron a class, or a network to tell classes of pictures apart.",
    discussion: """
      EXAMPLES:
        percept train faces/ -o faces.safetensors
        percept train faces/ --classes male,female --learning-rate 0.005
        percept train faces/ --optimizer nesterov --l2 0.01
        percept train faces/ --hidden 20,7,5 --optimizer adam --batch-size 64
        percept train faces/ --augment mirror,rotate:5
        percept train faces/ --calibrate
        percept train faces/ --labels corrected.csv --drop-leaks
        percept train faces/ --group-by '/([0-9]*)_'
        percept train faces/ --test-fraction 0.3 --seed 7 --write-split split.csv
        percept train /usr/share/datasets/fashion-mnist --classes 1=trouser,3=dress
        percept train /usr/share/datasets/fashion-mnist --hidden 128 --epochs 15
        percept train faces/ --json | jq .test.accuracy
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: PreprocessingOptions

  @Option(name: .shortAndLong, help: "The model file to write. (default: the name of DATA with .safetensors)")
  var output: String?

  @Flag(help: "Replace files that are already there.")
  var force = false

  @OptionGroup var network: NetworkOptions
  @OptionGroup var training: TrainingOptions

  @Flag(
    help: """
      Choose a temperature that logits are divided by, so that probabilities are what they say on the val part; no answer \
      changes. Where DATA has no val part, a fifth of the training pictures becomes one.
      """)
  var calibrate = false

  @OptionGroup var split: SplitOptions
  @OptionGroup var grouping: GroupOptions
  @OptionGroup var leaking: LeakOptions

  @Option(help: ArgumentHelp("Write which picture is for what, as CSV, to this file.", valueName: "file"))
  var writeSplit: String?

  @Option(help: ArgumentHelp("Write a report of it all, one HTML page, to this file.", valueName: "file"))
  var report: String?

  @OptionGroup var progress: RunOptions

  func run() throws {
    Terminal.ignoreClosedPipes()
    let output = output ?? Self.defaultOutput(for: data.path)
    try checkOutputs(output)
    try progress.check(output, force: force, isQuiet: data.quiet)
    let source = try data.source()
    if writeSplit != nil, !source.hasFiles {
      throw ValidationError(
        "--write-split names picture files, and \(data.path) has none: its pictures are in IDX files.")
    }
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    let groups = try grouping.groups(of: dataset)
    var splits = try split.splits(of: dataset, groupedBy: groups, path: data.path)
    if training.patience != nil || calibrate { splits.drawValidation(groupedBy: groups, seed: split.seed) }
    let leaks = try leaking.check(&splits, groupedBy: groups, path: data.path, isQuiet: data.quiet)
    if !data.quiet { Summary(splits).print() }

    var run = try fit(splits, model: output)
    let calibration = try calibrate ? TemperatureCalibration(&run.classifier, on: splits.validation) : nil
    warnAboutMissingClasses(splits)
    var evaluations: [Evaluation] = []
    for (name, part) in splits.named {
      evaluations.append(try run.classifier.evaluate(on: part))
      run.classifier.record.scores[name] = evaluations.last?.score
    }
    try write(run.classifier, to: output)
    if let writeSplit { try write(splits, to: writeSplit) }
    // The last part is the one furthest from the training: test where there is one.
    if let report, let evaluation = evaluations.last {
      try Report(run, evaluation, modelName: FileSystem.name(of: output)).write(to: report, replacing: force)
    }
    try FileSystem.remove(progress.checkpointPath(of: output))
    try printResult(
      run, splits, leaks, calibration, verdict: splits.test == nil ? nil : evaluations.last?.verdict, model: output)
  }

  private func fit(_ splits: DatasetSplits, model: String) throws -> TrainingRun {
    let dataset = splits.training
    let (start, trainer) = try network.start(training, on: dataset, seed: split.seed)
    var monitor = TrainingMonitor(progress, isQuiet: data.quiet, iterations: trainer.iterations)
    let run = try trainer.fit(
      start, to: dataset, validation: splits.validation, checkpoints: progress.checkpoints(of: model)
    ) { try monitor.observe($0) }
    try monitor.end()
    if let looks = run.classifier.record.validation, !data.quiet { Self.note(looks) }
    warn(of: run)
    return run
  }

  /// Says what a learning rate has done, or may do.
  private func warn(of run: TrainingRun) {
    let (rate, stable) = (run.learningRate, run.stableLearningRate)
    if let stable, run.classifier.record.settings.isAutomatic, !data.quiet {
      Terminal.note(
        "Learning rate: \(rate.significant(4)) (stable up to \(stable.significant(4))), on "
          + (training.scale == .unit ? "centred pictures" : "standardized features"))
    }
    let wayOut = stable.map { "the largest stable one is \($0.significant(4))" } ?? "try a tenth of it"
    if let divergence = run.divergence {
      Terminal.warn(
        "the training diverged and was stopped after \(counted(divergence.iteration, "iteration")); "
          + (run.classifier.record.validation == nil
            ? "the weights of iteration \(divergence.lowestIteration), with the lowest cost "
              + "(\(divergence.lowestCost.significant(6))), are kept"
            : "the weights with the lowest validation cost are kept")
          + ". Lower --learning-rate, which is \(rate): \(wayOut).")
    } else if let stable, rate > stable {
      Terminal.warn(
        "the learning rate \(rate) is above the largest stable one, \(stable.significant(4)), so the cost may rise; lower it "
          + "or use --learning-rate auto.")
    } else if stable == nil, let first = run.costs.first, let last = run.costs.last, last > first {
      Terminal.warn(
        "the cost ended at \(last.significant(6)), above the \(first.significant(6)) it began with; lower --learning-rate, which is "
          + "\(rate): \(wayOut).")
    }
  }

  private static func note(_ looks: [TrainingRecord.ValidationResult]) {
    guard let best = looks.min(by: { $0.cost < $1.cost }), let last = looks.last else { return }
    Terminal.note(
      "Lowest validation cost: \(best.cost.fixed(6)) after iteration \(best.iteration), whose weights are kept; last look after "
        + "iteration \(last.iteration)")
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
      // Pictures that it learned from say nothing about others, so there is nothing for an interval to cover.
      Terminal.print("\(name) accuracy: \(name == "train" ? score.plain : score.summary); \(score.baseline)")
    }
    if let verdict { Terminal.print("verdict: \(verdict.sentence)") }
    Terminal.print("model: \(model)")
    if let report { Terminal.print("report: \(report)") }
  }

  /// Writes the model; where that cannot be, what was learned is kept in the place of the checkpoint.
  private func write(_ classifier: Classifier, to path: String) throws {
    do {
      try classifier.write(to: path, replacing: force)
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
      named.compactMap { part, dataset in dataset.map { (part, $0) } }, to: path, replacing: force)
  }

  private func warnAboutMissingClasses(_ splits: DatasetSplits) {
    for (name, part) in splits.named.dropFirst() {
      for (label, count) in part.classCounts.enumerated() where count == 0 {
        Terminal.warn("the \(name) part has no picture of class \"\(part.classNames[label])\".")
      }
    }
    if splits.test == nil { Terminal.warn("there is no test part, so nothing says how well new pictures will do.") }
  }

  /// Refuses, before any work, outputs that cannot be written or would replace each other or the data.
  private func checkOutputs(_ output: String) throws {
    if output == "-" { throw ValidationError("A model is not written to standard output; name a file with -o.") }
    let checkpoint = progress.checkpointPath(of: output)
    let outputs = [output, checkpoint] + [writeSplit, report, progress.log].compactMap(\.self)
    try checkOverwrites(of: data.inputs, by: outputs)
    for (index, path) in outputs.enumerated() {
      if let other = outputs[..<index].first(where: { FileSystem.isSame($0, path) }) {
        throw ValidationError("\(path) and \(other) are the same file; choose two names.")
      }
    }
    for path in outputs where path != progress.log && path != checkpoint {
      try FileSystem.checkCanWrite(path, replacing: force)
    }
  }

  static func defaultOutput(for data: String) -> String {
    let name = FileSystem.name(of: data)
    if ["/", ".", ".."].contains(name) { return "model.safetensors" }
    let ending = [".csv", ".jsonl", ".ndjson", ".gz"].first { name.hasSuffix($0) && name != $0 } ?? ""
    return name.dropLast(ending.count) + ".safetensors"
  }
}
