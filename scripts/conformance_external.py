"""Rewards that other programs compute, and `sample --best-of`, beside the same functions called directly.

For each seed: random pictures, scored by examples/reward_server.py both ways and by its function here; a program whose
scores the seed draws, mixed by z-scores and ranks as numpy and scipy's definition of ranks have them; programs that
fail in every way, with the exit status and the message; and the best of n images of a random pipeline, chosen here from
the same images made without --best-of.
"""

import importlib.util
import json
import pathlib
import random
import shlex
import subprocess
import sys
import time

from comparing import Command, Task, records, repeated, worst

import numpy
from PIL import Image

import tinypictures
import tinypipeline

SERVER = pathlib.Path(__file__).resolve().parent.parent / "examples" / "reward_server.py"
# In base64 a JPEG is decoded here, which may differ from Pillow by a grey level.
SCORE_LIMIT, DECODED_LIMIT, MIX_LIMIT = 1e-12, 2e-3, 1e-9


def check(task: Task) -> None:
    images = pictures(task.seed, task.folder / "images")
    with task.table.guarded("the example", SCORE_LIMIT):
        check_example(task, images)
    with task.table.guarded("mixing", MIX_LIMIT):
        check_mixing(task, images)
    check_failures(task, images[:3])
    with task.table.guarded("best of n"):
        check_best_of(task)


def score(command: Command, images: list, *arguments) -> list[dict]:
    """The records of `score --json`, in the order of the images."""
    return records(command.run("score", *images, "--json", "--quiet", "--no-cache", *arguments))


def scores(found: list[dict]) -> list:
    return [record["score"] for record in found]


def program(*words) -> str:
    """A reward that is a Python program."""
    return "command:" + shlex.join([sys.executable, *map(str, words)])


def example():
    """examples/reward_server.py as a module."""
    spec = importlib.util.spec_from_file_location("reward_server", SERVER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pictures(seed: int, folder: pathlib.Path, count: int = 12) -> list[pathlib.Path]:
    draw = numpy.random.default_rng(seed)
    folder.mkdir(parents=True)
    paths = []
    for index in range(count):
        paths.append(folder / f"{index:02}.{'jpg' if index % 4 == 3 else 'png'}")
        tinypictures.picture(1000 * seed + index, *(int(side) for side in draw.integers(5, 70, 2))).save(paths[-1])
    return paths


def check_example(task: Task, images: list) -> None:
    table, command = task.table, task.command
    module = example()
    pixels = [Image.open(path).convert("RGB").tobytes() for path in images]
    expected = [module.score(data, None, {})[0] for data in pixels]
    brightness = [module.score(data, None, {})[1]["brightness"] for data in pixels]
    for form in ("auto", "base64"):
        found = score(command, images, "--reward", program(SERVER, "--stdio"), "--reward-batch", 1 + task.seed % 5,
                      "--reward-images", form)
        limit = SCORE_LIMIT if form == "auto" else DECODED_LIMIT
        table.row(f"command: {form}", worst(scores(found), expected), limit)
    extras = [record["details"]["command"]["brightness"] for record in found]
    table.row("command: extras", worst(extras, brightness), DECODED_LIMIT)
    server = subprocess.Popen([sys.executable, str(SERVER), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[-1]
        for form in ("auto", "base64"):
            found = score(command, images, "--reward", address, "--reward-images", form)
            limit = SCORE_LIMIT if form == "auto" else DECODED_LIMIT
            table.row(f"http: {form}", worst(scores(found), expected), limit)
        facts = found[0]["passports"]["http"]["facts"]
        table.holds("http: passport", facts == {"address": address, "service_measure": "colourfulness",
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
    return f"{name}={program(folder / 'table.py', folder / f'{name}.json')}"


def fractional_ranks(values: numpy.ndarray) -> numpy.ndarray:
    below = (values[None, :] < values[:, None]).sum(1)
    same = (values[None, :] == values[:, None]).sum(1)
    return (below + same / 2) / len(values)


def z_scores(values: numpy.ndarray) -> numpy.ndarray:
    return numpy.zeros(len(values)) if values.std() == 0 else (values - values.mean()) / values.std()


def check_mixing(task: Task, images: list) -> None:
    table, command, folder = task.table, task.command, task.folder
    draw = numpy.random.default_rng(task.seed + 1)
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
    scales = [("z", z_scores), ("rank", fractional_ranks), ("raw", lambda values: values)]
    for scale, function in scales[:2] if task.is_brief else scales:
        for scope in ("prompt", "round"):
            groups = [kept] if scope == "round" else [kept[[prompts[k] == p for k in kept]] for p in set(prompts)]
            expected = {}
            for group in groups:
                mixed = function(a[group]) - 0.7 * function(b[group])
                expected.update(zip(group.tolist(), mixed.tolist()))
            found = score(command, images, *common, "--mix", scale, "--per", scope)
            error = worst([found[k]["score"] for k in kept], [expected[k] for k in kept])
            error = error if found[failing]["score"] is None else float("inf")
            table.row(f"mix {scale} per {scope}", error, MIX_LIMIT)
    median = numpy.median(a[kept])
    found = score(command, images, *common, "--mix", "raw", "--floor", "first>=median")
    good = all((record["score"] is None) == (k == failing or a[k] < median) for k, record in enumerate(found))
    table.holds("floor at the median", good)
    base = folder / "base.jsonl"
    base.write_text("\n".join(json.dumps(record) for record in score(command, images[:5], "--reward", first)))
    found = score(command, images, *common, "--mix", "raw", "--floor", f"first>=median:{base}")
    median = numpy.median(a[:5])
    good = all((record["score"] is None) == (k == failing or a[k] < median) for k, record in enumerate(found))
    table.holds("floor at a base's median", good)


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


def check_failures(task: Task, images: list) -> None:
    for name, source, status, text in FAILURES:
        script = task.folder / "failing.py"
        script.write_text(source)
        begun = time.monotonic()
        with task.table.guarded(f"a program: {name}"):
            done = task.command.attempt("score", *images, "--reward", program(script), "--no-cache",
                                        "--reward-retries", 1, "--reward-timeout", 1, "--json")
            found = scores(records(done))
            good = done.returncode == status and text in done.stderr and time.monotonic() - begun < 60
            good = good and all(value != 0 for value in found)
            if name == "too few lines":
                good = sum(value is not None for value in found) == 2
            task.table.holds(f"a program: {name}", good, f"exit {done.returncode}: {done.stderr[-300:]}")
    for arguments, status, text in (
        (["--reward", "command:/no/such/program"], 66, "there is no reward program /no/such/program"),
        (["--reward", "http://127.0.0.1:9/x", "--reward-retries", 0], 75, "does not accept connections"),
    ):
        done = task.command.attempt("score", *images, *arguments, "--no-cache")
        good = done.returncode == status and text in done.stderr
        task.table.holds(text[:40], good, f"exit {done.returncode}: {done.stderr[-300:]}")


def check_best_of(task: Task) -> None:
    folder, seed = task.folder, task.seed
    pipeline = tinypipeline.Pipeline(seed, tinypipeline.random_choices(seed), exact=False)
    model = pipeline.write(folder / "model")
    height, width = pipeline.size
    count, prompts = random.Random(seed).randrange(3, 6), ["a red fox", "a castle by the sea"]
    common = ["--model", model, "--steps", 2, "--seed", seed, "--res", f"{8 * width}x{8 * height}", "--precision",
              "fp32", "--quiet", *repeated("--prompt", prompts)]
    task.command.run("sample", *common, "--images-per-prompt", count, "--out", folder / "all")
    best = task.command.run("sample", *common, "--best-of", count, "--keep", 2, "--reward",
                            program(SERVER, "--stdio"), "--no-cache", "--out", folder / "best", "--json")
    module, kept, error = example(), set(), 0.0
    candidates = json.loads(best.stdout)["best_of"]["candidates"]
    for index, prompt in enumerate(prompts):
        paths = [folder / "all" / f"{index:03}-{seed + k}.png" for k in range(count)]
        expected = [module.score(Image.open(path).convert("RGB").tobytes(), None, {})[0] for path in paths]
        found = [candidate["score"] for candidate in candidates if candidate["prompt"] == prompt]
        error = max(error, worst(found, expected))
        order = sorted(range(count), key=lambda k: -expected[k])
        kept |= {paths[k].name for k in order[:2]}
    task.table.row(f"best of {count}: scores", error, 0.05, "of images that may differ by a grey level")
    names = {path.name for path in (folder / "best").glob("*.png")}
    task.table.holds(f"best of {count}: the images kept", names == kept, f"{sorted(names)}, not {sorted(kept)}")
