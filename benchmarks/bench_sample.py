#!/usr/bin/env python3
"""Times `raft-diffuse sample` against diffusers on SD-1.5's full-size network with random weights.

    .deps/venv/bin/python benchmarks/bench_sample.py [--precision bf16 …] [--size 256 …] [--rounds N] [--tiny]

A machine drifts by half within minutes, so the two sides take turns: each round runs diffusers (batch of one
guided image, and of two, the better counting) and then the command, and the printed ratio is the median over rounds of
the ratio within a round. A step is one guided UNet call an image; the first step, which packs weights, is reported
apart. Each side is a process of its own, text to decoded image, so peak resident memory is the kernel's figure for it.

For the command the time from the start of its process to the first step is printed too: to the beginning of the first
evaluation of the network, when everything is loaded and the prompts are encoded, and to its end, when the network's
weights have been read and packed, which is when they are first used. `--check` then prints a verdict on each limit and
exits 1 if one is broken: at 256 px in bf16 at most 0.85 of diffusers' time; in bf16 below 6 GB; the first step begun
within 3 s (the model's files are in the page cache after the first run; the best run counts).

The weights (1.03 G parameters as fp16, 2.1 GB; the vocabulary is a small one) are written once, to .deps/bench.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
PROMPT, NEGATIVE = "a watercolor painting of a red fox in the snow", "blurry"


def choices(tiny: bool) -> dict:
    """Configurations of the published SD-1.5, or of a network small enough to try this script with."""
    import tinypipeline

    if tiny:
        return tinypipeline.single_file_choices()
    sized = tinypipeline.single_file_choices()
    sized["unet"] |= dict(sample_size=64, block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768)
    sized["vae"] |= dict(sample_size=512, block_out_channels=(128, 256, 512, 512))
    sized["text"] = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                         hidden_act="quick_gelu")
    return sized


def model_folder(tiny: bool) -> pathlib.Path:
    """The folder of random weights, made on first use and renamed into place when whole."""
    folder = ROOT / ".deps/bench" / ("tiny-random" if tiny else "sd15-random")
    if folder.is_dir():
        return folder
    import tinypipeline

    print(f"writing random weights to {folder}", file=sys.stderr)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    tinypipeline.Pipeline(0, choices(tiny), exact=True).write(unfinished, half=True)
    os.rename(unfinished, folder)
    return folder


def diffusers_side(options) -> None:
    """The peer, in a process of its own: prints one JSON object with its step times."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", DIFFUSERS_VERBOSITY="error")
    import torch

    begun = time.perf_counter()
    from diffusers import DDIMScheduler, StableDiffusionPipeline, utils

    utils.logging.disable_progress_bar()
    dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[options.precision[0]]
    pipe = StableDiffusionPipeline.from_pretrained(options.model, torch_dtype=dtype, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    pipe.unet.to(memory_format=torch.channels_last)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    loaded = time.perf_counter()
    size, results = options.size[0], {}
    for images in options.batches:
        marks = [time.perf_counter()]

        def mark(pipeline, index, timestep, values):
            marks.append(time.perf_counter())
            return values

        with torch.inference_mode():
            pipe([PROMPT], negative_prompt=[NEGATIVE], num_images_per_prompt=images, height=size, width=size,
                 num_inference_steps=options.steps, guidance_scale=7.5, output_type="pil",
                 generator=torch.Generator("cpu").manual_seed(1), callback_on_step_end=mark)
        spans = [after - before for before, after in zip(marks, marks[1:])]
        results[images] = dict(first=spans[0] / images, step=statistics.median(spans[1:]) / images)
    print(json.dumps(dict(load_seconds=loaded - begun, batches=results)))


def measured(command: list[str], environment=None) -> tuple[str, float, float]:
    """Runs a process: its stdout, its wall seconds, its peak resident memory in GB (10⁹ bytes)."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{command[0]} ended with {process.returncode}: {errors.read()[-2000:]}")
    unit = 1 if platform.system() == "Darwin" else 1024  # ru_maxrss is in bytes there, in KiB on Linux
    return output, time.perf_counter() - begun, usage.ru_maxrss * unit / 1e9


def run_diffusers(options, model: pathlib.Path, precision: str, size: int, batches: list[int]) -> dict:
    output, _, peak = measured([sys.executable, __file__, "--peer", "--model", str(model), "--precision", precision,
                                "--size", str(size), "--steps", str(options.steps),
                                "--batches", *map(str, batches)])
    found = json.loads(output.splitlines()[-1])
    best = min(found["batches"].values(), key=lambda timing: timing["step"])
    return dict(step=best["step"], first=found["batches"][str(batches[0])]["first"],
                load=found["load_seconds"], peak=peak)


def run_command(options, model: pathlib.Path, precision: str, size: int, batches: list[int]) -> dict:
    timings = []
    with tempfile.TemporaryDirectory() as out:
        for images in batches:
            output, _, peak = measured([
                str(options.binary), "sample", "--model", str(model), "--prompt", PROMPT, "--negative", NEGATIVE,
                "--seed", "1", "--steps", str(options.steps), "--sampler", "ddim", "--guidance", "7.5",
                "--res", str(size), "--images-per-prompt", str(images), "--precision", precision,
                "--out", out, "--force", "--json", "--quiet"])
            report = json.loads(output[output.index("{"):])
            per = report["batch"]  # images in one UNet call
            timings.append(dict(step=report["seconds_per_step"] / per, first=report["first_step_seconds"] / per,
                                load=report["load_seconds"], peak=peak,
                                begun=report["start_to_first_step_begin_seconds"],
                                ended=report["start_to_first_step_seconds"]))
    best = min(timings, key=lambda timing: timing["step"])
    return {**timings[0], "step": best["step"], "peak": max(timing["peak"] for timing in timings)}


RATIO_LIMIT, PEAK_LIMIT, START_LIMIT = 0.85, 6.0, 3.0  # of diffusers' time, GB, s


def verdicts(precision: str, size: int, ratio: float, runs: list[dict]) -> list[tuple[str, float, float]]:
    """What is held to a limit: a name, the value, the limit."""
    if precision != "bf16":
        return []
    found = [(f"{size} px, bf16: peak GB", max(run["peak"] for run in runs), PEAK_LIMIT),
             (f"{size} px, bf16: s from start to the first step's beginning", min(run["begun"] for run in runs), START_LIMIT)]
    return ([(f"{size} px, bf16: ratio to diffusers", ratio, RATIO_LIMIT)] if size == 256 else []) + found


def main() -> int | None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--precision", nargs="+", choices=["bf16", "fp32"], default=["bf16", "fp32"])
    parser.add_argument("--size", nargs="+", type=int, default=[256, 512], help="pixels; 512 runs one round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/raft-diffuse")
    parser.add_argument("--tiny", action="store_true", help="a small network, to try this script")
    parser.add_argument("--check", action="store_true", help="hold the results to the limits; exit 1 if one is broken")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--model", type=pathlib.Path, help="another folder than the random one")
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 2], help="images a UNet call to try")
    options = parser.parse_args()
    if options.peer:
        return diffusers_side(options)
    if not options.binary.is_file():
        raise SystemExit(f"{options.binary} is not there: build it with `swift build -c release`")
    if options.steps < 3:
        raise SystemExit("--steps must be 3 or more: the first one is not counted")
    model = options.model or model_folder(options.tiny)
    print(f"# {platform.processor() or platform.machine()}, {os.cpu_count()} processors, load "
          f"{os.getloadavg()[0]:.1f}; {options.steps} steps, guidance 7.5; s an image and step")
    print(f"{'size':>5} {'type':>5} {'side':<13} {'s/step':>8} {'ratio':>6} {'first':>7} {'load':>6} {'peak GB':>8} "
          f"{'start to first step: begun':>27} {'ended':>6}")
    checked = []
    for size in options.size:
        # At 512 px a round takes minutes in fp32, so one round, one image, and bf16 alone unless asked.
        large = size > 256 and not options.tiny
        rounds = 1 if large else options.rounds
        batches = [1] if large else options.batches
        precisions = options.precision[:1] if large else options.precision
        for precision in precisions:
            # On each second round the command goes first.
            sides = {"diffusers": run_diffusers, "raft-diffuse": run_command}
            kept = {name: [] for name in sides}
            for index in range(rounds):
                for name in list(sides)[:: -1 if index % 2 else 1]:
                    kept[name].append(sides[name](options, model, precision, size, batches))
            ratios = [own["step"] / peer["step"] for own, peer in zip(kept["raft-diffuse"], kept["diffusers"])]
            checked += verdicts(precision, size, statistics.median(ratios), kept["raft-diffuse"])
            for name, runs in kept.items():
                middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
                ratio = f"{statistics.median(ratios):.2f}" if name == "raft-diffuse" else ""
                starts = f" {middle['begun']:>27.2f} {middle['ended']:>6.2f}" if "begun" in middle else ""
                print(f"{size:>5} {precision:>5} {name:<13} {middle['step']:>8.3f} {ratio:>6} "
                      f"{middle['first']:>7.2f} {middle['load']:>6.2f} {middle['peak']:>8.2f}{starts}", flush=True)
    if not options.check:
        return 0
    for name, value, limit in checked:
        print(f"{'ok  ' if value <= limit else 'FAIL'} {name}: {value:.2f}, limit {limit:g}")
    return int(any(value > limit for _, value, limit in checked))


if __name__ == "__main__":
    sys.exit(main())
