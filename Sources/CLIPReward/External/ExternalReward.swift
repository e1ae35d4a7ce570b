/// A reward that another program computes: one that is started here and speaks JSON lines, or one
/// that is asked over HTTP. docs/rewards.md is the contract.
///
/// What fails in a way that may pass is tried again, a bounded number of times; what then stays
/// open is excluded with the reason. An image is never scored 0 for a failure.
public final class ExternalReward: ImageReward {
  private let service: any RewardService
  private let options: ExternalRewardOptions
  private var nextID = 0

  /// Whether the reward has ever answered for an image: one that has works, whatever comes later.
  private var hasAnswered = false

  /// What the last batches failed by, with no answer between them.
  private var failuresInARow: [ServiceFailure] = []

  /// The reward of a program: `line` is its command line, in words as a shell reads them (quotes
  /// and backslashes; nothing is expanded). It is started when the first image is scored.
  ///
  /// - Parameters:
  ///   - environment: where `PATH` is looked up, and what the program gets.
  ///   - cache: where the digests of files that the line names are kept; nil for nowhere.
  /// - Throws: ``ExternalRewardError`` where there is no such program, `FileError`.
  public convenience init(
    command line: String, name: String = "command", environment: [String: String],
    options: ExternalRewardOptions = .init(), cache: RewardCache? = nil
  ) throws {
    let command = try ProgramCommand(line, environment: environment)
    let passport = try command.passport { file in
      try cache?.digest(ofFile: file) ?? RewardCache.freshDigest(ofFile: file)
    }
    self.init(
      ProgramService(command, passport, name: name, environment: environment, options), options)
  }

  /// The reward of a web service at `address`, `http://…` or `https://…`; it is asked for its
  /// passport at once.
  ///
  /// - Throws: ``ExternalRewardError`` where the address is none, or nothing answers there.
  public convenience init(
    address: String, name: String = "http", options: ExternalRewardOptions = .init()
  ) throws {
    self.init(try HTTPService(address, name: name, options), options)
  }

  init(_ service: any RewardService, _ options: ExternalRewardOptions) {
    self.service = service
    self.options = options
  }

  /// The command line or address, with the digests of the files that it names.
  public var passport: RewardPassport { service.passport }

  /// Whether the passport tells one version of the reward from another. Scores of a service that
  /// says nothing of itself must not outlive this process: the next time it may be another one.
  public var statesPassport: Bool { service.statesPassport }

  /// Ends the reward's program, if one runs; it is started again when next asked. This happens by
  /// itself when the reward is no longer used.
  public func end() { service.end() }

  /// Scores `inputs` in batches.
  ///
  /// - Throws: ``ExternalRewardError`` where the reward has not answered for any image yet, and
  ///   fails. That it refuses images by answers of its own is no such failure.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    var outcomes: [RewardOutcome] = []
    // Each call tries at least one batch: the reward may be back.
    failuresInARow = failuresInARow.suffix(1)
    for start in stride(from: 0, to: inputs.count, by: max(options.batch, 1)) {
      let batch = Array(inputs[start..<min(start + max(options.batch, 1), inputs.count)])
      if failuresInARow.count >= 2, let last = failuresInARow.last {
        outcomes += batch.map { _ in .excluded(.failed("not tried: \(last.reason)")) }
        continue
      }
      let scored = try scores(of: batch)
      outcomes += scored.outcomes
      if scored.hasAnswer {
        hasAnswered = true
        failuresInARow = []
      } else if let failure = scored.failure {
        failuresInARow.append(failure)
        guard hasAnswered else {
          throw ExternalRewardError.failed(reason: failure.reason, mayPass: failure.mayPass)
        }
      }
    }
    return outcomes
  }

  /// One batch, with its retries.
  private func scores(of inputs: [RewardInput]) throws
    -> (outcomes: [RewardOutcome], hasAnswer: Bool, failure: ServiceFailure?)
  {
    var found = [RewardOutcome?](repeating: nil, count: inputs.count)
    var open: [(index: Int, request: RewardRequest)] = []
    for (index, input) in inputs.enumerated() {
      do {
        let request = try RewardRequest(
          input, id: String(nextID), form: options.images, sharesFiles: service.sharesFiles)
        nextID += 1
        open.append((index, request))
      } catch let failure as ServiceFailure {
        found[index] = .excluded(.failed(failure.reason))
      } catch {
        found[index] = .excluded(try RewardInput.reason(for: error))
      }
    }
    var failure: ServiceFailure?
    var hasAnswer = false
    for attempt in 0...max(options.retries, 0) where !open.isEmpty {
      if attempt > 0 { try options.wait(beforeRetry: attempt - 1) }
      failure = try ask(&open, &found, &hasAnswer)
      guard let failure else { break }
      guard failure.mayPass else { break }
      // The first open image may be the one that the reward fails at: let the others go before it.
      if open.count > 1 { open.append(open.removeFirst()) }
    }
    let reason = failure?.reason ?? "it was not answered"
    return (found.map { $0 ?? .excluded(.failed(reason)) }, hasAnswer, failure)
  }

  /// One attempt at the images that are open; those that are answered move over into `found`.
  private func ask(
    _ open: inout [(index: Int, request: RewardRequest)], _ found: inout [RewardOutcome?],
    _ hasAnswer: inout Bool
  ) throws -> ServiceFailure? {
    var sheet = AnswerSheet(open.map(\.request.id), reward: service.name)
    var failure: ServiceFailure?
    do {
      try service.answer(open.map(\.request), in: &sheet)
    } catch let error as ServiceFailure {
      failure = error
    }
    for (index, request) in open {
      guard let outcome = sheet.outcomes[request.id] else { continue }
      found[index] = outcome
      hasAnswer = true
    }
    open.removeAll { sheet.outcomes[$0.request.id] != nil }
    return failure
  }
}
