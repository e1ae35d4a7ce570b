#!/usr/bin/env python3
"""Draws docs/demo.png: the base's test images of a run above those of its best round, for its first prompts.

    .deps/venv/bin/python scripts/demo_picture.py RUN [--columns N] [--out docs/demo.png]

Nothing is picked out: the first image of each of the first prompts, in the order of the recipe.
"""

import argparse
import pathlib

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS, SIDE, GAP, LINE = 2, 96, 8, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/demo.png")
    options = parser.parse_args()
    best = (options.run / "best").readlink().name
    width, height = SIDE + GAP, 2 * SIDE + LINE + GAP
    sheet = Image.new("RGB", (options.columns * width - GAP, ROWS * height - GAP), "white")
    for number in range(ROWS * options.columns):
        row, column = divmod(number, options.columns)
        for place, name in enumerate(("000", best)):
            image = Image.open(options.run / f"test/{name}/images/{number:03}-00.png")
            small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            sheet.paste(small, (column * width, row * height + place * (SIDE + LINE)))
    sheet.save(options.out, optimize=True)


if __name__ == "__main__":
    main()
