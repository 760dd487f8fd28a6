import ArgumentParser
import Percept

/// Suggestions that the parser does not make: for mistyped commands, and for mistyped values of flags with a fixed set of values.
enum MistypedArgument {
  private static let values: [String: [String]] = [
    "--optimizer": Optimizer.allCases.map(\.rawValue), "--activation": Activation.allValueStrings,
    "--schedule": Schedule.allValueStrings, "--scale": FeatureScaling.allCases.map(\.rawValue),
    "--form": DescentForm.allCases.map(\.rawValue), "--fit": ResizeMode.allCases.map(\.rawValue),
    "--color": ColorMode.allCases.map(\.rawValue), "--interpolation": Interpolation.allCases.map(\.rawValue),
    "--class-weights": ["balanced", "equal"], "--init": ["zeros", "xavier", "he", "lecun"],
  ]

  /// Returns an error if the command does not exist, as in `percept trian` or `percept figure wieghts`.
  static func unknownCommand(_ arguments: [String]) -> ValidationError? {
    unknownCommand(arguments[...], in: RootCommand.configuration)
  }

  private static func unknownCommand(
    _ arguments: ArraySlice<String>, in parent: CommandConfiguration
  ) -> ValidationError? {
    let commands = parent.subcommands.map { $0.configuration }
    guard let argument = arguments.first, !commands.isEmpty, !argument.hasPrefix("-"), argument != "help" else {
      return nil
    }
    if let command = commands.first(where: { $0.commandName == argument }) {
      return unknownCommand(arguments.dropFirst(), in: command)
    }
    let names = commands.filter(\.shouldDisplay).compactMap(\.commandName)
    let help = suggestion(for: argument, among: names).map { "did you mean \($0)?" }
    return ValidationError(
      "Unknown command \"\(printable(argument))\"; \(help ?? "the commands are \(names.joined(separator: ", ")).")")
  }

  /// Returns the lines of a message of the parser. The parser quotes arguments as they are. Here they are made
  /// printable, so that one with a line feed stays on one line.
  static func lines(of message: String, quoting arguments: [String]) -> [String] {
    let quoted = arguments.flatMap { argument in
      [argument] + argument.split(separator: "=", maxSplits: 1).dropFirst().map(String.init)
    }
    return quoted.filter { printable($0) != $0 }.reduce(message) { $0.replacing($1, with: printable($1)) }
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Returns a suggestion such as "Did you mean adam?" for the first value that its flag does not accept.
  static func suggestedValue(_ arguments: [String]) -> String? {
    for (flag, value) in zip(arguments, arguments.dropFirst()) {
      guard let known = values[flag] else { continue }
      for item in value.split(separator: ",") where !known.contains(String(item)) {
        if let meant = suggestion(for: String(item), among: known) { return "Did you mean \(meant)?" }
      }
    }
    return nil
  }
}
