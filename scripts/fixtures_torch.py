#!/usr/bin/env python3
"""Writes `random.json`: what torch's CPU generator draws, so that the same seeds make the same noise here.

Floats stand as the bits they are, eight hexadecimal digits each: a test on equality must not depend on how a number is
printed. A run draws in order from one generator, because what a draw leaves behind matters as much as the draw.
"""

import json
import pathlib
import struct

import torch

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/TorchTests/Fixtures"
SEEDS = (0, 42, 2**32 - 1, 2**32 + 42, 2**63 + 7)
# Below 16 elements torch draws in double precision, from 16 up in blocks whose last one is drawn again where it is
# not full; an odd small draw leaves half a pair behind for the next one.
SHAPES = ((), (1,), (3,), (2, 7), (15,), (16,), (17,), (31,), (4, 8), (3, 11), (2, 0, 3), (0,), (1, 4, 6, 5), (4, 8, 8))


def bits(tensor: torch.Tensor) -> str:
    return "".join(f"{struct.unpack('<I', struct.pack('<f', value))[0]:08x}" for value in tensor.flatten().tolist())


def draw(kind: str, shape: tuple, generator: torch.Generator) -> dict:
    if kind == "normal":
        return dict(kind=kind, shape=shape, bits=bits(torch.randn(shape, generator=generator)))
    if kind == "uniform":
        return dict(kind=kind, shape=shape, bits=bits(torch.rand(shape, generator=generator)))
    if kind == "permutation":
        return dict(kind=kind, shape=shape, values=torch.randperm(shape[0], generator=generator).tolist())
    low, high = dict(small=(0, 10), signed=(-5, 1000), large=(0, 2**40))[kind]
    values = torch.randint(low, high, shape, generator=generator).flatten().tolist()
    return dict(kind="integers", shape=shape, low=low, high=high, values=values)


def main() -> None:
    torch.set_num_threads(1)
    runs = []
    for seed in SEEDS:
        plans = [[("normal", shape)] for shape in SHAPES]
        plans += [[(kind, (n,))] for kind in ("uniform", "small", "signed", "large") for n in (1, 17)]
        plans += [[("permutation", (n,))] for n in (0, 1, 2, 33)]
        # One generator goes on: through cached halves of pairs, and from one kind of draw to another.
        plans += [[("normal", (3,)), ("normal", (3,)), ("normal", (16,)), ("normal", (1,))],
                  [("normal", (1,)), ("uniform", (5,)), ("normal", (20,)), ("small", (3,)), ("permutation", (5,)),
                   ("normal", (2,))]]
        for plan in plans:
            generator = torch.Generator("cpu").manual_seed(seed)
            runs.append(dict(seed=seed, draws=[draw(kind, shape, generator) for kind, shape in plan]))
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join("  " + json.dumps(run, separators=(",", ":")) for run in runs)
    (FIXTURES / "random.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
