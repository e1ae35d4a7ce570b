internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import Files
internal import Imaging
internal import NN
internal import Tokenization
internal import Torch

/// What a program's exit says, as sysexits.h numbers it.
package enum ExitStatus: Int32 {
  case usage = 64
  case badInput = 65
  case missingFile = 66
  case internalError = 70
  case inputOutput = 74
  case tryAgain = 75

  /// The status of an error of the libraries that all of our programs stand on; nil for any other.
  package init?(ofShared error: any Error) {
    switch error {
    case let error as TorchError: self = Self.of(error)
    case let error as FileError: self = Self.of(error)
    case let error as ImagingError: self = Self.of(error)
    case let error as CLIPError: self = Self.of(error)
    case let error as ModelError: self = Self.of(error)
    case let error as RewardError: self = Self.of(error)
    case let error as TrainingError: self = Self.of(error)
    case let error as TokenizationError: self = Self.of(error)
    case is CheckpointError, is ConfigurationError, is WeightsError: self = .badInput
    default: return nil
    }
  }

  private static func of(_ error: TorchError) -> ExitStatus {
    switch error {
    case .outOfMemory: .tryAgain
    case .noDevice, .unknownDevice: .usage
    case .operation: .internalError
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

  private static func of(_ error: ImagingError) -> ExitStatus {
    switch error {
    case .outOfMemory: .tryAgain
    default: .badInput
    }
  }

  private static func of(_ error: CLIPError) -> ExitStatus {
    switch error {
    case .notFound, .noWeights, .noTokenizer: .missingFile
    case .noActivation: .usage
    case .unsupported, .noHeads, .misfit, .sameTensor, .noText, .pixels: .badInput
    }
  }

  private static func of(_ error: ModelError) -> ExitStatus {
    switch error {
    case .notFound, .noWeights, .noTokenizer: .missingFile
    case .notAModel, .unsupported, .misfit, .sameTensor: .badInput
    }
  }

  private static func of(_ error: RewardError) -> ExitStatus {
    switch error {
    case .noHeadFile: .missingFile
    case .cache: .inputOutput
    default: .badInput
    }
  }

  private static func of(_ error: TrainingError) -> ExitStatus {
    switch error {
    case .setting: .usage
    case .gradientNotFinite, .state, .stateShape: .badInput
    }
  }

  private static func of(_ error: TokenizationError) -> ExitStatus {
    switch error {
    case .missingFile, .noVocabulary: .missingFile
    default: .badInput
    }
  }
}
