import CLIP
import Diffusion
import TestSupport
import Testing
import Tokenization
import Torch

/// Prompts to text states.
struct PromptEncoderTests {
  private let model: StableDiffusion

  init() throws {
    model = try TinyModel.load()
  }

  private func encoder(_ options: PromptOptions = PromptOptions()) throws -> PromptEncoder {
    try PromptEncoder(
      tokenizer: model.tokenizer, tower: model.textEncoder, options: options, device: .cpu)
  }

  private func words(_ count: Int) -> String {
    [String](repeating: "a", count: count).joined(separator: " ")
  }

  @Test("states are the text tower's for the prompt's tokens")
  func plain() throws {
    let prompts = ["a fox", "a photo of an old sailor, oil on canvas", ""]
    let states = try encoder().encode(prompts)
    #expect(states.shape == [3, 77, TinyModel.textWidth])
    let ids = prompts.flatMap { model.tokenizer.tokens(for: $0).ids }
    let expected = try model.textEncoder(Tensor(ids, shape: [3, 77]))
    #expect(try relativeError(states, expected) < 1e-5)
  }

  @Test(
    "a prompt without weights is the same with emphasis on and off, bit for bit",
    arguments: ["a cat", "", "a photo of an old sailor, oil on canvas"])
  func unweighted(_ prompt: String) throws {
    let with = try encoder(PromptOptions(usesEmphasis: true)).encode([prompt])
    #expect(try with.isEqual(to: encoder().encode([prompt])))
  }

  @Test("weights scale the states of their words, and the mean stays")
  func weights() throws {
    let plain = try encoder().encode(["a fox in the snow"])
    let weighted = try encoder(PromptOptions(usesEmphasis: true)).encode(["a fox (in the:1.5) snow"]
    )
    let (before, after) = (try plain.mean().item(), try weighted.mean().item())
    #expect(abs(after - before) < 1e-5 * abs(before) + 1e-7)
    let start = 1 + model.tokenizer.count("a fox")
    let end = start + model.tokenizer.count("in the")
    func ratio(_ position: Int) throws -> Double {
      try weighted.selected(1, position).norm().item() / plain.selected(1, position).norm().item()
    }
    let base = try ratio(0)
    for position in 0..<77 {
      let expected = (start..<end).contains(position) ? 1.5 * base : base
      #expect(abs(try ratio(position) - expected) < 1e-4)
    }
  }

  @Test("without emphasis brackets are text")
  func brackets() throws {
    let states = try encoder().encode(["(a cat:1.5)"])
    #expect(try relativeError(states, encoder().encode(["a cat"])) > 1e-3)
  }

  @Test("a long prompt goes through the tower in chunks, one after the other")
  func chunks() throws {
    let encoder = try encoder(PromptOptions(usesChunks: true))
    #expect(encoder.chunkCount("a") == 1)
    #expect(encoder.chunkCount(words(80)) == 2)
    let states = try encoder.encode([words(80)], chunkCount: 2)
    #expect(states.shape == [1, 154, TinyModel.textWidth])
    let halves = try states.chunks(2, along: 1)
    #expect(try relativeError(halves[0], encoder.encode([words(75)])) < 1e-5)
    #expect(try relativeError(halves[1], encoder.encode([words(5)])) < 1e-5)
  }

  @Test("a short prompt beside a long one is filled up with an empty chunk")
  func filling() throws {
    let encoder = try encoder(PromptOptions(usesChunks: true))
    let states = try encoder.encode(["a fox", words(80)], chunkCount: 2)
    #expect(states.shape == [2, 154, TinyModel.textWidth])
    let tail = try states.narrowed(0, 0..<1).narrowed(1, 77..<154)
    #expect(try relativeError(tail, encoder.encode([""])) < 1e-5)
  }

  @Test("what is cut off is told, and nothing is where chunks take it all")
  func truncation() throws {
    #expect(try encoder().truncation(of: words(75)) == nil)
    #expect(try encoder().truncation(of: words(77)) == "a a")
    #expect(try encoder(PromptOptions(usesChunks: true)).truncation(of: words(77)) == nil)
    let emphasis = try encoder(PromptOptions(usesEmphasis: true))
    #expect(emphasis.truncation(of: "(\(words(76)):1.2)") == "a")
  }

  @Test("in one chunk BREAK is left out, and nothing behind it is lost")
  func breaks() throws {
    let emphasis = try encoder(PromptOptions(usesEmphasis: true))
    let states = try emphasis.encode(["a fox BREAK a cat"])
    #expect(try relativeError(states, encoder().encode(["a fox a cat"])) < 1e-6)
    #expect(emphasis.truncation(of: "\(words(70)) BREAK \(words(10))") == "a a a a a")
  }

  @Test("clip skip 2 leaves the tower one block early")
  func clipSkip() throws {
    let states = try encoder(PromptOptions(clipSkip: 2)).encode(["a fox"])
    let ids = try Tensor(model.tokenizer.tokens(for: "a fox").ids, shape: [1, 77])
    let expected = try model.textEncoder(ids, skippedLayers: 1)
    #expect(try relativeError(states, expected) < 1e-5)
  }

  @Test("a clip skip beyond the tower is refused", arguments: [-1, 0, 3, 12])
  func clipSkipOutOfRange(_ skip: Int) {
    #expect(
      message { try encoder(PromptOptions(clipSkip: skip)) }
        == "clip skip \(skip) is out of range: the text encoder has 2 blocks, so it is 1…2")
  }
}
