internal import Alignment
internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
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

extension ExitStatus {
  /// The status of one of our libraries' errors; nil for errors that the argument parser knows.
  init?(of error: any Error) {
    switch error {
    case let error as CommandError: self = error.status
    case let error as GenerationError: self = Self.of(error)
    case let error as SamplingError: self = Self.of(error)
    case let error as ExternalRewardError: self = Self.of(error)
    case let error as MixingError: self = Self.of(error)
    case let error as AdapterFileError: self = Self.of(error)
    case let error as AdapterError: self = Self.of(error)
    case let error as RecipeError: self = Self.of(error)
    case let error as PromptFileError: self = Self.of(error)
    case let error as RAFTError: self = Self.of(error)
    case let error as RunStoreError: self = Self.of(error)
    case let error as LedgerError: self = Self.of(error)
    case let error as PolicyError: self = Self.of(error)
    case let error as RunError: self = Self.of(error)
    case let error as RerankError: self = Self.of(error)
    case is ExampleError, is TrainingDivergence: self = .badInput
    default: self.init(ofShared: error)
    }
  }

  private static func of(_ error: AdapterFileError) -> ExitStatus {
    switch error {
    case .noFile, .noConfiguration: .missingFile
    default: .badInput
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
