#!/usr/bin/env python3
"""Compares rewards that other programs compute, and `sample --best-of`, with the same functions called directly.

    .deps/venv/bin/python scripts/conformance_external.py --seed 1 --seed 2 [--binary PATH]

For each seed: random pictures, scored by examples/reward_server.py both ways and by its function here; a program whose
scores the seed draws, mixed by z-scores and ranks as numpy and scipy's definition of ranks have them; programs that fail
in every way, with the exit status and the message; and the best of n images of a random pipeline, chosen here from
the same images made without --best-of.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")

import numpy  # noqa: E402
from PIL import Image  # noqa: E402

import tinypipeline  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVER = ROOT / "examples" / "reward_server.py"
# In base64 a JPEG is decoded here, which may differ from Pillow by a grey level.
SCORE_LIMIT, DECODED_LIMIT, MIX_LIMIT = 1e-12, 2e-3, 1e-9


class Rows:
    """Prints a line a check and remembers whether all were good."""

    def __init__(self):
        self.good = True

    def check(self, name: str, error: float, limit: float, note: str = "") -> None:
        good = error <= limit
        self.good = self.good and good
        print(f"{name:<52} {error:>11.3g} {limit:>9.3g}  {'ok' if good else 'FAIL'} {note}".rstrip(), flush=True)

    def holds(self, name: str, good: bool, note: str = "") -> None:
        self.check(name, 0 if good else 1, 0, "" if good else note)


class Command:
    def __init__(self, binary: pathlib.Path):
        self.binary = binary

    def run(self, arguments: list) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.binary), *map(str, arguments)], capture_output=True, text=True, timeout=300)

    def scores(self, images: list, *arguments) -> list:
        """The records of `score --json`, in the order of the images."""
        done = self.run(["score", *images, "--json", "--quiet", "--no-cache", *arguments])
        if done.returncode:
            raise RuntimeError(f"exit {done.returncode}: {' '.join(done.stderr.split())[-300:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def example():
    """examples/reward_server.py as a module."""
    spec = importlib.util.spec_from_file_location("reward_server", SERVER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pictures(seed: int, folder: pathlib.Path, count: int = 12) -> list:
    draw = numpy.random.default_rng(seed)
    folder.mkdir(parents=True)
    paths = []
    for index in range(count):
        width, height = draw.integers(5, 70, 2)
        pixels = draw.integers(0, 256, (height, width, 3), dtype=numpy.uint8)
        paths.append(folder / f"{index:02}.{'jpg' if index % 4 == 3 else 'png'}")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def worst(found: list, expected: list) -> float:
    if len(found) != len(expected) or any(value is None for value in found):
        return float("inf")
    return max(abs(a - b) / max(abs(b), 1) for a, b in zip(found, expected))


def check_example(rows: Rows, command: Command, images: list, seed: int) -> None:
    module = example()
    pixels = [Image.open(path).convert("RGB").tobytes() for path in images]
    expected = [module.score(data, None, {})[0] for data in pixels]
    brightness = [module.score(data, None, {})[1]["brightness"] for data in pixels]
    line = f"command:{shlex.quote(sys.executable)} {shlex.quote(str(SERVER))} --stdio"
    for form in ("auto", "base64"):
        found = command.scores(images, "--reward", line, "--reward-batch", 1 + seed % 5, "--reward-images", form)
        limit = SCORE_LIMIT if form == "auto" else DECODED_LIMIT
        rows.check(f"command: {form}", worst([record["score"] for record in found], expected), limit)
    extras = [record["details"]["command"]["brightness"] for record in found]
    rows.check("command: extras", worst(extras, brightness), DECODED_LIMIT)
    server = subprocess.Popen([sys.executable, str(SERVER), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[-1]
        for form in ("auto", "base64"):
            found = command.scores(images, "--reward", address, "--reward-images", form)
            limit = SCORE_LIMIT if form == "auto" else DECODED_LIMIT
            rows.check(f"http: {form}", worst([record["score"] for record in found], expected), limit)
        facts = found[0]["passports"]["http"]["facts"]
        rows.holds("http: passport", facts == {"address": address, "service_measure": "colourfulness",
                                               "service_version": "1"}, str(facts))
    finally:
        server.terminate()
        server.wait()


TABLE = """
import json, sys
table = json.load(open(sys.argv[1]))
for line in sys.stdin:
    item = json.loads(line)
    name = item["image"]["path"].split("/")[-1]
    print(json.dumps({"id": item["id"], **table[name]}))
"""


def table_program(folder: pathlib.Path, name: str, table: dict) -> str:
    """A program that answers by a table of file names."""
    (folder / "table.py").write_text(TABLE)
    (folder / f"{name}.json").write_text(json.dumps(table))
    return f"{name}=command:{shlex.quote(sys.executable)} {folder}/table.py {folder}/{name}.json"


def fractional_ranks(values: numpy.ndarray) -> numpy.ndarray:
    below = (values[None, :] < values[:, None]).sum(1)
    same = (values[None, :] == values[:, None]).sum(1)
    return (below + same / 2) / len(values)


def z_scores(values: numpy.ndarray) -> numpy.ndarray:
    return numpy.zeros(len(values)) if values.std() == 0 else (values - values.mean()) / values.std()


def check_mixing(rows: Rows, command: Command, images: list, seed: int, folder: pathlib.Path) -> None:
    draw = numpy.random.default_rng(seed + 1)
    count = len(images)
    a, b = draw.normal(5, 0.3, count), draw.integers(0, 4, count).astype(float)
    prompts = [f"prompt {k % 3}" for k in range(count)]
    failing = int(draw.integers(count))
    first = table_program(folder, "first", {path.name: {"score": value} for path, value in zip(images, a)})
    second = table_program(folder, "second", {
        path.name: {"error": "no"} if k == failing else {"score": value}
        for k, (path, value) in enumerate(zip(images, b))})
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n")
    common = ["--reward", first, "--reward", second, "--weight", "second=-0.7", "--prompts", folder / "prompts.txt"]
    kept = numpy.array([k for k in range(count) if k != failing])
    for scale, function in (("raw", lambda v: v), ("z", z_scores), ("rank", fractional_ranks)):
        for scope in ("prompt", "round"):
            groups = [kept] if scope == "round" else [kept[[prompts[k] == p for k in kept]] for p in set(prompts)]
            expected = {}
            for group in groups:
                mixed = function(a[group]) - 0.7 * function(b[group])
                expected.update(zip(group.tolist(), mixed.tolist()))
            found = command.scores(images, *common, "--mix", scale, "--per", scope)
            error = worst([found[k]["score"] for k in kept], [expected[k] for k in kept])
            error = error if found[failing]["score"] is None else float("inf")
            rows.check(f"mix {scale} per {scope}", error, MIX_LIMIT)
    median = numpy.median(a[kept])
    found = command.scores(images, *common, "--mix", "raw", "--floor", "first>=median")
    good = all((record["score"] is None) == (k == failing or a[k] < median) for k, record in enumerate(found))
    rows.holds("floor at the median", good)
    base = folder / "base.jsonl"
    base.write_text("\n".join(json.dumps(record) for record in command.scores(images[:5], "--reward", first)))
    found = command.scores(images, *common, "--mix", "raw", "--floor", f"first>=median:{base}")
    median = numpy.median(a[:5])
    good = all((record["score"] is None) == (k == failing or a[k] < median) for k, record in enumerate(found))
    rows.holds("floor at a base's median", good)


FAILURES = [
    ("dies", "import sys; sys.stdin.readline(); sys.exit('gone')", 75,
     "ended with exit status 1 after it answered 0 of"),
    ("is killed", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 75, "was ended by signal 9"),
    ("hangs", "import time; time.sleep(600)", 75, "within 1 s and was killed"),
    ("garbage", "import time; print('loading…', flush=True); time.sleep(600)", 75, "no JSON"),
    ("too few lines", "print('{\"score\": 1}')", 0, ""),
    ("every image refused", "import sys\nfor l in sys.stdin: print('{\"error\": \"dull\"}', flush=True)", 65,
     "the command reward says: dull"),
    ("NaN", "import sys\nfor l in sys.stdin: print('{\"score\": NaN}', flush=True)", 65, "not a finite number"),
]


def check_failures(rows: Rows, command: Command, images: list, folder: pathlib.Path) -> None:
    for name, source, status, text in FAILURES:
        script = folder / "failing.py"
        script.write_text(source)
        line = f"command:{shlex.quote(sys.executable)} {script}"
        begun = time.monotonic()
        done = command.run(["score", *images, "--reward", line, "--no-cache", "--reward-retries", 1,
                            "--reward-timeout", 1, "--json"])
        records = [json.loads(row) for row in done.stdout.splitlines()]
        good = done.returncode == status and text in done.stderr and time.monotonic() - begun < 60
        good = good and all(record["score"] != 0 for record in records)
        if name == "too few lines":
            good = sum(record["score"] is not None for record in records) == 2
        rows.holds(f"a program: {name}", good, f"exit {done.returncode}: {done.stderr[-300:]}")
    for arguments, status, text in (
        (["--reward", "command:/no/such/program"], 66, "there is no reward program /no/such/program"),
        (["--reward", "http://127.0.0.1:9/x", "--reward-retries", 0], 75, "does not accept connections"),
    ):
        done = command.run(["score", *images, *arguments, "--no-cache"])
        good = done.returncode == status and text in done.stderr
        rows.holds(text[:40], good, f"exit {done.returncode}: {done.stderr[-300:]}")


def check_best_of(rows: Rows, command: Command, seed: int, folder: pathlib.Path) -> None:
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.random_choices(seed), exact=False)
    model = pipeline.write(folder / "model")
    height, width = pipeline.size
    count, prompts = random.Random(seed).randrange(3, 6), ["a red fox", "a castle by the sea"]
    common = ["--model", model, "--steps", 2, "--seed", seed, "--res", f"{8 * width}x{8 * height}", "--precision",
              "fp32", "--quiet", *[word for prompt in prompts for word in ("--prompt", prompt)]]
    done = command.run(["sample", *common, "--images-per-prompt", count, "--out", folder / "all"])
    line = f"command:{shlex.quote(sys.executable)} {shlex.quote(str(SERVER))} --stdio"
    best = command.run(["sample", *common, "--best-of", count, "--keep", 2, "--reward", line, "--no-cache", "--out",
                        folder / "best", "--json"])
    if done.returncode or best.returncode:
        return rows.holds("best of n", False, (done.stderr + best.stderr)[-300:])
    module, kept, error = example(), set(), 0.0
    candidates = json.loads(best.stdout)["best_of"]["candidates"]
    for index, prompt in enumerate(prompts):
        paths = [folder / "all" / f"{index:03}-{seed + k}.png" for k in range(count)]
        scores = [module.score(Image.open(path).convert("RGB").tobytes(), None, {})[0] for path in paths]
        found = [candidate["score"] for candidate in candidates if candidate["prompt"] == prompt]
        error = max(error, worst(found, scores))
        order = sorted(range(count), key=lambda k: -scores[k])
        kept |= {paths[k].name for k in order[:2]}
    rows.check(f"best of {count}: scores", error, 0.05, "(of images that may differ by a grey level)")
    names = {path.name for path in (folder / "best").glob("*.png")}
    rows.holds(f"best of {count}: the images kept", names == kept, f"{sorted(names)}, not {sorted(kept)}")


def rows(work: pathlib.Path, seed: int, binary: pathlib.Path) -> bool:
    """Every check with what `seed` draws; prints a line each and tells whether all were good."""
    table, command = Rows(), Command(binary)
    work.mkdir(parents=True, exist_ok=True)
    images = pictures(seed, work / "images")
    check_example(table, command, images, seed)
    check_mixing(table, command, images, seed, work)
    check_failures(table, command, images[:3], work)
    check_best_of(table, command, seed, work)
    return table.good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/raft-diffuse")
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seed or [20260]:
            print(f"seed {seed}")
            good = rows(pathlib.Path(folder) / str(seed), seed, arguments.binary.resolve()) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
