internal import Diffusion
internal import Foundation
internal import Imaging
internal import NN
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
    case let error as CheckpointError: self = Self.of(error)
    case let error as ImagingError: self = Self.of(error)
    case let error as ModelError: self = Self.of(error)
    case let error as GenerationError: self = Self.of(error)
    case let error as SamplingError: self = Self.of(error)
    case let error as ConfigurationError:
      if case .unreadable(let file, _) = error {
        self = Self.unreadable(file)
      } else {
        self = .badInput
      }
    case let error as TokenizationError: self = Self.of(error)
    case is WeightsError: self = .badInput
    default: return nil
    }
  }

  /// A file that is not there is missing; one that is there holds the wrong thing.
  private static func unreadable(_ file: String) -> ExitStatus {
    FileManager.default.fileExists(atPath: file) ? .badInput : .missingFile
  }

  private static func of(_ error: TorchError) -> ExitStatus {
    switch error {
    case .outOfMemory: .tryAgain
    case .noDevice, .unknownDevice: .usage
    case .operation: .internalError
    }
  }

  private static func of(_ error: CheckpointError) -> ExitStatus {
    switch error {
    case .missingFile: .missingFile
    case .unreadable, .unwritable: .inputOutput
    default: .badInput
    }
  }

  private static func of(_ error: ImagingError) -> ExitStatus {
    switch error {
    case .missingFile: .missingFile
    case .unreadable, .missingFolder, .unwritableFolder, .diskFull, .isFolder, .unwritable:
      .inputOutput
    case .outOfMemory: .tryAgain
    default: .badInput
    }
  }

  private static func of(_ error: ModelError) -> ExitStatus {
    switch error {
    case .notFound, .noWeights, .noTokenizer: .missingFile
    case .notAModel, .unsupported, .misfit: .badInput
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
    case .unreadable(let file, _): unreadable(file)
    case .stopped: .tryAgain
    default: .badInput
    }
  }

  private static func of(_ error: TokenizationError) -> ExitStatus {
    switch error {
    case .missingFile, .noVocabulary: .missingFile
    case .unreadable: .inputOutput
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
