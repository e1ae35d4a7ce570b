"""What `raft-diffuse align` left in a run's folder, read in Python: ledger, metrics and files.

Nothing here changes the run: a ledger is read from a copy, since SQLite writes even where it only reads.
"""

import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile

# Columns and keys that hold when something was or how long it took.
TIME = re.compile(r"(^|_)(time|seconds)(_|$)|peak_memory")
# Files that hold times besides, or only the way in which a run is written down.
TIMED_FILES = re.compile(r"(^|/)(events\.out\.tfevents\..*|report\.html|metrics\.jsonl|timings\.json|ledger\.sqlite.*"
                         r"|\.lock)$")


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def without_times(value):
    """A JSON value without what holds times, at any depth."""
    if isinstance(value, dict):
        return {key: without_times(inner) for key, inner in value.items() if not TIME.search(key)}
    return [without_times(inner) for inner in value] if isinstance(value, list) else value


# Events that only tell that a run was interrupted, and the column that counts them too.
INTERRUPTIONS, SEQUENCE = ("interrupted", "resumed"), "sequence"


class RunFolder:
    """A run."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    # Files

    def files(self) -> dict[str, str]:
        """Every file's digest by its path within the run, links by where they point."""
        found = {}
        for path in sorted(self.path.rglob("*")):
            name = str(path.relative_to(self.path))
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                found[name] = digest(path)
        return found

    def lasting_files(self) -> dict[str, str]:
        """The same for the files that say the same however often the run was interrupted."""
        return {name: value for name, value in self.files().items() if not TIMED_FILES.search(name)}

    def checkpoint(self, round_: int) -> pathlib.Path:
        return self.path / "checkpoints" / f"{round_:03}"

    def adapter(self, round_: int) -> pathlib.Path:
        return self.checkpoint(round_) / "pytorch_lora_weights.safetensors"

    def image(self, split: str, round_: int, prompt: int, index: int) -> pathlib.Path:
        folder = "rounds" if split == "train" else split
        return self.path / folder / f"{round_:03}" / "images" / f"{prompt:03}-{index:02}.png"

    # Metrics

    def metrics(self) -> list[dict]:
        """A record a round."""
        return [json.loads(line) for line in (self.path / "metrics.jsonl").read_text().splitlines() if line.strip()]

    # Ledger

    def query(self, statement: str) -> list[dict]:
        """Rows of the ledger."""
        with tempfile.TemporaryDirectory() as folder:
            for path in self.path.glob("ledger.sqlite*"):
                shutil.copy(path, folder)
            database = sqlite3.connect(pathlib.Path(folder) / "ledger.sqlite")
            try:
                database.row_factory = sqlite3.Row
                return [dict(row) for row in database.execute(statement)]
            finally:
                database.close()

    def tables(self) -> list[str]:
        found = self.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return sorted(row["name"] for row in found)

    def dump(self) -> dict[str, list[str]]:
        """The ledger in one canonical spelling: the rows of each table, sorted, without times and without what only
        tells of interruptions."""
        dumped = {}
        for table in self.tables():
            rows = [row for row in self.query(f'SELECT * FROM "{table}"') if row.get("kind") not in INTERRUPTIONS]
            dumped[table] = sorted(json.dumps({name: plain(value) for name, value in row.items()
                                               if name != SEQUENCE and not TIME.search(name)}, sort_keys=True)
                                   for row in rows)
        return dumped

    def samples(self, split: str, round_: int) -> list[dict]:
        """The samples of a split in a round, in the order of prompts and `k`."""
        return self.query(f"SELECT * FROM samples WHERE split = '{split}' AND round = {round_} ORDER BY prompt, k")

    def scores(self, split: str, round_: int, reward: str = "reward") -> list[float | None]:
        """What a reward gave them, in the same order; None where it gave nothing. `reward` is what samples are ranked
        by, `watch` what is watched."""
        found = self.query("SELECT prompt, k, score FROM scores WHERE split = "
                           f"'{split}' AND round = {round_} AND reward = '{reward}'")
        by_place = {(row["prompt"], row["k"]): row["score"] for row in found}
        return [by_place.get((row["prompt"], row["k"])) for row in self.samples(split, round_)]

    def selected(self, round_: int) -> list[tuple[int, int]]:
        """What a round selected of its own samples, as (prompt, k), the first rank first."""
        rows = self.query(f"SELECT prompt, k FROM selected WHERE selecting_round = {round_} AND round = {round_} "
                          "AND split = 'train' AND rank IS NOT NULL ORDER BY rank")
        return [(row["prompt"], row["k"]) for row in rows]


def plain(value):
    """A column's value as JSON has it: bytes by their digest, JSON within text without times."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes {hashlib.sha256(value).hexdigest()}"
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return without_times(json.loads(value))
        except json.JSONDecodeError:
            return value
    return value


def difference(found: dict, expected: dict) -> str:
    """What differs between two dictionaries, in a line; empty where nothing does."""
    odd = [f"{name}: {'missing' if name not in found else 'not expected' if name not in expected else 'differs'}"
           for name in sorted(found.keys() | expected.keys()) if found.get(name) != expected.get(name)]
    return "" if not odd else f"{len(odd)} differ, such as {', '.join(odd[:4])}"
