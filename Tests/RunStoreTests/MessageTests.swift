import RunStore
import Testing

@Suite("What the store says")
struct MessageTests {
  @Test("of a run's folder")
  func folder() {
    #expect(
      RunStoreError.inUse("runs/a", process: nil).description
        == "another process works in the run runs/a; wait for it, or stop it")
    #expect(
      RunStoreError.unwritable("runs/a", reason: "the disk is full").description
        == "runs/a cannot be written to: the disk is full")
  }

  @Test("of a ledger")
  func ledger() {
    #expect(
      LedgerError.missing("a.sqlite").description == "a.sqlite does not exist; check the path")
    #expect(
      LedgerError.busy("a.sqlite").description
        == "a.sqlite is kept locked by another process; try again when it has ended")
    #expect(
      LedgerError.unusable("a.sqlite", reason: "the disk is full").description
        == "a.sqlite cannot be used: the disk is full")
  }
}
