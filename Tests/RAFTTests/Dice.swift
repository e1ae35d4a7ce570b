import Foundation
import RAFT

/// A loaded die for each prompt, as a policy: a prompt is the die's place, a sample a face from 0.
final class LoadedDice: Policy {
  /// The probabilities of each die's faces.
  private(set) var probabilities: [[Double]]

  /// Those it began with.
  let base: [[Double]]

  /// How far a round moves a die towards the faces that it learns from, 0…1.
  let rate: Double

  /// What each round learned from.
  private(set) var lessons: [[Candidate<Int, Int>]] = []

  init(_ probabilities: [[Double]], base: [[Double]]? = nil, rate: Double = 0.5) {
    self.probabilities = probabilities
    self.base = base ?? probabilities
    self.rate = rate
  }

  /// Fair dice of six faces.
  convenience init(fair count: Int, rate: Double = 0.5) {
    let die = [Double](repeating: 1.0 / 6, count: 6)
    self.init([[Double]](repeating: die, count: count), rate: rate)
  }

  func candidates(for requests: [SampleRequest<Int>]) -> [Candidate<Int, Int>] {
    requests.map { request in
      var generator = SplitMix64(seed: request.seed)
      var left = generator.unit()
      let die = probabilities[request.prompt]
      let face = die.firstIndex { probability in
        left -= probability
        return left < 0
      }
      return Candidate(request, face ?? die.count - 1)
    }
  }

  func divergences(of candidates: [Candidate<Int, Int>]) -> [Double] {
    candidates.map { candidate in
      guard let face = candidate.sample else { return .nan }
      let die = candidate.request.prompt
      return log(probabilities[die][face] / base[die][face])
    }
  }

  func fineTune(on examples: [Candidate<Int, Int>], round: Int) -> TuningReport {
    lessons.append(examples)
    for (die, examples) in Dictionary(grouping: examples, by: \.request.prompt) {
      let faces = examples.compactMap(\.sample)
      for face in probabilities[die].indices {
        let share = Double(faces.count { $0 == face }) / Double(faces.count)
        probabilities[die][face] += rate * (share - probabilities[die][face])
      }
    }
    return TuningReport(steps: examples.count)
  }

  /// The mean number of eyes over all dice, counted from 1.
  var meanEyes: Double {
    probabilities.reduce(0.0) { sum, die in
      sum + die.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    } / Double(probabilities.count)
  }

  /// The mean over dice of `Σ p·log(p/p₀)`.
  var divergenceFromBase: Double {
    zip(probabilities, base).reduce(0.0) { sum, dice in
      sum + zip(dice.0, dice.1).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / $1.1) : 0) }
    } / Double(probabilities.count)
  }
}

/// As many points as a face has eyes.
struct Eyes: Reward {
  func judgements(of candidates: [Candidate<Int, Int>]) -> [Judgement] {
    candidates.map { candidate in
      candidate.sample.map { .score(Double($0 + 1)) } ?? .excluded(candidate.failure ?? "")
    }
  }
}
