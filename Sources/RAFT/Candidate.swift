/// What is asked of a policy: one sample of a prompt.
public struct SampleRequest<Prompt: Sendable>: Sendable {
  /// Which sample it is.
  public let address: SampleAddress

  /// What it is a sample of.
  public let prompt: Prompt

  /// Where its noise comes from, below 2³².
  public let seed: UInt64

  /// A sample of `prompt` from the noise of `seed`.
  public init(address: SampleAddress, prompt: Prompt, seed: UInt64) {
    self.address = address
    self.prompt = prompt
    self.seed = seed
  }
}

/// A sample, and what it is a sample of.
public struct Candidate<Prompt: Sendable, Sample> {
  /// What was asked for.
  public let request: SampleRequest<Prompt>

  /// What the policy made of it; nil where it failed, for the reason in ``failure``.
  public let sample: Sample?

  /// Why there is no sample.
  public let failure: String?

  /// A sample.
  public init(_ request: SampleRequest<Prompt>, _ sample: Sample) {
    self.request = request
    self.sample = sample
    failure = nil
  }

  /// A sample that could not be made.
  public init(_ request: SampleRequest<Prompt>, failure: String) {
    self.request = request
    sample = nil
    self.failure = failure
  }
}

/// What a reward says of one candidate.
public enum Judgement: Sendable, Equatable, Codable {
  /// A finite number; higher is better.
  case score(Double)
  /// No number, for the reason given: the candidate is never chosen, and counted.
  case excluded(String)

  /// The score, if there is one.
  public var score: Double? {
    if case .score(let value) = self { value } else { nil }
  }
}
