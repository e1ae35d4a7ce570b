extension SampleCommand {
  /// The arguments that make one image again, alone.
  func arguments(making record: ImageRecord) -> [String] {
    var arguments = [
      "raft-diffuse", "sample", "--model", record.model,
    ]
    for adapter in record.adapters ?? [] {
      arguments += ["--lora", adapter.argument]
    }
    // An empty text can only be a word of its own, and one that begins with a dash cannot.
    arguments += record.prompt.isEmpty ? ["--prompt", ""] : ["--prompt=\(record.prompt)"]
    arguments += [
      "--seed", String(record.seed), "--sampler", record.sampler, "--steps", String(record.steps),
      "--guidance", String(record.guidance), "--res", "\(record.width)x\(record.height)",
      "--precision", record.precision, "--device", record.device, "--prediction",
      record.prediction,
    ]
    // On a CPU sums are cut up among the threads, which bf16 can see.
    if record.device == "cpu" { arguments += ["--threads", String(record.threads)] }
    func add(_ flag: String, _ value: String?) {
      if let value { arguments += [flag, value] }
    }
    if !record.negativePrompt.isEmpty { arguments.append("--negative=\(record.negativePrompt)") }
    if record.eta > 0 { add("--eta", String(record.eta)) }
    if record.clipSkip > 1 { add("--clip-skip", String(record.clipSkip)) }
    add("--spacing", record.spacing)
    add("--variant", model.files.variant)
    add("--tokenizer", model.files.tokenizer.map(ModelFiles.recorded))
    if record.matchesDiffusersSteps { arguments.append("--match-diffusers-steps") }
    if partialAdapters.allowPartial { arguments.append("--allow-partial") }
    if record.emphasis { arguments.append("--emphasis") }
    if record.longPrompts { arguments.append("--long-prompts") }
    return arguments
  }
}
