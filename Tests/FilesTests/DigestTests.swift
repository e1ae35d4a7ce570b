import Files
import Foundation
import Testing

@Suite("A digest")
struct DigestTests {
  @Test("SHA-256 is that of the standard's examples")
  func examples() {
    #expect(
      Digest.sha256("abc".utf8)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.sha256("".utf8)
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
