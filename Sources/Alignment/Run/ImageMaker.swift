internal import Diffusion
internal import Files
internal import Foundation
package import Imaging
internal import NN
internal import Policies
internal import RAFT
internal import Recipes
package import RunStore
internal import Torch

/// Makes a run's images, each once.
///
/// Images are made in batches whose make-up never changes, since rounding depends on it: a batch is
/// kept whole or made again. On a GPU whose memory is full a batch is halved, which is written down
/// and done again by a run that goes on.
package final class ImageMaker {
  /// What is written into an image's file about how it was made; `round` is that after which the
  /// model made it.
  package typealias Texts = (_ facts: SampleFacts, _ round: Int) throws -> [PNGText]

  private let recipe: Recipe
  private let learner: Learner
  private let parts: RunParts
  private let control: RunControl
  private var directory: RunDirectory { parts.directory }
  private var ledger: RunLedger { parts.directory.ledger }

  init(_ recipe: Recipe, _ learner: Learner, _ parts: RunParts, _ control: RunControl) {
    self.recipe = recipe
    self.learner = learner
    self.parts = parts
    self.control = control
  }

  /// The images of `requests`, in their order; those that the ledger has are not made.
  ///
  /// - Parameters:
  ///   - requests: all of one split and round, in the order of their addresses.
  ///   - round: the round after which the model makes them; 0 for the base.
  func rows(
    for requests: [SampleRequest<String>], sampling: Recipe.Sampling, after round: Int
  ) throws -> [SampleRow] {
    guard let first = requests.first?.address else { return [] }
    let addresses = requests.map(\.address)
    let known = try ledger.samples(at: addresses)
    if known.count < requests.count {
      let adapter = try learner.digest(after: round)
      let facts = requests.map { fact($0, sampling, adapter) }
      var batches = try Batches(requests.count, parts.settled.sampleBatch, first, ledger)
      var number = 0
      while number < batches.ranges.count {
        let range = batches.ranges[number]
        if requests[range].contains(where: { known[$0.address] == nil }) {
          do {
            try make(
              Array(facts[range]), number, range.upperBound, of: facts.count, sampling, round)
          } catch TorchError.outOfMemory(_, _, _)
            where range.count > 1 && parts.model.placement.device != .cpu
          {
            try Machine.emptyCache(parts.model.placement.device)
            try batches.split(number)
            control.tell(
              .warning("the device's memory is full; going on with \((range.count + 1) / 2) images")
            )
            continue
          }
        }
        number += 1
      }
    }
    let rows = try ledger.samples(at: addresses)
    return addresses.compactMap { rows[$0] }
  }

  private func fact(
    _ request: SampleRequest<String>, _ sampling: Recipe.Sampling, _ adapter: String
  ) -> SampleFacts {
    let sampler = [
      "sampler=\(sampling.sampler ?? "checkpoint")", "steps=\(sampling.steps)",
      "guidance=\(sampling.guidance)", "eta=\(sampling.eta)",
      "negative=\(recipe.prompts.negative)",
    ]
    return SampleFacts(
      request.address, prompt: request.prompt, seed: request.seed,
      sampler: sampler.joined(separator: " "), width: recipe.width, height: recipe.height,
      adapter: adapter)
  }

  private func make(
    _ facts: [SampleFacts], _ number: Int, _ end: Int, of total: Int, _ sampling: Recipe.Sampling,
    _ round: Int
  ) throws {
    try control.check("while sampling; every batch that was finished is kept")
    guard try !takeOver(facts, number) else { return }
    let first = facts[0].address
    let made = try learner.samples(
      facts.map {
        ImageRequest(
          prompt: $0.prompt, negativePrompt: recipe.prompts.negative, seed: $0.seed)
      }, sampling, after: round
    ) { [control] step in
      control.tell(
        .progress(
          RunProgress(
            round: first.round, what: "sampling \(first.split.rawValue)", unit: "image",
            done: end - facts.count + facts.count * step.done / step.count, total: total)))
    }
    var latents: [Tensor] = []
    let samples = try zip(facts, made).map { facts, result in
      switch result {
      case .failure(let error): return MadeSample(facts, .failure("\(error)"))
      case .success(let sample):
        latents.append(sample.latents)
        let bytes = try PNG.encode(sample.image(), texts: parts.texts(facts, round))
        return MadeSample(facts, .image(bytes))
      }
    }
    try directory.keep(samples, batch: number) { path in
      try SafetensorsWriter.write(
        [.init(name: "latents", tensor: .stacked(latents))], to: path)
    }
  }

  /// Takes a batch over from another run that made the same one.
  private func takeOver(_ facts: [SampleFacts], _ number: Int) throws -> Bool {
    guard let donor = parts.donor else { return false }
    let rows = try donor.ledger.samples(at: facts.map(\.address))
    guard facts.allSatisfy({ rows[$0.address]?.facts == $0 && rows[$0.address]?.batch == number })
    else { return false }
    let library = SampleLibrary(directory: donor)
    var latents: [Tensor] = []
    let samples = try facts.compactMap { facts -> MadeSample? in
      switch rows[facts.address]?.outcome {
      case nil: return nil
      case .failed(let reason): return MadeSample(facts, .failure(reason))
      case .made(let image, let stored):
        if let stored { latents.append(try library.latents(stored)) }
        return MadeSample(
          facts, .image(try ImageFile.bytes(of: donor.paths.path(image.path))))
      }
    }
    try directory.keep(samples, batch: number) { path in
      try SafetensorsWriter.write(
        [.init(name: "latents", tensor: .stacked(latents))], to: path)
    }
    return true
  }
}

/// How requests are cut into batches: evenly, but for those that were halved.
private struct Batches {
  private(set) var ranges: [Range<Int>]
  private let first: SampleAddress
  private let ledger: RunLedger

  init(_ count: Int, _ size: Int, _ first: SampleAddress, _ ledger: RunLedger) throws {
    self.first = first
    self.ledger = ledger
    ranges = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    for event in try ledger.events(.batchSplit) where event.round == first.round {
      let parts = event.content.split(separator: "\"").map(String.init)
      guard parts.contains(first.split.rawValue),
        let number = parts.compactMap({ Int($0) }).first
      else { continue }
      halve(number)
    }
  }

  /// Halves a batch and writes that down.
  mutating func split(_ number: Int) throws {
    try ledger.record(
      event: EventRow(
        round: first.round, .batchSplit,
        "{\"batch\":\"\(number)\",\"split\":\"\(first.split.rawValue)\"}"))
    halve(number)
  }

  private mutating func halve(_ number: Int) {
    guard ranges.indices.contains(number), ranges[number].count > 1 else { return }
    let range = ranges[number]
    let middle = range.lowerBound + (range.count + 1) / 2
    ranges.replaceSubrange(
      number...number, with: [range.lowerBound..<middle, middle..<range.upperBound])
  }
}
