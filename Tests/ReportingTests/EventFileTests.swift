import Foundation
import Reporting
import Testing

@Suite("TensorBoard event files")
struct EventFileTests {
  @Test(
    "checksums are those of RFC 3720, appendix B.4, and of the usual check string",
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      ((0..<32).reversed(), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ] as [([UInt8], UInt32)])
  func checksums(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(of: bytes) == checksum)
  }

  @Test("the first record is the one that TensorBoard's own writer makes, byte for byte")
  func header() throws {
    // What tensorboard 2.21's RecordWriter makes of wall_time=1.0, file_version="brain.Event:2".
    let head: [UInt8] = [
      0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22, 9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 13,
    ]
    #expect(
      EventFile(startedAt: 1).bytes
        == head + Array("brain.Event:2".utf8) + [0x86, 0xBF, 0x57, 0x7A])
  }

  @Test("scalars, histograms and pictures are read back")
  func reading() throws {
    let picture = try Picture(Sample.picture(1, size: 16))
    var file = EventFile(startedAt: 100)
    file.append(BoardEvent("dev/reward", step: 3, wallTime: 101.5, .scalar(5.25)))
    file.append(BoardEvent("rewards", step: 3, wallTime: 102, .histogram([0, 1, 3, .nan, 3])))
    file.append(BoardEvent("nothing", step: 3, wallTime: 102, .histogram([.nan])))
    file.append(BoardEvent("grid", step: 4, wallTime: 103, .picture(picture)))
    let events = try BoardReader.records(of: file.bytes).map(BoardReader.fields)
    #expect(events.count == 4)
    #expect(events[1][1] == [.integer((101.5).bitPattern)])
    #expect(events[1][2] == [.integer(3)])

    let values = try events.dropFirst().map(Self.value)
    #expect(
      values.map { $0[1] } == ["dev/reward", "rewards", "grid"].map { [.bytes(Array($0.utf8))] })
    #expect(values[0][2] == [.integer(UInt64(Float(5.25).bitPattern))])

    let histogram = try Self.fields(values[1][5])
    #expect(
      (1...5).map { histogram[$0] } == [
        nil, [.integer((3.0).bitPattern)], [.integer((4.0).bitPattern)],
        [.integer((7.0).bitPattern)], [.integer((19.0).bitPattern)],
      ])
    let limits = BoardReader.doubles(try Self.bytes(histogram[6]))
    let counts = BoardReader.doubles(try Self.bytes(histogram[7]))
    #expect(limits.count == 30 && limits.last == 3)
    #expect(
      counts.enumerated().filter { $1 > 0 }.map { [Double($0), $1] } == [
        [0, 1], [10, 1], [29, 2],
      ])

    let image = try Self.fields(values[2][4])
    #expect(image[1] == [.integer(16)] && image[2] == [.integer(16)] && image[3] == [.integer(3)])
    #expect(try Self.bytes(image[4]) == Array(picture.data))
  }

  @Test("a file of equal numbers has one bucket")
  func flatHistogram() throws {
    var file = EventFile(startedAt: 0)
    file.append(BoardEvent("h", step: 0, wallTime: 0, .histogram([2, 2, 2])))
    let event = try BoardReader.fields(of: try BoardReader.records(of: file.bytes)[1])
    let histogram = try Self.fields(try Self.value(event)[5])
    #expect(BoardReader.doubles(try Self.bytes(histogram[6])) == [2])
    #expect(BoardReader.doubles(try Self.bytes(histogram[7])) == [3])
  }

  @Test("a file on disk goes on where it ended, even in the middle of a record, or begins anew")
  func writing() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("events")
    func number() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: url.path)[.systemFileNumber] as? Int
    }
    var file = EventFile(startedAt: 7)
    file.append(BoardEvent("a", step: 1, wallTime: 8, .scalar(1)))
    try file.write(to: url.path)
    #expect(try Array(Data(contentsOf: url)) == file.bytes)

    let first = try number()
    file.append(BoardEvent("a", step: 2, wallTime: 9, .scalar(2)))
    try Data(file.bytes.dropLast(5)).write(to: url)
    let cut = try number()
    try file.write(to: url.path)
    try file.write(to: url.path)
    #expect(try Array(Data(contentsOf: url)) == file.bytes)
    #expect(try number() == cut && first != nil)

    var other = EventFile(startedAt: 7)
    other.append(BoardEvent("a", step: 1, wallTime: 8, .scalar(3)))
    try other.write(to: url.path)
    #expect(try Array(Data(contentsOf: url)) == other.bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["events"])
  }

  @Test("names are those that TensorBoard looks for")
  func names() {
    #expect(
      EventFile.name(startedAt: 1_700_000_000.7, host: "box")
        == "events.out.tfevents.1700000000.box")
    #expect(EventFile.name(startedAt: 12, host: "a/b c") == "events.out.tfevents.0000000012.a-b-c")
  }

  private static func value(_ event: [Int: [BoardReader.Field]]) throws -> [Int: [BoardReader
    .Field]]
  {
    try fields(try fields(event[5])[1])
  }

  private static func fields(_ field: [BoardReader.Field]?) throws -> [Int: [BoardReader.Field]] {
    try BoardReader.fields(of: try bytes(field))
  }

  private static func bytes(_ field: [BoardReader.Field]?) throws -> [UInt8] {
    guard case .bytes(let bytes)? = field?.first else { throw BoardReader.Damage(at: 0) }
    return bytes
  }
}
