internal import Diffusion
internal import Files
internal import Foundation
package import Imaging
internal import LoRA
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
  private let origin: SampleOrigin
  private var directory: RunDirectory { parts.directory }
  private var ledger: RunLedger { parts.directory.ledger }

  init(_ recipe: Recipe, _ learner: Learner, _ parts: RunParts, _ control: RunControl) throws {
    self.recipe = recipe
    self.learner = learner
    self.parts = parts
    self.control = control
    origin = try SampleOrigin(recipe, parts)
  }

  /// Images to learn from, in the order of their requests; those that the ledger has are not made.
  ///
  /// - Parameters:
  ///   - requests: all of one round, in the order of their addresses.
  ///   - round: the round after which the model makes them; 0 for the base.
  func collected(_ requests: [SampleRequest<String>], after round: Int) throws -> [SampleRow] {
    let rows = try rows(for: requests, by: origin, recipe.collecting, after: round)
    try keepTogether(rows)
    return rows
  }

  /// Images that decide or report, likewise; always made by the model that learns.
  func evaluated(_ requests: [SampleRequest<String>], after round: Int) throws -> [SampleRow] {
    try rows(for: requests, by: .learner, recipe.evaluating.sampling, after: round)
  }

  private func rows(
    for requests: [SampleRequest<String>], by origin: SampleOrigin, _ sampling: Recipe.Sampling,
    after round: Int
  ) throws -> [SampleRow] {
    guard let first = requests.first?.address else { return [] }
    let adapter = try origin.digest(after: round, learner)
    let facts = requests.map { fact($0, sampling, adapter) }
    let known = try ledger.samples(of: facts)
    // Whoever goes on learns from these: they must be what was made.
    try directory.verify(Array(known.values))
    guard known.count < facts.count else { return facts.compactMap { known[$0.address] } }
    var batches = try BatchPlan(facts.count, parts.settled.sampleBatch, first, ledger)
    var number = 0
    while number < batches.ranges.count {
      let range = batches.ranges[number]
      if facts[range].contains(where: { known[$0.address] == nil }) {
        try control.check("while sampling; every batch that was finished is kept")
        do {
          let made = try samples(
            Array(requests[range]), by: origin, sampling, after: round, end: range.upperBound,
            of: facts.count)
          try keep(Array(facts[range]), made, batch: number, round)
        } catch TorchError.outOfMemory(_, _, _)
          where range.count > 1 && parts.model.placement.device != .cpu
        {
          try Machine.emptyCache(parts.model.placement.device)
          try batches.split(number)
          control.tell(
            .warning("the device's memory is full; going on with \((range.count + 1) / 2) images"))
          continue
        }
      }
      number += 1
    }
    let rows = try ledger.samples(of: facts)
    return facts.compactMap { rows[$0.address] }
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

  // MARK: One batch

  /// A sample on its way to the disk.
  private enum Made {
    case sample(latents: Tensor, image: () throws -> RGBImage)
    /// A file of another run's, with its texts.
    case file(latents: Tensor, bytes: [UInt8])
    case failure(String)
  }

  private func samples(
    _ requests: [SampleRequest<String>], by origin: SampleOrigin, _ sampling: Recipe.Sampling,
    after round: Int, end: Int, of total: Int
  ) throws -> [Made] {
    guard let first = requests.first?.address else { return [] }
    func tell(_ done: Int) {
      control.tell(
        .progress(
          RunProgress(
            round: first.round, what: "sampling \(first.split.rawValue)", unit: "image",
            done: done, total: total)))
    }
    if case .folder(let folder) = origin {
      defer { tell(end) }
      return try requests.map { try encoded($0, folder) }
    }
    if let taken = try takenOver(requests, after: round, by: origin, sampling) {
      tell(end)
      return taken
    }
    let images = requests.map {
      ImageRequest(
        prompt: $0.prompt, negativePrompt: recipe.prompts.negative, seed: $0.seed)
    }
    func progress(_ step: SamplingProgress) {
      tell(end - requests.count + requests.count * step.done / step.count)
    }
    if case .model(let generator, _) = origin {
      let results = try generator.samples(
        images, sampling: SamplerSettings(sampling), adapter: .base
      ) { step in
        progress(step)
        return .continue
      }
      return try zip(requests, results).map { request, result in
        switch result {
        case .success(let sample):
          try encoded(try sample.image(), request, name: "\(request.address)")
        case .failure(let error): .failure("\(error)")
        }
      }
    }
    var adapter: AdapterWeights?
    if case .adapter(let weights, _) = origin { adapter = weights }
    let results = try learner.samples(
      images, sampling, after: round, adapter: adapter, progress: progress)
    return results.map { result in
      switch result {
      case .success(let sample): .sample(latents: sample.latents, image: sample.image)
      case .failure(let error): .failure("\(error)")
      }
    }
  }

  /// An image of a folder, with the latents that the VAE makes of it.
  private func encoded(_ request: SampleRequest<String>, _ folder: SampleFolder) throws -> Made {
    let perRound = recipe.rounds.samplesPerPrompt
    guard let found = folder.image(for: request, perRound: perRound) else {
      return .failure("missing: \(folder.path) has no further image of this prompt")
    }
    let image = try ImageFile.read(found.path).covering(width: recipe.width, height: recipe.height)
    return try encoded(image, request, name: found.path)
  }

  /// An image with the latents that the learner's VAE makes of it.
  private func encoded(_ image: RGBImage, _ request: SampleRequest<String>, name: String) throws
    -> Made
  {
    let encoder = try ExampleEncoder(
      parts.model, draws: TrainingDraws(seed: request.seed), width: recipe.width,
      height: recipe.height)
    let latents = try encoder.latents(of: image, index: 0, name: name)
    return .sample(latents: latents) { image }
  }

  /// A batch of another run that made the same one; nil where there is none.
  private func takenOver(
    _ requests: [SampleRequest<String>], after round: Int, by origin: SampleOrigin,
    _ sampling: Recipe.Sampling
  ) throws -> [Made]? {
    guard let donor = parts.donor else { return nil }
    let rows = try donor.ledger.samples(at: requests.map(\.address))
    let adapter = try origin.digest(after: round, learner)
    guard requests.allSatisfy({ rows[$0.address]?.facts == fact($0, sampling, adapter) }) else {
      return nil
    }
    let library = SampleLibrary(directory: donor)
    return try requests.compactMap { request in
      guard let row = rows[request.address] else { return nil }
      return switch row.outcome {
      case .failed(let reason): .failure(reason)
      case .made(let image, _):
        .file(
          latents: try library.latents(of: row),
          bytes: try ImageFile.bytes(of: donor.paths.path(image.path)))
      }
    }
  }

  private func keep(_ facts: [SampleFacts], _ made: [Made], batch: Int, _ round: Int) throws {
    var latents: [Tensor] = []
    let samples = try zip(facts, made).map { facts, made in
      switch made {
      case .failure(let reason): return MadeSample(facts, .failure(reason))
      case .file(let own, let bytes):
        latents.append(own)
        return MadeSample(facts, .image(bytes))
      case .sample(let own, let image):
        latents.append(own)
        return MadeSample(
          facts, .image(try PNG.encode(image(), texts: parts.texts(facts, round))))
      }
    }
    try directory.keep(samples, batch: batch) { path in
      try SafetensorsWriter.write([.init(name: "latents", tensor: .stacked(latents))], to: path)
    }
  }

  /// Writes the latents of a whole round into one file, for people and other tools; the run itself
  /// goes by those of the batches.
  private func keepTogether(_ rows: [SampleRow]) throws {
    guard let first = rows.first?.address else { return }
    let path = directory.paths.path(directory.paths.latents(first.round, of: first.split))
    guard access(path, F_OK) != 0 else { return }
    let library = SampleLibrary(directory: directory)
    let latents = try rows.filter { $0.failure == nil }.map { try library.latents(of: $0) }
    guard !latents.isEmpty else { return }
    try SafetensorsWriter.write([.init(name: "latents", tensor: .stacked(latents))], to: path)
  }
}
