internal import Imaging
internal import NN
internal import Policies
internal import RAFT
internal import RunStore
internal import Torch

/// A run's samples as they lie on disk.
struct SampleLibrary {
  let directory: RunDirectory

  /// The sample of `row`; its picture is read when it is used.
  func candidate(_ request: SampleRequest<String>, _ row: SampleRow) throws
    -> Candidate<String, DiffusionSample>
  {
    switch row.outcome {
    case .failed(let reason): return Candidate(request, failure: reason)
    case .made(let image, _):
      let path = directory.paths.path(image.path)
      return Candidate(
        request,
        DiffusionSample(latents: try latents(of: row)) { try ImageFile.read(path) })
    }
  }

  /// The same for a row alone.
  func candidate(_ row: SampleRow) throws -> Candidate<String, DiffusionSample> {
    try candidate(
      SampleRequest(address: row.address, prompt: row.facts.prompt, seed: row.facts.seed), row)
  }

  /// The image of a sample; nil where it failed.
  func image(of row: SampleRow) throws -> RGBImage? {
    try row.image.map { try ImageFile.read(directory.paths.path($0.path)) }
  }

  /// The latents of a sample, `F32 [4, H, W]`.
  ///
  /// - Throws: `RunError.samples` where it failed or was kept without them.
  func latents(of row: SampleRow) throws -> Tensor {
    guard let stored = row.latents else {
      throw RunError.samples("\(row.address) was kept without latents")
    }
    let file = try CheckpointFile.open(directory.paths.path(stored.file.path))
    return try file.entryOrOnly("latents").tensor()[stored.row].clone()
  }
}
