internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import Files
internal import Imaging
internal import NN
internal import Shapes
internal import Tokenization
internal import Torch

/// What the command's exit says, as sysexits.h numbers it and raft-diffuse has it.
enum ExitStatus: Int32 {
  case usage = 64
  case badInput = 65
  case missingFile = 66
  case internalError = 70
  case inputOutput = 74
  case tryAgain = 75

  /// The status of one of our own errors; nil for errors that the argument parser knows.
  init?(of error: any Error) {
    switch error {
    case let error as FileError: self = Self.of(error)
    case let error as TorchError: self = Self.of(error)
    case ImagingError.outOfMemory: self = .tryAgain
    case ExportError.missingPart, ExportError.missingRecord, RewardError.noHeadFile,
      CLIPError.notFound, CLIPError.noWeights, CLIPError.noTokenizer, TokenizationError.missingFile,
      TokenizationError.noVocabulary:
      self = .missingFile
    case is CourseError, is LatentCacheError, is ShapesError, is ImagingError, is CLIPError,
      is RewardError, is ModelError, is TokenizationError, is CheckpointError,
      is ConfigurationError, is WeightsError, is JSONError, is TrainingError:
      self = .badInput
    default: return nil
    }
  }

  private static func of(_ error: FileError) -> ExitStatus {
    switch error {
    case .missing: .missingFile
    case .folder, .empty, .tooLarge: .badInput
    case .unreadable, .missingFolder, .unwritableFolder, .diskFull, .quotaFull, .folderInPlace,
      .unwritable:
      .inputOutput
    }
  }

  private static func of(_ error: TorchError) -> ExitStatus {
    switch error {
    case .outOfMemory: .tryAgain
    case .noDevice, .unknownDevice: .usage
    case .operation: .internalError
    }
  }
}
