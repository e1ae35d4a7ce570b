#!/usr/bin/env python3
"""Shows that `raft-diffuse rerank` over a run of a thousand samples takes seconds and makes no image.

    .deps/venv/bin/python scripts/rerank_thousand.py [--binary PATH]

Samples 100 prompts × 10 images with a tiny random model, scored by a head on a tiny random CLIP, up to the selection;
then selects from them anew: by another head on that CLIP, by another rule, and by fewer samples. Exits 1 where an image
was decoded or a file of the run changed, where a selection is not that of torch's own scores, or where it took longer
than half a minute.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy  # noqa: E402
import torch  # noqa: E402

import tinyrewards  # noqa: E402
from runfolder import RunFolder  # noqa: E402

PROMPTS, SAMPLES = 100, 10
LIMIT = 30
MODEL = pathlib.Path(__file__).parent.parent / "Tests/raft-diffuseTests/Fixtures/model"


def call(binary: pathlib.Path, *arguments) -> tuple[str, str, float]:
    """Standard output, the last line of standard error, and seconds."""
    start = time.monotonic()
    done = subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{arguments[0]} ended with status {done.returncode}:\n{done.stderr}")
    return done.stdout, (done.stderr.splitlines() or [""])[-1], time.monotonic() - start


def best(run: RunFolder, kind: str, head: dict) -> list[str]:
    """The image of each prompt that torch's own head likes best, from the embeddings that the run stored."""
    rows = run.query("SELECT prompt, k, vector FROM embeddings WHERE split = 'train' ORDER BY prompt, k")
    vectors = torch.tensor(numpy.stack([numpy.frombuffer(row["vector"], "<f4") for row in rows]))
    scores = tinyrewards.head_scores(kind, head, vectors).reshape(PROMPTS, SAMPLES)
    return [f"rounds/001/images/{prompt:03}-{int(k):02}.png" for prompt, k in enumerate(scores.argmax(dim=1))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(".build/release/raft-diffuse"))
    binary = parser.parse_args().binary
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        choices = tinyrewards.random_choices(1)
        tinyrewards.clip(1, folder / "clip", choices)
        heads = [tinyrewards.head("linear", choices["projection"], seed) for seed in (1, 2)]
        files = [tinyrewards.save_head(folder / f"head-{place}.pth", head) for place, head in enumerate(heads)]
        (folder / "prompts.txt").write_text("".join(f"a picture of thing {n}\n" for n in range(PROMPTS)))
        for split in ("dev", "test"):
            (folder / f"{split}.txt").write_text(f"a picture for {split}\n")
        call(binary, "align", "--out", folder / "run", "--model", MODEL, "--res", 64, "--steps", 1, "--sampler", "ddim",
             "--precision", "fp32", "--prompts", folder / "prompts.txt", "--dev-prompts",
             folder / "dev.txt", "--test-prompts", folder / "test.txt", "--reward", "aesthetic", "--clip",
             folder / "clip", "--aesthetic-head", files[0], "--no-cache", "--rounds", 1, "--samples-per-prompt", SAMPLES,
             "--select", "best", "--stop-after", "select", "--quiet")
        run = RunFolder(folder / "run")
        before = run.lasting_files()
        failures = 0
        for label, more in [("another head", ["--aesthetic-head", files[1]]), ("another rule", ["--select", "top:0.2"]),
                            ("fewer samples", ["--samples-per-prompt", 4])]:
            output, line, seconds = call(binary, "rerank", run.path, "--no-cache", "--json", "--list", *more)
            report = json.loads(output)
            change = report["overall"]
            selected = [sample["image"] for sample in report["rounds"][0]["samples"] if sample["after"]["selected"]]
            good = line == "1000 samples ranked anew; 0 decoded" and seconds < LIMIT
            good &= label != "another head" or selected == best(run, "linear", heads[1])
            failures += not good
            print(f"{label}: {change['before']} selected before, {change['after']} now, {change['kept']} by both; "
                  f"{seconds:.1f} s; {line}: {'ok' if good else 'FAIL'}")
        if run.lasting_files() != before:
            print("the run's files have changed: FAIL")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
