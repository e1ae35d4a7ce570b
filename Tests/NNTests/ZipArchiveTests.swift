import Foundation
import NN
import Testing

@Suite("Zip archives")
struct ZipArchiveTests {
  @Test(
    "a broken or hostile archive is refused with what is wrong",
    arguments: [
      (
        "bomb.pt",
        "is a zip file whose entry archive/data.pkl is compressed (3892 bytes that unpack to "
          + "4000000); torch stores its files uncompressed, so it was not unpacked: save the "
          + "weights again with torch.save or as safetensors"
      ),
      (
        "traversal.zip",
        "is a zip file with an entry called archive/../../etc/passwd, which leads out of it; do "
          + "not trust it"
      ),
      (
        "duplicate.zip",
        "is a zip file with two entries called archive/data.pkl; do not trust it"
      ),
      (
        "overlap.zip",
        "is a zip file whose entries lie over each other, as in a zip bomb; do not trust it"
      ),
      (
        "plain.zip",
        "is a zip file but no torch checkpoint (it must have one folder with a data.pkl); unpack "
          + "it and name the weights inside"
      ),
      ("big-endian.pt", "was saved on a big-endian machine; save it again on a little-endian one"),
      (
        "short-storage.pt",
        "should have 12 bytes for the tensor b but stores 4; the file is damaged: download it again"
      ),
      (
        "lost-storage.pt",
        "is a zip file without the entry whole/data/1; it is damaged or no torch checkpoint"
      ),
    ])
  func hostile(_ name: String, _ problem: String) {
    #expect(openingMessage(fixture: name) == "\(name) \(problem)")
  }

  @Test("the 64-bit form is read")
  func wide() throws {
    let file = try CheckpointFile.open(fixture("zip64.pt"))
    #expect(file.names == ["a", "b"])
    #expect(floats(try file.entry("b")) == [0, 1, 2])
  }

  @Test("an archive cut anywhere is refused", arguments: ["views.pt", "zip64.pt"])
  func cutAnywhere(_ name: String) throws {
    let whole = try Array(Data(contentsOf: URL(fileURLWithPath: fixture(name))))
    for length in 0..<whole.count {
      #expect(throws: ZipArchiveError.self) {
        try whole[..<length].withUnsafeBytes(ZipArchive.parse)
      }
    }
    #expect(
      try openingMessage(whole.dropLast(100))
        == "x is a zip file without its table of contents, which stands at the end; the download "
        + "was cut off: download it again")
  }
}
