/// Something that gives samples: a policy, another model, a folder of images.
public protocol SampleSource<Prompt, Sample> {
  /// What samples are asked for with.
  associatedtype Prompt: Sendable
  /// What is given.
  associatedtype Sample

  /// Samples from the source as it is now, one candidate a request, in their order.
  ///
  /// - Throws: what makes sampling impossible altogether; what fails for one sample is that
  ///   candidate's failure.
  func candidates(for requests: [SampleRequest<Prompt>]) throws -> [Candidate<Prompt, Sample>]
}
