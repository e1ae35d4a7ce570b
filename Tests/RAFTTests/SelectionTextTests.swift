import RAFT
import Testing

@Suite struct SelectionTextTests {
  @Test(
    "a selection is written as it is read",
    arguments: [
      ("best", Selection.Strategy.bestOfPrompt(keep: 1)),
      ("best:2", .bestOfPrompt(keep: 2)),
      ("top:0.2", .topFraction(0.2)),
      ("top:1", .topFraction(1)),
      ("local-top:8", .localThenTop(prompts: 8)),
      ("threshold:-6.5", .threshold(-6.5)),
      ("percentile:90", .percentile(90, perPrompt: false)),
      ("prompt-percentile:97.5", .percentile(97.5, perPrompt: true)),
      ("passing:1", .passing(atLeast: 1)),
      ("random:best", .random(like: .bestOfPrompt(keep: 1))),
      ("random:local-top:8", .random(like: .localThenTop(prompts: 8))),
      ("threshold:1e-07", .threshold(1e-7)),
    ])
  func roundTrip(text: String, strategy: Selection.Strategy) throws {
    let selection = try Selection(parsing: text)
    #expect(selection == Selection(strategy))
    #expect(selection.description == text)
    #expect(try encoded([selection]) == "[\"\(text)\"]")
    #expect(try decoded(selection) == selection)
  }

  @Test(
    "any other spelling is refused, with all that there are",
    arguments: [
      "", "bset", "best:", "best:two", "best:1.5", "top", "top:", "top:x", "local-top", "random",
      "random:", "random:most", "best:2:3", "Best", "threshold: 1",
    ])
  func refused(text: String) {
    let error = #expect(throws: RAFTError.self) { try Selection(parsing: text) }
    #expect(
      error?.description == "“\(text)” is no selection; there are best[:n], top:0.2, local-top:8, "
        + "threshold:X, percentile:90, prompt-percentile:90, passing:X, or random: and one of these"
    )
  }

  @Test(
    "a value that means nothing is refused with what it has to be",
    arguments: [
      ("best:0", "at least 1 candidate of each prompt is kept"),
      ("random:best:-1", "at least 1 candidate of each prompt is kept"),
      ("top:0", "the share is above 0 and at most 1"),
      ("top:1.5", "the share is above 0 and at most 1"),
      ("top:nan", "the share is above 0 and at most 1"),
      ("local-top:0", "at least 1 prompt is kept"),
      ("threshold:inf", "the least score is a finite number"),
      ("passing:nan", "the least score is a finite number"),
      ("percentile:101", "a percentile is from 0 to 100"),
      ("prompt-percentile:-1", "a percentile is from 0 to 100"),
      ("random:random:best", "random imitates a rule that ranks, such as random:best"),
    ])
  func values(text: String, problem: String) {
    let error = #expect(throws: RAFTError.self) { try Selection(parsing: text) }
    #expect(error?.description == "the selection \(text) cannot be: \(problem)")
  }

  @Test("a selection that cannot be is refused when it is decoded too")
  func decoding() {
    #expect(throws: RAFTError.self) { try decoded([Selection].self, from: #"["top:2"]"#) }
  }
}
