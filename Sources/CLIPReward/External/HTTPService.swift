internal import Files
internal import Foundation

/// The way to a reward that is asked over HTTP: POST {"items": […]}, answered by {"items": […]}.
final class HTTPService: RewardService {
  let name: String
  let passport: RewardPassport
  let statesPassport: Bool
  let sharesFiles: Bool

  private let client: HTTPClient
  private let url: URL

  /// A service at `address`, asked for its passport: GET address/passport. A service that has none
  /// answers with a status that tells so, such as 404.
  ///
  /// - Throws: ``ExternalRewardError`` where nothing answers.
  init(_ address: String, name: String, _ options: ExternalRewardOptions) throws {
    guard let url = URL(string: address), let host = url.host(), !host.isEmpty,
      ["http", "https"].contains(url.scheme?.lowercased() ?? "")
    else { throw ExternalRewardError.badAddress(address) }
    self.name = name
    self.url = url
    client = HTTPClient(name: name, url: url, options)
    sharesFiles = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
    var facts = ["address": client.shownAddress]
    let stated = try client.passport()
    for (key, value) in stated { facts["service_\(key)"] = value }
    statesPassport = !stated.isEmpty
    passport = RewardPassport(reward: "http", facts: facts)
  }

  func end() {}

  func answer(_ requests: [RewardRequest], in sheet: inout AnswerSheet) throws {
    let (status, body) = try client.response(to: .post, at: url, try RewardRequest.body(requests))
    guard status == 200 else { throw client.failure(status, body) }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: body, acceptsNonFinite: true)
    } catch {
      throw ServiceFailure(
        reason: "the \(name) reward answered what is no JSON (\(error)): "
          + AnswerSheet.quoted(Array(body)), mayPass: true)
    }
    guard let items = value.array ?? value["items"]?.array ?? value["results"]?.array else {
      throw ServiceFailure(
        reason: "the \(name) reward answered without a list called items: "
          + AnswerSheet.quoted(Array(body)), mayPass: true)
    }
    // An answer too few, and every later one would be another image's.
    guard items.count == requests.count || items.allSatisfy({ $0["id"] != nil }) else {
      throw ServiceFailure(
        reason: "the \(name) reward answered \(items.count) times for \(requests.count) "
          + "\(requests.count == 1 ? "image" : "images") without saying for which; "
          + "give each answer its request's id", mayPass: true)
    }
    do {
      for item in items {
        try sheet.enter(item) { AnswerSheet.quoted(Array(try item.line())) }
      }
    } catch {
      sheet.distrustOrder()
      throw error
    }
    guard sheet.isComplete else {
      throw ServiceFailure(
        reason: "the \(name) reward answered \(sheet.progress)", mayPass: true)
    }
  }
}

extension JSONValue {
  /// The value as JSON in one line.
  fileprivate func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(self)
  }
}
