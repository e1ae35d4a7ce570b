internal import Alignment
internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import Files
internal import Imaging
internal import LoRA
internal import NN
internal import Policies
internal import RAFT
internal import Recipes
internal import RunStore
internal import Tokenization
internal import Torch

/// What the command's exit says, as sysexits.h numbers it.
enum ExitStatus: Int32 {
  case usage = 64
  case badInput = 65
  case missingFile = 66
  case internalError = 70
  case inputOutput = 74
  case tryAgain = 75

  /// The status of one of our libraries' errors; nil for errors that the argument parser knows.
  init?(of error: any Error) {
    switch error {
    case let error as CommandError: self = error.status
    case let error as TorchError: self = Self.of(error)
    case let error as FileError: self = Self.of(error)
    case let error as ImagingError: self = Self.of(error)
    case let error as ModelError: self = Self.of(error)
    case let error as CLIPError: self = Self.of(error)
    case let error as GenerationError: self = Self.of(error)
    case let error as SamplingError: self = Self.of(error)
    case let error as TokenizationError: self = Self.of(error)
    case let error as RewardError: self = Self.of(error)
    case let error as ExternalRewardError: self = Self.of(error)
    case let error as MixingError: self = Self.of(error)
    case let error as AdapterFileError: self = Self.of(error)
    case let error as AdapterError: self = Self.of(error)
    case let error as TrainingError: self = Self.of(error)
    case let error as RecipeError: self = Self.of(error)
    case let error as PromptFileError: self = Self.of(error)
    case let error as RAFTError: self = Self.of(error)
    case let error as RunStoreError: self = Self.of(error)
    case let error as LedgerError: self = Self.of(error)
    case let error as PolicyError: self = Self.of(error)
    case let error as RunError: self = Self.of(error)
    case let error as RerankError: self = Self.of(error)
    case is ExampleError, is TrainingDivergence: self = .badInput
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

  private static func of(_ error: AdapterFileError) -> ExitStatus {
    switch error {
    case .noFile, .noConfiguration: .missingFile
    default: .badInput
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

  private static func of(_ error: GenerationError) -> ExitStatus {
    switch error {
    case .size, .clipSkip: .usage
    case .shape, .notFinite: .badInput
    }
  }

  private static func of(_ error: SamplingError) -> ExitStatus {
    switch error {
    case .steps, .eta: .usage
    case .stopped: .tryAgain
    default: .badInput
    }
  }

  private static func of(_ error: RewardError) -> ExitStatus {
    switch error {
    case .noHeadFile: .missingFile
    case .cache: .inputOutput
    default: .badInput
    }
  }

  private static func of(_ error: ExternalRewardError) -> ExitStatus {
    switch error {
    case .badCommandLine, .badAddress: .usage
    case .noProgram: .missingFile
    case .notExecutable, .cannotStart: .inputOutput
    case .failed(_, let mayPass): mayPass ? .tryAgain : .badInput
    case .stopped: .tryAgain
    }
  }

  private static func of(_ error: MixingError) -> ExitStatus {
    switch error {
    case .differentPassports, .noBaseScores, .columns: .badInput
    default: .usage
    }
  }

  private static func of(_ error: AdapterError) -> ExitStatus {
    switch error {
    case .rank, .alpha, .dropout, .noneOf: .usage
    case .noLayers, .shape, .notFinite, .notMerged, .empty, .inTraining: .badInput
    }
  }

  private static func of(_ error: TrainingError) -> ExitStatus {
    switch error {
    case .setting: .usage
    case .gradientNotFinite, .state, .stateShape: .badInput
    }
  }

  private static func of(_ error: RecipeError) -> ExitStatus {
    switch error {
    case .noRecipes, .unknownRecipe: .missingFile
    default: .badInput
    }
  }

  private static func of(_ error: PromptFileError) -> ExitStatus {
    switch error {
    case .missing: .missingFile
    case .unreadable: .inputOutput
    case .folder, .notText, .binary, .empty: .badInput
    }
  }

  private static func of(_ error: RAFTError) -> ExitStatus {
    switch error {
    case .unknownSelection, .selection, .setting, .tooManyPrompts: .usage
    case .nothingSelected, .distribution: .badInput
    case .answers, .wrongSample: .internalError
    }
  }

  private static func of(_ error: RunStoreError) -> ExitStatus {
    switch error {
    case .exists, .notEmpty, .notAFolder, .unwritable: .inputOutput
    case .noRun, .fileMissing: .missingFile
    case .inUse: .tryAgain
    case .fileChanged, .checksums: .badInput
    }
  }

  private static func of(_ error: LedgerError) -> ExitStatus {
    switch error {
    case .missing: .missingFile
    case .unusable: .inputOutput
    case .busy: .tryAgain
    case .conflict, .notFinite: .internalError
    case .changed, .newer, .foreign, .damaged: .badInput
    }
  }

  private static func of(_ error: PolicyError) -> ExitStatus {
    switch error {
    case .setting, .nothingToPreserve: .usage
    case .noExamples, .noSample, .shape, .notEncoded, .state: .badInput
    case .round: .internalError
    }
  }

  private static func of(_ error: RunError) -> ExitStatus {
    switch error {
    case .interrupted, .stageFinished: .tryAgain
    case .damagedCheckpoint, .damagedTimes, .samples: .badInput
    case .setting: .usage
    }
  }

  private static func of(_ error: RerankError) -> ExitStatus {
    switch error {
    case .noRound, .tooMany: .usage
    case .noSamples, .notScored, .noDivergences: .badInput
    case .interrupted: .tryAgain
    }
  }

  private static func of(_ error: TokenizationError) -> ExitStatus {
    switch error {
    case .missingFile, .noVocabulary: .missingFile
    default: .badInput
    }
  }
}

/// What the command itself finds wrong.
struct CommandError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  /// A file or folder that is in the way, or may not be written.
  static func unwritable(_ path: String, _ reason: String) -> CommandError {
    CommandError(status: .inputOutput, description: "\(path) cannot be written: \(reason)")
  }
}
