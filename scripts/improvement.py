#!/usr/bin/env python3
"""Shows that alignment does what it is for: on a small world, RAFT beats the same run with random selection.

    .deps/venv/bin/python scripts/improvement.py [--world DIR] [--out DIR] [--seed N] [--threads N]

Pretrains the world of scripts/tinyworld.py, unless it is there already, and runs `raft-diffuse align --control` on it
as the model's own raft-diffuse.yaml says: the reward is how large the shape in a picture is, which no prompt says. Then
every test image, of the base, of RAFT and of the control arm, is scored anew by `raft-diffuse score`, and the paired
differences (same prompt, same noise) are computed here, in numpy, with a bootstrap-t interval over prompts. What the
run says itself (test.json) must be the same difference.

Exits 0 if both intervals of RAFT − control are above zero, 1 if one is not, 2 if it could not run.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
from comparing import Command, records
from runfolder import RunFolder

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESAMPLES, CONFIDENCE = 10_000, 0.95


def world_folder() -> pathlib.Path:
    """Where the world is kept: what made it is in its name."""
    made_by = b"".join((ROOT / "scripts" / name).read_bytes() for name in ("tinyworld.py", "tinypipeline.py"))
    return ROOT / ".deps" / f"world-{hashlib.sha256(made_by).hexdigest()[:12]}"


def pretrained(folder: pathlib.Path, threads: int) -> pathlib.Path:
    """The world in `folder`, made if it is not there."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, str(ROOT / "scripts/tinyworld.py"), "--out", str(folder), "--threads",
                        str(threads)], check=True, env=Command.ENVIRONMENT, stdout=subprocess.DEVNULL)
    return folder


def reward(world: pathlib.Path) -> list:
    return ["--reward", "aesthetic", "--aesthetic-head", world / "largeness.pth", "--clip", world / "clip"]


def align(command: Command, world: pathlib.Path, out: pathlib.Path, seed: int, threads: int) -> None:
    # Prompts, reward and all settings are those of the model's own raft-diffuse.yaml.
    words = ["align", "--out", out, "--model", world / "model", "--seed", seed, "--threads", threads, "--control",
             "--no-cache"]
    done = subprocess.run([str(command.binary), *map(str, words)], env=Command.ENVIRONMENT, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"improvement: align ended with status {done.returncode}")


def reported_round(run: RunFolder) -> int:
    """The round that the run reports: the last that test images were made of; 0 is the base."""
    return max(row["round"] for row in run.query("SELECT DISTINCT round FROM samples WHERE split = 'test'"))


def own_difference(run: RunFolder) -> tuple[float, float, float]:
    """RAFT − control as the run says it, with its interval."""
    arms = json.loads((run.path / "test.json").read_text())["arms"]
    (found,) = [comparison["difference"] for arm in arms if arm["role"] in ("best", "other")
                for comparison in arm["comparisons"] if comparison["role"] == "control"]
    return found["value"], *found["interval"]


def test_scores(command: Command, world: pathlib.Path, run: RunFolder, round_: int) -> numpy.ndarray:
    """The scores of a round's test images, computed anew from the files, `[prompts, images]`."""
    samples = run.samples("test", round_)
    texts, images = [row["text"] for row in samples], [run.path / row["image"] for row in samples]
    with tempfile.TemporaryDirectory() as folder:
        prompts = pathlib.Path(folder) / "prompts.txt"
        prompts.write_text("\n".join(texts) + "\n", encoding="utf-8")
        found = records(command.run("score", *images, *reward(world), "--prompts", prompts, "--json", "--quiet",
                                    "--no-cache", "--keep-flat", "--keep-duplicates"))
    return numpy.array([record["score"] for record in found]).reshape(len(set(texts)), -1)


def interval(differences: numpy.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """The mean of paired differences `[prompts, images]` and its bootstrap-t interval: prompts are drawn, and their
    means studentised."""
    means = differences.mean(axis=1)
    count, middle = len(means), float(means.mean())
    error = float(means.std(ddof=1)) / count**0.5
    if error == 0:
        return middle, middle, middle
    drawn = means[numpy.random.default_rng(seed).integers(0, count, (RESAMPLES, count))]
    errors = drawn.std(axis=1, ddof=1) / count**0.5
    ratios = (drawn.mean(axis=1)[errors > 0] - middle) / errors[errors > 0]
    low, high = numpy.quantile(ratios, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return middle, middle - float(high) * error, middle - float(low) * error


def show(label: str, differences: numpy.ndarray) -> float:
    """Prints a difference with its interval and returns the interval's lower end."""
    middle, low, high = interval(differences)
    wins = float((differences > 0).mean() + (differences == 0).mean() / 2)
    print(f"{label:16} {middle:+8.3f}   95 % [{low:+.3f}, {high:+.3f}]   wins {wins:.0%}")
    return low


def show_rounds(label: str, run: RunFolder) -> None:
    """What the run says itself, round by round."""
    for record in run.metrics():
        numbers = [f"{name} {record[name]:.3g}" for name in ("reward_mean", "reward_best", "reward_selected",
                                                             "dev_reward", "dev_watch", "drift", "diversity")
                   if isinstance(record.get(name), (int, float))]
        print(f"# {label}, round {record.get('round')}: " + ", ".join(numbers))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--world", type=pathlib.Path, help="the world's folder; made if absent (.deps/world-…)")
    parser.add_argument("--out", type=pathlib.Path, help="leave the run in this folder; by default it is removed")
    parser.add_argument("--seed", type=int, default=1, help="of the run")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/raft-diffuse")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    if not options.binary.is_file():
        print(f"{options.binary} is not there: build it with `swift build -c release`", file=sys.stderr)
        return 2
    command, begun = Command(options.binary.resolve()), time.monotonic()
    world = pretrained(options.world or world_folder(), options.threads)
    print(f"# the world: {time.monotonic() - begun:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="improvement-") as scratch:
        run = RunFolder(options.out or pathlib.Path(scratch) / "run")
        align(command, world, run.path, options.seed, options.threads)
        print(f"# with the run: {time.monotonic() - begun:.0f} s")
        control = RunFolder(run.path / "control")
        show_rounds("RAFT", run)
        show_rounds("control", control)
        base = test_scores(command, world, run, 0)
        raft = test_scores(command, world, run, reported_round(run))
        said, low, high = own_difference(run)
        other = test_scores(command, world, control, reported_round(control))
    print(f"\ntest reward of {base.shape[0]} prompts with {base.shape[1]} images each, from their files: "
          f"base {base.mean():.3f}, RAFT {raft.mean():.3f}, control {other.mean():.3f}")
    show("RAFT - base", raft - base)
    show("control - base", other - base)
    is_clear = show("RAFT - control", raft - other) > 0 and low > 0
    print(f"the run itself   {said:+8.3f}   95 % [{low:+.3f}, {high:+.3f}]")
    if abs(said - (raft - other).mean()) > 1e-3:
        print("the run's own difference is another one", file=sys.stderr)
        return 1
    print(f"{time.monotonic() - begun:.0f} s in all; RAFT is {'' if is_clear else 'not '}clearly better than control")
    return 0 if is_clear else 1


if __name__ == "__main__":
    sys.exit(main())
