import Percept
import PerceptServer
import PerceptStudio

/// The exit codes other than 0, based on sysexits.h. The parser uses 64 for its own errors.
enum Status: Int32 {
  case belowThreshold = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case unavailable = 69
  case internalError = 70
  case cannotWrite = 73
  case inputFailed = 74
  case interrupted = 130
  case hungUp = 129
  case terminated = 143

  /// The exit code for an error that has a message for users; nil for the parser's errors and for unexpected errors.
  init?(of error: any Error) {
    switch error {
    case let error as FileError:
      switch error.reason {
      case .notFound, .isFolder, .isNotFolder, .isNotRegular, .unreadable: self = .noInput
      case .tooLarge: self = .badData
      case .systemFailure, .changed: self = .inputFailed
      case .alreadyExists, .unwritable: self = .cannotWrite
      }
    case DatasetError.malformedSelection, DatasetError.malformedCacheLimit, DatasetError.invalidFolds: self = .usage
    case is ConfigurationError, TrainingError.invalidClassWeights, TrainingError.noAutomaticRate,
      TrainingError.tooManyForDual, TrainingError.otherTraining, TrainingError.batchesInCluster:
      self = .usage
    case FeatureError.tooSmall, FeatureError.notInstalled, FeatureError.needsColor, FeatureError.fixedSize,
      FeatureError.sizeMultiple:
      self = .usage
    case FeatureError.missing, FeatureError.noRuntime: self = .noInput
    case is FeatureError: self = .badData
    case ExportError.unknownFormat: self = .usage
    case is ExportError: self = .badData
    case FigureError.unknownFormat: self = .usage
    case FigureError.cannotRender: self = .cannotWrite
    case is FigureError: self = .badData
    case let error as Interruption: self = error.status
    case is ServerError: self = .unavailable
    case ClusterError.otherFiles, ClusterError.unreadable: self = .inputFailed
    case is ClusterError: self = .unavailable
    case is BelowThreshold: self = .belowThreshold
    case is ExistingCheckpoint, is ModelElsewhere: self = .cannotWrite
    case let error as ImageError where error.reason == .outOfMemory: self = .inputFailed
    case is TooFewFiles: self = .inputFailed
    case is ImageError, is DatasetError, is ModelError, is TrainingError, is UnreadableImages,
      is NothingButLeaks, is NothingUnseen, is EmptyFolder, is NoTrainingImages, is OtherModel:
      self = .badData
    default: return nil
    }
  }
}

struct UnreadableImages: Error, CustomStringConvertible {
  let count: Int
  let total: Int

  var description: String { "\(count) of \(total) images could not be read" }
}

/// The process may not open as many files as a command needs.
struct TooFewFiles: Error, CustomStringConvertible {
  var description: String {
    "too many open files: the limit of \(OpenFiles.limit) leaves \(OpenFiles.free), but at least \(OpenFiles.needed) are "
      + "needed; raise it with ulimit -n"
  }
}
