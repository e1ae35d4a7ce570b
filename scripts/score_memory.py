#!/usr/bin/env python3
"""Shows that `raft-diffuse score` needs no more memory for a thousand images than for a hundred.

    .deps/venv/bin/python scripts/score_memory.py [--binary PATH] [--images 1000]

Makes images of 256 x 256, scores a tenth of them and all of them with a tiny random CLIP and head, each time without a
cache, and prints both peaks of resident memory. Exits 1 if the second is more than 24 MB above the first.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy  # noqa: E402
from PIL import Image  # noqa: E402

import tinyrewards  # noqa: E402

LIMIT = 24e6


def peak(binary: pathlib.Path, arguments: list[str], out: pathlib.Path) -> tuple[int, int]:
    """Bytes of resident memory at the peak of a run, and its lines of output."""
    with out.open("w") as output:
        child = subprocess.Popen([str(binary), "score", "--json", "--no-cache", "--quiet", *arguments], stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"raft-diffuse ended with status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss * 1024, len(out.read_text().splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(".build/release/raft-diffuse"))
    parser.add_argument("--images", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        choices = tinyrewards.random_choices(1)
        tinyrewards.clip(1, folder / "clip", choices)
        head = tinyrewards.save_head(folder / "head.pth", tinyrewards.head("mlp", choices["projection"], 1))
        (folder / "images").mkdir()
        draw = numpy.random.default_rng(1)
        paths = [folder / "images" / f"{index}.png" for index in range(options.images)]
        for path in paths:
            small = Image.fromarray(draw.integers(0, 256, (16, 16, 3), dtype="uint8"))
            small.resize((256, 256), Image.BICUBIC).save(path, compress_level=1)
        arguments = ["--reward", "aesthetic", "--aesthetic-head", str(head), "--clip", str(folder / "clip"),
                     "--reward", "clip", "--prompt", "a red fox", "--reward", "jpeg-size"]
        peaks = []
        for count in (options.images // 10, options.images):
            bytes_, lines = peak(options.binary, arguments + [str(path) for path in paths[:count]], folder / "out")
            print(f"{count} images: peak {bytes_ / 1e6:.1f} MB, {lines} lines")
            if lines != count:
                raise SystemExit("there is not a line for each image")
            peaks.append(bytes_)
    good = peaks[1] - peaks[0] <= LIMIT
    print(f"difference {(peaks[1] - peaks[0]) / 1e6:.1f} MB, limit {LIMIT / 1e6:.0f} MB: {'ok' if good else 'FAIL'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
