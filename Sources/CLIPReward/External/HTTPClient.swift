internal import Files
internal import Foundation

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// One HTTP exchange at a time, within the reward's timeout, in the reward's words.
final class HTTPClient {
  enum Method: String {
    case get = "GET"
    case post = "POST"
  }

  /// The address without what may be secret: user and password.
  let shownAddress: String

  private let name: String
  private let url: URL
  private let options: ExternalRewardOptions
  private let session: URLSession

  /// A client of the service at `url`.
  init(name: String, url: URL, _ options: ExternalRewardOptions) {
    self.name = name
    self.url = url
    self.options = options
    var parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
    parts?.user = nil
    parts?.password = nil
    shownAddress = parts?.string ?? url.absoluteString
    Self.reachThisMachineDirectly()
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = options.timeout + 5
    session = URLSession(configuration: configuration)
  }

  deinit { session.invalidateAndCancel() }

  /// Sends requests to this machine past any proxy, which could not find it. Foundation's HTTP on
  /// Linux takes its proxies from the environment, and leaves no other way to say so.
  private static func reachThisMachineDirectly() {
    #if !canImport(Darwin)
      let names = ["localhost", "127.0.0.1", "::1"]
      let given = (getenv("no_proxy") ?? getenv("NO_PROXY")).map { String(cString: $0) } ?? ""
      let hosts = given.split(separator: ",").map(String.init)
      guard !hosts.contains("*"), !names.allSatisfy(hosts.contains) else { return }
      setenv("no_proxy", (hosts + names).joined(separator: ","), 1)
    #endif
  }

  /// What the service says of itself, as text by name; empty where it says nothing.
  ///
  /// - Throws: ``ExternalRewardError`` where nothing answers, or only that it is busy.
  func passport() throws -> [String: String] {
    var parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
    let path = parts?.path ?? ""
    parts?.path = (path.hasSuffix("/") ? String(path.dropLast()) : path) + "/passport"
    guard let address = parts?.url else { return [:] }
    var attempt = 0
    while true {
      do {
        let (status, body) = try response(to: .get, at: address)
        if status == 200 { return Self.facts(in: body) }
        let failure = failure(status, body)
        // A service that is busy may have a passport all the same.
        if failure.mayPass { throw failure }
        return [:]
      } catch let failure as ServiceFailure {
        guard failure.mayPass, attempt < options.retries else {
          throw ExternalRewardError.failed(reason: failure.reason, mayPass: failure.mayPass)
        }
        try options.wait(beforeRetry: attempt)
        attempt += 1
      }
    }
  }

  /// Texts, numbers and truth values of an object; nothing where the body is another thing.
  private static func facts(in body: Data) -> [String: String] {
    let value: JSONValue
    do { value = try JSONValue(parsing: body) } catch { return [:] }
    guard case .object(let members) = value["passport"] ?? value else { return [:] }
    let facts = members.compactMap { member -> (String, String)? in
      switch member.value {
      case .string(let text): (member.key, text)
      case .integer, .number, .bool: (member.key, member.value.text)
      default: nil
      }
    }
    return Dictionary(facts) { _, last in last }
  }

  /// Sends `body` and waits for the whole answer.
  ///
  /// - Throws: ``ServiceFailure`` where none comes, ``ExternalRewardError/stopped``.
  func response(to method: Method, at address: URL, _ body: Data? = nil) throws
    -> (status: Int, body: Data)
  {
    var request = URLRequest(url: address, timeoutInterval: options.timeout + 5)
    request.httpMethod = method.rawValue
    request.httpBody = body
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
    let mailbox = HTTPMailbox()
    let task = session.dataTask(with: request) { body, response, error in
      mailbox.put((body ?? Data(), (response as? HTTPURLResponse)?.statusCode, error as? URLError))
    }
    task.resume()
    let deadline = ContinuousClock.now + .seconds(options.timeout)
    while !mailbox.isFull(within: .milliseconds(100)) {
      do {
        try options.checkForStop()
      } catch {
        task.cancel()
        throw error
      }
      guard ContinuousClock.now < deadline else {
        task.cancel()
        let seconds = options.timeout.formatted(.number.grouping(.never))
        throw ServiceFailure(
          reason: "the \(name) reward at \(shownAddress) did not answer within \(seconds) s",
          mayPass: true)
      }
    }
    guard let (body, status, error) = mailbox.content, let status, error == nil else {
      throw failure(mailbox.content?.error)
    }
    return (status, body)
  }

  /// What to say where there was no answer.
  private func failure(_ error: URLError?) -> ServiceFailure {
    let there = "the \(name) reward at \(shownAddress)"
    return switch error?.code {
    case .cannotConnectToHost:
      ServiceFailure(
        reason: "\(there) does not accept connections; is the service running?", mayPass: true)
    case .cannotFindHost, .dnsLookupFailed:
      ServiceFailure(reason: "\(there) has a host that is not known", mayPass: false)
    case .timedOut: ServiceFailure(reason: "\(there) did not answer in time", mayPass: true)
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateNotYetValid, .serverCertificateHasUnknownRoot:
      ServiceFailure(reason: "\(there) has no certificate that is trusted", mayPass: false)
    default: ServiceFailure(reason: "\(there) broke the connection off", mayPass: true)
    }
  }

  /// What to say where the answer has another status than 200.
  func failure(_ status: Int, _ body: Data) -> ServiceFailure {
    let text = body.isEmpty ? "" : ": \(AnswerSheet.quoted(Array(body.prefix(256))))"
    let mayPass = status >= 500 || status == 429 || status == 408
    return ServiceFailure(
      reason: "the \(name) reward at \(shownAddress) answered with status \(status)\(text)",
      mayPass: mayPass)
  }
}
