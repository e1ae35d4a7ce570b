extension SampleRequest {
  /// Requests for `samplesPerPrompt` samples of each of some prompts, in the order of addresses.
  ///
  /// - Parameters:
  ///   - samplesPerPrompt: K.
  ///   - prompts: all prompts of the split.
  ///   - places: which of them.
  ///   - split: what the samples are for.
  ///   - round: the round, counted from 1; 0 for the base.
  ///   - seeds: where noise comes from.
  public static func requests(
    _ samplesPerPrompt: Int, of prompts: [Prompt], at places: some Sequence<Int>,
    split: Split = .train, round: Int, seeds: RunSeeds
  ) -> [SampleRequest] {
    places.sorted().flatMap { place in
      (0..<samplesPerPrompt).map { index in
        let address = SampleAddress(split: split, round: round, prompt: place, index: index)
        return SampleRequest(
          address: address, prompt: prompts[place], seed: seeds.seed(of: address))
      }
    }
  }
}
