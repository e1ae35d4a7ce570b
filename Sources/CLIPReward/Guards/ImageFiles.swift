internal import Files
internal import Foundation
public import Imaging

/// Makes reward inputs of image files: reads each at most once, decodes it at most once, and
/// neither where a cache knows what is needed.
public final class ImageFiles {
  /// An image file, ready to be scored or not to be.
  public enum Loaded: Sendable {
    /// What rewards take.
    case input(RewardInput)
    /// The file cannot be read.
    case excluded(ExclusionReason)
  }

  private let cache: RewardCache?
  private let transparency: Transparency
  private let counter = Counter()

  /// - Parameters:
  ///   - cache: where digests and prompts are kept.
  ///   - transparency: what becomes of it; the same as in the rewards' passports.
  public init(cache: RewardCache? = nil, transparency: Transparency = .dropped) {
    self.cache = cache
    self.transparency = transparency
  }

  /// How many images have been decoded so far.
  public var decodedCount: Int { counter.value }

  /// The files at `paths`, in their order.
  ///
  /// - Parameter prompts: what each image should show, in the same order; nil for what the image
  ///   itself tells in its PNG texts.
  public func load(_ paths: [String], prompts: [String?]?) throws -> [Loaded] {
    var digests: [FileSignature: String] = [:]
    let files = paths.map { File($0) }
    let signatures = files.compactMap(\.signature)
    let known = try cache?.digests(of: signatures) ?? [:]
    for file in files {
      if let signature = file.signature, let digest = known[signature] {
        file.digest = digest
      } else if let digest = file.read(), let signature = file.signature {
        digests[signature] = digest
      }
    }
    if !digests.isEmpty { try cache?.store(digests: digests) }
    let told = prompts == nil ? try self.prompts(of: files) : [:]
    return files.enumerated().map { index, file in
      guard let digest = file.digest else { return .excluded(file.failure) }
      let prompt = prompts.map { $0[index] } ?? told[digest] ?? nil
      return .input(input(file.path, bytes: file.bytes, digest: digest, prompt: prompt))
    }
  }

  /// A file whose digest is known: nothing of it is read before a reward asks for its pixels, and
  /// what is read then must have that digest.
  ///
  /// - Parameters:
  ///   - name: what messages and results call it; the path if nil.
  ///   - metadata: more about the image, for external rewards.
  package func input(
    _ path: String, name: String? = nil, digest: String, prompt: String?,
    metadata: [String: String] = [:]
  ) -> RewardInput {
    input(path, name: name, bytes: nil, digest: digest, prompt: prompt, metadata: metadata)
  }

  private func input(
    _ path: String, name: String? = nil, bytes: [UInt8]?, digest: String, prompt: String?,
    metadata: [String: String] = [:]
  ) -> RewardInput {
    let (counter, transparency) = (counter, transparency)
    let decoded = DecodedImage {
      let now = try bytes ?? ImageFile.bytes(of: path)
      // A digest from the cache must be that of these bytes, or the cache would keep an untruth.
      guard bytes != nil || Digest.sha256(now) == digest else {
        throw FileError.unreadable(path, reason: "it has changed meanwhile; score it again")
      }
      counter.increment()
      return try ImageFile.decode(now, named: path, transparency: transparency)
    }
    return RewardInput(
      name: name ?? path, path: path, prompt: prompt, digest: digest, transparency: transparency,
      metadata: metadata, image: { try decoded.image() })
  }

  /// The prompts that the files tell, by digest.
  private func prompts(of files: [File]) throws -> [String: String?] {
    var prompts = try cache?.prompts(of: files.compactMap(\.digest)) ?? [:]
    var learnt: [String: String?] = [:]
    for file in files {
      guard let digest = file.digest, prompts[digest] == nil else { continue }
      if file.bytes == nil { _ = file.read() }
      guard let bytes = file.bytes, file.digest == digest else { continue }
      let prompt = ImagePrompt.read(bytes)
      prompts.updateValue(prompt, forKey: digest)
      learnt.updateValue(prompt, forKey: digest)
    }
    if !learnt.isEmpty { try cache?.store(prompts: learnt) }
    return prompts
  }

  /// One file while it is loaded.
  private final class File {
    let path: String
    let signature: FileSignature?
    var digest: String?
    private(set) var bytes: [UInt8]?
    private(set) var failure = ExclusionReason.unreadable("it was not read")

    init(_ path: String) {
      self.path = path
      // A file that is not there says so when it is read.
      signature = (try? FileSignature(path)) ?? nil
    }

    /// Reads the whole file.
    func read() -> String? {
      do {
        let bytes = try ImageFile.bytes(of: path)
        self.bytes = bytes
        digest = Digest.sha256(bytes)
      } catch {
        failure = .unreadable("\(error)")
        digest = nil
      }
      return digest
    }
  }

  /// A number that several tasks may count up.
  private final class Counter: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var count = 0

    var value: Int { lock.withLock { count } }

    func increment() { lock.withLock { count += 1 } }
  }
}
