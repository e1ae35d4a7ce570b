#!/usr/bin/env python3
"""Compares the built command with diffusers, transformers, peft, torch and Pillow on fresh random models.

    .deps/venv/bin/python scripts/conformance.py --seed 1 --seed 2 [--only TOPIC] [--brief] [--keep DIR]

Every topic is a module of its own, scripts/conformance_TOPIC.py, which says what it compares and within which limits.
Each runs for every seed; models, pictures and choices all follow from it.

Prints a table; exits 0 if all passed, 1 if something failed, 2 if it could not run.
"""

import argparse
import importlib
import logging
import pathlib
import secrets
import shutil
import sys
import tempfile
import time

import comparing
import torch

import tinymodels

TOPICS = ("sampling", "clip", "rewards", "external", "adapters", "training", "align", "shapes")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--seed", type=int, action="append", help="of everything random; may be repeated")
    parser.add_argument("--fresh", action="store_true", help="add a seed drawn now, and print it")
    parser.add_argument("--only", choices=TOPICS, action="append", help="only this topic; may be repeated")
    parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/raft-diffuse")
    parser.add_argument("--brief", action="store_true", help="one seed, a few rows of each kind, in minutes")
    parser.add_argument("--keep", type=pathlib.Path, help="leave models, adapters, latents and images in this folder")
    return parser.parse_args()


def compare(topic: str, task: comparing.Task) -> None:
    """Runs one topic for one seed; whatever it raises is a failed row."""
    begun = time.monotonic()
    print(f"\n# {topic}, seed {task.seed}", flush=True)
    with task.table.guarded(f"{topic}, seed {task.seed}: the rest of it"):
        task.folder.mkdir(parents=True)
        importlib.import_module(f"conformance_{topic}").check(task)
    print(f"# {topic}, seed {task.seed}: {time.monotonic() - begun:.0f} s", flush=True)


def main() -> int:
    options = arguments()
    if not options.binary.is_file():
        print(f"{options.binary} is not there: build it with `swift build -c release`", file=sys.stderr)
        return 2
    seeds = (options.seed or [] if options.fresh else options.seed or [1]) + (
        [secrets.randbelow(2**31)] if options.fresh else [])
    seeds = seeds[:1] if options.brief else seeds
    topics = [topic for topic in TOPICS if topic in (options.only or TOPICS)]
    logging.disable(logging.WARNING)
    # Networks this small gain nothing from a second thread, and lose much where others want the processors.
    torch.set_num_threads(1)
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    print(f"# {tinymodels.versions()}")
    print(f"# seeds {' '.join(map(str, seeds))}: repeat with --seed " + " --seed ".join(map(str, seeds)))
    begun, table, command = time.monotonic(), comparing.Table(), comparing.Command(options.binary.resolve())
    try:
        for index, seed in enumerate(seeds):
            for topic in topics:
                own = folder / str(seed) / topic
                shutil.rmtree(own, ignore_errors=True)
                compare(topic, comparing.Task(table, command, seed, own, options.brief, index > 0))
                if not options.keep:
                    shutil.rmtree(own, ignore_errors=True)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\n# {time.monotonic() - begun:.0f} s")
    print(f"{table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
