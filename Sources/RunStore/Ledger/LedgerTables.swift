/// The ledger's tables, version by version.
package enum LedgerTables {
  /// What leads from each version to the next, from none to the present one. A script that has been
  /// released is not changed: a new one is added.
  package static let scripts = [first]

  /// Keys are what rows are asked for by; `time` is when a row was written, and in no comparison.
  private static let first = """
    CREATE TABLE facts (
      name TEXT PRIMARY KEY, value TEXT NOT NULL, \(time)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE samples (
      \(address), text TEXT NOT NULL, seed INTEGER NOT NULL, sampler TEXT NOT NULL,
      width INTEGER NOT NULL, height INTEGER NOT NULL, adapter TEXT NOT NULL,
      batch INTEGER NOT NULL, image TEXT, image_digest TEXT, latents TEXT, latents_digest TEXT,
      latents_row INTEGER, failure TEXT, \(time),
      PRIMARY KEY (split, round, prompt, k),
      CHECK ((image IS NULL) = (failure IS NOT NULL)),
      CHECK ((image IS NULL) = (image_digest IS NULL)),
      CHECK ((latents IS NULL) = (latents_digest IS NULL)),
      CHECK ((latents IS NULL) = (latents_row IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE passports (
      fingerprint TEXT PRIMARY KEY, content TEXT NOT NULL, \(time)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scores (
      \(address), reward TEXT NOT NULL, passport TEXT NOT NULL REFERENCES passports,
      score REAL, excluded TEXT, details TEXT NOT NULL, \(time),
      PRIMARY KEY (split, round, prompt, k, reward, passport),
      \(reference),
      CHECK ((score IS NULL) = (excluded IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE embeddings (
      \(address), model TEXT NOT NULL, vector BLOB NOT NULL, \(time),
      PRIMARY KEY (split, round, prompt, k, model),
      \(reference)
    ) STRICT;

    CREATE TABLE divergences (
      \(address), adapter TEXT NOT NULL, value REAL NOT NULL, \(time),
      PRIMARY KEY (split, round, prompt, k, adapter),
      \(reference)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE selections (
      round INTEGER PRIMARY KEY, rule TEXT NOT NULL, \(time)
    ) STRICT;

    CREATE TABLE selected (
      selecting_round INTEGER NOT NULL REFERENCES selections (round), \(address),
      rank INTEGER, ranking_key REAL, reason TEXT NOT NULL, \(time),
      PRIMARY KEY (selecting_round, split, round, prompt, k),
      UNIQUE (selecting_round, rank),
      \(reference)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE stages (
      round INTEGER NOT NULL, stage TEXT NOT NULL, \(time),
      PRIMARY KEY (round, stage)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tunings (
      round INTEGER PRIMARY KEY, adapter TEXT NOT NULL, checkpoint TEXT NOT NULL,
      steps INTEGER NOT NULL, mean_loss REAL, last_loss REAL, \(time)
    ) STRICT;

    CREATE TABLE metrics (
      round INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, \(time),
      PRIMARY KEY (round, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      sequence INTEGER PRIMARY KEY, round INTEGER NOT NULL, kind TEXT NOT NULL,
      content TEXT NOT NULL, \(time)
    ) STRICT;
    """

  private static let address = """
    split TEXT NOT NULL, round INTEGER NOT NULL, prompt INTEGER NOT NULL, k INTEGER NOT NULL
    """

  private static let reference = """
    FOREIGN KEY (split, round, prompt, k) REFERENCES samples (split, round, prompt, k)
    """

  private static let time = "time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
}
