internal import Diffusion
internal import NN
internal import Torch

extension ImageRecord {
  /// The record of an image whose noise is drawn.
  ///
  /// - Parameters:
  ///   - request: what was asked for.
  ///   - model: what made it.
  ///   - name: the model as the user named it.
  ///   - adapters: what was added to the model.
  ///   - sampling: how it was sampled.
  init(
    _ request: ImageRequest, by model: StableDiffusion, named name: String,
    adapters: [AdapterRecord], _ sampling: SamplingOptions
  ) {
    self.init(
      version: RaftDiffuse.version, model: ModelFiles.recorded(name),
      adapters: adapters.isEmpty ? nil : adapters, prompt: request.prompt,
      negativePrompt: request.negativePrompt, seed: request.seed, width: sampling.res.width,
      height: sampling.res.height, sampler: sampling.kind(model.scheduler).rawValue,
      steps: sampling.steps, guidance: sampling.guidance, eta: sampling.eta,
      spacing: sampling.spacing?.rawValue,
      prediction: (sampling.prediction ?? model.scheduler.predictionType).rawValue,
      matchesDiffusersSteps: sampling.matchesDiffusersSteps, clipSkip: sampling.clipSkip,
      emphasis: sampling.emphasis, longPrompts: sampling.longPrompts,
      precision: model.placement.precisionName, device: model.placement.device.description,
      threads: Machine.threadCount, torch: Machine.torchVersion)
  }

  /// The arguments of `sample` that make the image again, alone.
  ///
  /// - Parameters:
  ///   - files: which of the model's files were taken.
  ///   - allowsPartial: whether adapters were taken that do not fit in whole.
  func arguments(files: ModelFiles, allowsPartial: Bool) -> [String] {
    var arguments = ["raft-diffuse", "sample", "--model", model]
    for adapter in adapters ?? [] {
      arguments += ["--lora", adapter.argument]
    }
    // An empty text can only be a word of its own, and one that begins with a dash cannot.
    arguments += prompt.isEmpty ? ["--prompt", ""] : ["--prompt=\(prompt)"]
    arguments += [
      "--seed", String(seed), "--sampler", sampler, "--steps", String(steps),
      "--guidance", String(guidance), "--res", "\(width)x\(height)",
      "--precision", precision, "--device", device, "--prediction",
      prediction,
    ]
    // On a CPU sums are cut up among the threads, which bf16 can see.
    if device == "cpu" { arguments += ["--threads", String(threads)] }
    func add(_ flag: String, _ value: String?) {
      if let value { arguments += [flag, value] }
    }
    if !negativePrompt.isEmpty { arguments.append("--negative=\(negativePrompt)") }
    if eta > 0 { add("--eta", String(eta)) }
    if clipSkip > 1 { add("--clip-skip", String(clipSkip)) }
    add("--spacing", spacing)
    add("--variant", files.variant)
    add("--tokenizer", files.tokenizer.map(ModelFiles.recorded))
    if matchesDiffusersSteps { arguments.append("--match-diffusers-steps") }
    if allowsPartial { arguments.append("--allow-partial") }
    if emphasis { arguments.append("--emphasis") }
    if longPrompts { arguments.append("--long-prompts") }
    return arguments
  }
}
