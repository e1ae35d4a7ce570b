/// What is wrong with a JSON text, and where in it.
package struct JSONError: Error, CustomStringConvertible, Equatable {
  /// What is wrong.
  package enum Problem: Sendable, Equatable {
    case expected(String)
    case duplicateKey(String)
    case tooDeep(limit: Int)
    case tooLong(limit: Int)
  }

  package let problem: Problem
  /// The first byte that does not fit, from 0.
  package let byte: Int
  /// Its line, from 1.
  package let line: Int

  /// What is wrong, without the place.
  package var reason: String {
    switch problem {
    case .expected(let what): "expected \(what)"
    case .duplicateKey(let key): "the name \(key.printable) stands twice"
    case .tooDeep(let limit): "nested more than \(limit) deep"
    case .tooLong(let limit): "it is longer than \(limit) bytes"
    }
  }

  /// What is wrong, and at which byte where that helps: for texts that are one line.
  package var description: String {
    switch problem {
    case .expected, .tooDeep: "\(reason) at byte \(byte)"
    case .duplicateKey, .tooLong: reason
    }
  }
}
