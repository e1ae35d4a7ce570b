internal import Files
internal import Foundation
internal import Imaging
internal import Shapes

/// What the oracle answers to one question of raft-diffuse's (docs/rewards.md).
struct OracleAnswer {
  /// The question's id as it came; nil where the question has none.
  private let id: JSONValue?

  /// The verdict, or why there is none.
  private let outcome: Result<Verdict, any Error>

  /// Answers a question, one JSON object.
  init(to question: String, from oracle: Oracle) {
    let parsed = Result { try JSONValue(parsing: Array(question.utf8)) }
    id = (try? parsed.get())?["id"]
    outcome = Result { try Self.verdict(on: parsed.get(), from: oracle) }
  }

  /// Why a question has no answer.
  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  private static func verdict(on question: JSONValue, from oracle: Oracle) throws -> Verdict {
    guard let prompt = question["prompt"]?.string else {
      throw Refusal(description: "the oracle needs the prompt that the image was made from")
    }
    let request = try Request(parsing: prompt)
    return oracle.verdict(on: try image(of: question), asked: request)
  }

  private static func image(of question: JSONValue) throws -> RGBImage {
    if let path = question["image"]?["path"]?.string { return try ImageFile.read(path) }
    guard let text = question["image"]?["png_base64"]?.string,
      let bytes = Data(base64Encoded: text)
    else { throw Refusal(description: "the question has no image, neither path nor png_base64") }
    return try PNG.decode(Array(bytes))
  }

  /// The answer as a line of JSON, with its end.
  func line() throws -> Data {
    var members: [JSONValue.Member] = []
    if let id { members.append(.init(key: "id", value: id)) }
    switch outcome {
    case .success(let verdict):
      members.append(.init(key: "score", value: .integer(verdict.isRight ? 1 : 0)))
      let abstained = JSONValue.integer(verdict.isAbstention ? 1 : 0)
      members.append(
        .init(key: "extras", value: .object([.init(key: "abstained", value: abstained)])))
    case .failure(let error):
      members.append(.init(key: "error", value: .string("\(error)")))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(JSONValue.object(members)) + Data("\n".utf8)
  }
}
