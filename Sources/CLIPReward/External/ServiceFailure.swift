/// Why an external reward did not answer for the images of a batch that it left open.
struct ServiceFailure: Error, Equatable {
  /// What happened, in a sentence without a full stop.
  let reason: String

  /// Whether trying again may help.
  let mayPass: Bool
}
