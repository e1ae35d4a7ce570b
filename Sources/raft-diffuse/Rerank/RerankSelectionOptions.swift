internal import ArgumentParser

/// Which rounds are ranked anew, and how is selected.
struct RerankSelectionOptions: ParsableArguments {
  /// One round or all.
  enum Rounds: ExpressibleByArgument, Equatable {
    case all
    case one(Int)

    init?(argument: String) {
      switch argument {
      case "all": self = .all
      default:
        guard let number = Int(argument), number >= 1 else { return nil }
        self = .one(number)
      }
    }

    var defaultValueDescription: String {
      switch self {
      case .all: "all"
      case .one(let number): "\(number)"
      }
    }
  }

  @Option(help: ArgumentHelp("The round, counted from 1, or all.", valueName: "n"))
  var round: Rounds = .all

  @Option(help: ArgumentHelp("What is learned from, as align has it.", valueName: "rule"))
  var select: String?

  @Option(
    help: ArgumentHelp("Only the first so many images of each prompt.", valueName: "n"))
  var samplesPerPrompt: Int?

  @Option(
    help: ArgumentHelp(
      "Rank by reward − β·d, d being how far the model had moved, which the run must have measured.",
      valueName: "x"))
  var beta: Double?
}
