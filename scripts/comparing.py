"""What every comparison with the reference programs shares: the table of verdicts, the built command, and errors.

Import it before torch, diffusers and transformers: it tells them to stay offline and silent.
"""

import contextlib
import dataclasses
import json
import math
import os
import pathlib
import re
import subprocess
import traceback
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
warnings.filterwarnings("ignore")

import numpy  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402


class Table:
    """Collects verdicts and prints each as it comes, in columns. A check that is not about a precision and a guidance
    may have their columns for its name."""

    WIDTHS = (42, 9, 9, 11, 11, 6)

    def __init__(self):
        self.passed = self.failed = 0
        print(self.line("check", "precision", "guidance", "error", "limit", ""))

    def line(self, *cells) -> str:
        first, *rest = (str(cell) for cell in cells)
        widths = self.WIDTHS[1:]
        if not any(rest[:2]):
            first = first.ljust(sum(self.WIDTHS[:3]) + 2)
            rest, widths = rest[2:], widths[2:]
        return first.ljust(self.WIDTHS[0]) + "".join(c.rjust(w + 1) for c, w in zip(rest, widths))

    def row(self, check: str, error, limit: float, note: str = "", precision="", guidance="") -> None:
        """A verdict: good where `error` is there and no more than `limit`."""
        good = error is not None and bool(error <= limit)
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        shown = "-" if error is None else f"{error:.3g}"
        print(self.line(check, precision, guidance, shown, f"{limit:.3g}", "ok" if good else "FAIL"), note, flush=True)

    def holds(self, check: str, good: bool, note: str = "") -> None:
        """A verdict without a figure; `note` says what was found instead."""
        self.row(check, 0 if good else 1, 0, "" if good else note)

    @contextlib.contextmanager
    def guarded(self, check: str, limit: float = 0, precision="", guidance=""):
        """A check that fails where its body cannot end, and lets the others go on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  (whatever it was, the table says so)
            words = " ".join(str(error).split())[:400]
            if not isinstance(error, (Refused, subprocess.TimeoutExpired)):
                frame = traceback.extract_tb(error.__traceback__)[-1]
                words = f"{type(error).__name__} in {pathlib.Path(frame.filename).name}:{frame.lineno}: {words}"
            self.row(check, None, limit, words, precision, guidance)


@dataclasses.dataclass(frozen=True)
class Task:
    """What a topic is to compare: models of `seed` in its own `folder`."""

    table: Table
    command: "Command"
    seed: int
    folder: pathlib.Path
    # A few rows of each kind, under a minute.
    is_brief: bool
    # A seed before this one had every check: what hardly depends on the seed need not be repeated.
    is_again: bool


# The built command


class Refused(Exception):
    """The command did not do what was asked of it; the text holds its own last words."""


class Sampled:
    """What one run of `sample` left: latents `[B, 4, H, W]` and the images' paths in the same order."""

    def __init__(self, latents: torch.Tensor, images: list[pathlib.Path]):
        self.latents, self.images = latents, images


class Command:
    """The built binary."""

    # Threads that wait for each other without end make a small network ten times slower where others want the
    # processors too.
    ENVIRONMENT = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}

    def __init__(self, binary: pathlib.Path):
        self.binary = binary

    def attempt(self, *arguments) -> subprocess.CompletedProcess:
        """A run that may fail."""
        return subprocess.run([str(self.binary), *map(str, arguments)], capture_output=True, text=True, timeout=600,
                              env=self.ENVIRONMENT)

    def run(self, *arguments) -> subprocess.CompletedProcess:
        """A run that must end well."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise Refused(f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}")
        return done

    def sample(self, model: pathlib.Path, out: pathlib.Path, *arguments) -> Sampled:
        latents = out / "latents.safetensors"
        out.mkdir(parents=True, exist_ok=True)
        done = self.run("sample", "--model", model, "--out", out / "images", "--save-latents", latents, "--json",
                        "--quiet", "--force", *arguments)
        return Sampled(load_file(latents)["latents"].float(), image_paths(done.stdout, out / "images"))


def records(done: subprocess.CompletedProcess) -> list[dict]:
    """The JSON lines that a run printed."""
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def objects(text: str):
    """The JSON objects on stdout, be they one a line or one over many lines."""
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:
        value, at = decoder.raw_decode(text, at)
        yield value


def image_paths(stdout: str, folder: pathlib.Path) -> list[pathlib.Path]:
    """The images in the order in which --json names them; by number in their names where it does not."""
    named = []
    for value in objects(stdout):
        for entry in value.get("images", [value]):
            path = entry if isinstance(entry, str) else entry.get("path")
            if path:
                named.append(pathlib.Path(path))
    numbers = lambda path: [int(part) for part in re.findall(r"\d+", path.name)]  # noqa: E731
    return named or sorted(folder.glob("*.png"), key=numbers)


def repeated(option: str, values) -> list:
    """`option` before each of the values."""
    return [word for value in values for word in (option, value)]


# Errors


def same_shape(value: torch.Tensor, reference: torch.Tensor) -> None:
    if value.shape != reference.shape:
        raise Refused(f"{list(value.shape)}, not {list(reference.shape)}")


def relative(value: torch.Tensor, reference: torch.Tensor) -> float:
    """The length of the difference over that of the reference."""
    same_shape(value, reference)
    error = float((value.double() - reference.double()).norm() / reference.double().norm())
    return error if math.isfinite(error) else math.inf


def relative_rows(value: torch.Tensor, reference: torch.Tensor) -> float:
    """The largest relative error of any row, `[B, D]`."""
    same_shape(value, reference)
    error = float(((value.double() - reference.double()).norm(dim=-1) / reference.double().norm(dim=-1)).max())
    return error if math.isfinite(error) else math.inf


def relative_sets(found: dict, expected: dict) -> float:
    """The distance of two sets of tensors, all together, over the length of the second."""
    if found.keys() != expected.keys():
        odd = sorted(found.keys() ^ expected.keys())
        raise Refused(f"{len(odd)} names differ, such as {odd[0]}")
    for name in expected:
        same_shape(found[name], expected[name])
    square = sum(float((found[k].double() - expected[k].detach().double()).square().sum()) for k in expected)
    return (square / sum(float(expected[k].detach().double().square().sum()) for k in expected)) ** 0.5


def worst(found: list, expected) -> float:
    """The largest error of any number, relative where it is above 1; infinite where one is missing."""
    expected = [float(value) for value in expected]
    if len(found) != len(expected) or any(value is None for value in found):
        return math.inf
    errors = [abs(a - b) / max(abs(b), 1) for a, b in zip(found, expected)]
    return max(errors) if all(map(math.isfinite, errors)) else math.inf


def worst_of_trace(found: list, expected: list) -> float:
    """The largest relative error along a trace of positive numbers."""
    if len(found) != len(expected):
        raise Refused(f"{len(found)} steps, not {len(expected)}")
    errors = [abs(a - b) / b for a, b in zip(found, expected)]
    return max(errors) if all(map(math.isfinite, errors)) else math.inf


def grey_levels(images: list[pathlib.Path], expected: numpy.ndarray) -> int:
    """The largest difference of any pixel, in 0…255. `expected` is `[B, H, W, 3]`."""
    if len(images) != len(expected):
        raise Refused(f"{len(images)} images, not {len(expected)}")
    largest = 0
    for path, other in zip(images, expected):
        pixels = numpy.asarray(Image.open(path).convert("RGB")).astype(int)
        if pixels.shape != other.shape:
            raise Refused(f"{path.name} is {pixels.shape}, not {other.shape}")
        largest = max(largest, int(abs(pixels - other.astype(int)).max()))
    return largest


# Files


def save_tensors(path: pathlib.Path, tensors: dict, metadata: dict | None = None) -> pathlib.Path:
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path,
              metadata=metadata or {"format": "pt"})
    return path


def write_json(path: pathlib.Path, value) -> pathlib.Path:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    return path
