"""Runs `raft-diffuse align`, and follows it with diffusers, transformers and peft.

For each seed a small pipeline, CLIP and head are made, all random, and two rounds are run on them. Every sample's
latents must be those that diffusers makes from the seed in the ledger (round 2 with the adapter of round 1, from both
of its files), its score what transformers makes of its PNG, and the selection what the recorded scores say. The same
seed must give the same adapter again; another batch of sampling the same seeds, scores and selection; an adapter
compared with itself no difference; ranking anew no image. Limits: latents 1e-3, scores 1e-4 (relative where above 1).
"""

import pathlib
import random

from comparing import Refused, Task, grey_levels, records, relative, worst

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPImageProcessorPil, CLIPTokenizer

import tinymodels
import tinypipeline
import tinyrewards
from runfolder import RunFolder

LATENTS, SCORES, GREY = 1e-3, 1e-4, 2
PER_PROMPT, STEPS, GUIDANCE, ETA = 4, 4, 3.0, 0.6
PROMPTS = {"train": ["a red fox in the snow", "a castle made of glass", "an old sailor, oil on canvas"],
           "dev": ["a wooden cabin", "two cats"], "test": ["a lake at sunset", "a lazy dog"]}


def check(task: Task) -> None:
    bench = Bench(task)
    run = bench.align("first", "--rounds", 2)
    print(f"# {bench.reward}, --select {bench.select}, eta {bench.eta}")
    for part in (check_samples, check_scores, check_selection, check_adapter, check_again, check_batches, check_rerank,
                 check_compare):
        with task.table.guarded(part.__name__.replace("_", " ")):
            part(task, bench, run)


class Bench:
    """One random pipeline with its rewards, and the command's runs over it."""

    def __init__(self, task: Task):
        draw = random.Random(task.seed)
        self.folder, self.command, self.seed = task.folder, task.command, task.seed
        self.pipeline = tinypipeline.Pipeline(task.seed, tinypipeline.random_choices(task.seed), exact=False)
        self.model = self.pipeline.write(self.folder / "model")
        choices = tinyrewards.random_choices(task.seed)
        self.clip = tinyrewards.clip(task.seed, self.folder / "clip", choices)
        self.head = tinyrewards.head("mlp", choices["projection"], task.seed)
        tinyrewards.save_head(self.folder / "head.pth", self.head)
        for name, prompts in PROMPTS.items():
            (self.folder / f"{name}.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
        self.reward = draw.choice(("aesthetic", "clip"))
        self.select = draw.choice(("best", "best:2", "local-top:2", "top:0.3"))
        self.eta = draw.choice((0.0, ETA))
        self.pipe = self.pipeline.load(self.model)
        self.pipe.scheduler = tinymodels.sampler_factories()["ddim"](self.pipe.scheduler.config)

    def align(self, name: str, *more) -> RunFolder:
        # Files within carry the run's name: all have the same.
        out = self.folder / name / "run"
        out.parent.mkdir()
        height, width = self.pipeline.size
        self.command.run(
            "align", "--out", out, "--model", self.model, "--seed", self.seed, "--res", f"{8 * width}x{8 * height}",
            *(word for split in ("", "dev-", "test-")
              for word in (f"--{split}prompts", self.folder / f"{split.rstrip('-') or 'train'}.txt")),
            "--negative", tinypipeline.NEGATIVE, "--clip", self.folder / "clip", "--reward", self.reward,
            *(["--aesthetic-head", self.folder / "head.pth"] if self.reward == "aesthetic" else []),
            "--samples-per-prompt", PER_PROMPT, "--select", self.select, "--sampler", "ddim", "--steps", STEPS,
            "--guidance", GUIDANCE, "--eta", self.eta, "--eval-steps", STEPS, "--dev-images", 1, "--test-images", 1,
            "--train-steps", 4, "--batch", 2, "--lr", 0.02, "--rank", 3, "--precision", "fp32", "--patience", 0,
            "--no-cache", "--quiet", *more)
        return RunFolder(out)

    def sampled(self, samples: list[dict]) -> torch.Tensor:
        """diffusers' latents of the ledger's samples, each from its own seed."""
        height, width = self.pipeline.size
        generators = [torch.Generator("cpu").manual_seed(sample["seed"]) for sample in samples]
        with torch.no_grad():
            return self.pipe([sample["text"] for sample in samples],
                             negative_prompt=[tinypipeline.NEGATIVE] * len(samples), height=8 * height,
                             width=8 * width, num_inference_steps=STEPS, guidance_scale=GUIDANCE, eta=self.eta,
                             generator=generators, output_type="latent").images

    def decoded(self, latents: torch.Tensor) -> numpy.ndarray:
        with torch.no_grad():
            image = self.pipe.vae.decode(latents / self.pipe.vae.config.scaling_factor).sample
        return ((image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy() * 255).round().astype("uint8")

    def scored(self, images: list[pathlib.Path], texts: list[str]) -> list[float]:
        """transformers' scores of the files."""
        processor = CLIPImageProcessorPil.from_pretrained(self.folder / "clip")
        tokenizer = CLIPTokenizer.from_pretrained(self.folder / "clip")
        pixels = processor(images=[Image.open(path).convert("RGB") for path in images],
                           return_tensors="pt")["pixel_values"]
        tokens = tokenizer(texts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        with torch.no_grad():
            output = self.clip(**tokens, pixel_values=pixels)
        if self.reward == "clip":
            return (output.image_embeds * output.text_embeds).sum(dim=-1).tolist()
        return tinyrewards.head_scores("mlp", self.head, output.image_embeds).tolist()


def stored(run: RunFolder, samples: list[dict]) -> torch.Tensor:
    """The latents that the run kept, in the order of `samples`."""
    files = {name: load_file(run.path / name)["latents"].float() for name in {row["latents"] for row in samples}}
    return torch.stack([files[row["latents"]][row["latents_row"]] for row in samples])


def check_samples(task: Task, bench: Bench, run: RunFolder) -> None:
    samples = run.samples("train", 1)
    task.table.holds("round 1: a sample for each place", [(row["prompt"], row["k"]) for row in samples] == [
        (prompt, k) for prompt in range(len(PROMPTS["train"])) for k in range(PER_PROMPT)], f"{len(samples)} samples")
    expected = bench.sampled(samples)
    task.table.row("round 1: latents, from the ledger's seeds", relative(stored(run, samples), expected), LATENTS)
    images = [run.path / row["image"] for row in samples]
    task.table.row("round 1: images", grey_levels(images, bench.decoded(expected)), GREY, "grey levels")


def check_scores(task: Task, bench: Bench, run: RunFolder) -> None:
    for split, round_ in (("train", 1), ("train", 2), ("dev", 1), ("test", 2)):
        with task.table.guarded(f"{split} {round_}: scores from the PNGs", SCORES):
            samples = run.samples(split, round_)
            if not samples:
                raise Refused("there are no samples")
            expected = bench.scored([run.path / row["image"] for row in samples], [row["text"] for row in samples])
            found = run.scores(split, round_)
            # What a guard left out has no score, and is checked elsewhere.
            pairs = [(a, b) for a, b in zip(found, expected) if a is not None]
            task.table.row(f"{split} {round_}: scores from the PNGs", worst(*map(list, zip(*pairs))), SCORES,
                           f"{len(found) - len(pairs)} left out" if len(pairs) < len(found) else "")


def selection(rule: str, scored: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """What a rule selects of (score, prompt, k): the best first, the lower address first where scores are equal."""
    order = sorted((row for row in scored if row[0] is not None), key=lambda row: (-row[0], row[1], row[2]))
    name, _, number = rule.partition(":")
    if name == "top":
        return [row[1:] for row in order[:max(int(float(number) * len(order) + 1e-9), 1)]]
    keep = int(number or 1) if name == "best" else 1
    places = {prompt: 0 for _, prompt, _ in order}
    chosen = []
    for _, prompt, k in order:
        places[prompt] += 1
        if places[prompt] <= keep:
            chosen.append((prompt, k))
    return chosen[: int(number)] if name == "local-top" else chosen


def check_selection(task: Task, bench: Bench, run: RunFolder) -> None:
    for round_ in (1, 2):
        samples = run.samples("train", round_)
        scores = run.scores("train", round_)
        expected = selection(bench.select, [(score, row["prompt"], row["k"]) for score, row in zip(scores, samples)])
        found = run.selected(round_)
        task.table.holds(f"round {round_}: --select {bench.select}, from the recorded scores",
                         sorted(found) == sorted(expected), f"{sorted(found)}, not {sorted(expected)}")


def check_adapter(task: Task, bench: Bench, run: RunFolder) -> None:
    """Round 2 was sampled with what round 1 left."""
    samples = run.samples("train", 2)
    ours, plain = stored(run, samples), bench.sampled(samples)
    for path in (run.adapter(1), run.checkpoint(1) / "run-kohya.safetensors"):
        with task.table.guarded(f"round 2: latents, {path.name} in diffusers", LATENTS):
            bench.pipe.load_lora_weights(path.parent, weight_name=path.name)
            try:
                reference = bench.sampled(samples)
            finally:
                bench.pipe.unload_lora_weights()
            task.table.row(f"round 2: latents, {path.name} in diffusers", relative(ours, reference), LATENTS,
                           f"(without it {relative(plain, reference):.2g})")


def check_again(task: Task, bench: Bench, run: RunFolder) -> None:
    again = bench.align("again", "--rounds", 2)
    for round_ in (1, 2):
        task.table.holds(f"the same seed again: adapter of round {round_}",
                         again.adapter(round_).read_bytes() == run.adapter(round_).read_bytes(), "other bytes")


def check_batches(task: Task, bench: Bench, run: RunFolder) -> None:
    samples, scores = run.samples("train", 1), run.scores("train", 1)
    for batch in (1, 5):
        other = bench.align(f"batch-{batch}", "--rounds", 1, "--sample-batch", batch, "--stop-after", "select")
        seeds = [row["seed"] for row in other.samples("train", 1)]
        task.table.holds(f"--sample-batch {batch}: the same seeds", seeds == [row["seed"] for row in samples])
        found = other.scores("train", 1)
        known = [value for value in scores if value is not None]
        tolerance = worst([value for value in found if value is not None], known)
        task.table.row(f"--sample-batch {batch}: scores", tolerance, SCORES)
        gaps = numpy.diff(sorted(known))
        if gaps.min() <= SCORES:
            print(f"# --sample-batch {batch}: two scores differ by {gaps.min():.1g}, the selection may differ too")
        else:
            task.table.holds(f"--sample-batch {batch}: the same selection", other.selected(1) == run.selected(1),
                             f"{other.selected(1)}, not {run.selected(1)}")


def check_rerank(task: Task, bench: Bench, run: RunFolder) -> None:
    before = run.files()
    done = bench.command.run("rerank", run.path, "--select", "best:1", "--samples-per-prompt", PER_PROMPT - 1,
                             "--json", "--quiet")
    task.table.holds("rerank: makes no image, leaves the run as it is", run.files() == before)
    task.table.holds("rerank: says what changes", bool(records(done)), done.stdout[-200:])


def check_compare(task: Task, bench: Bench, run: RunFolder) -> None:
    """An adapter compared with itself."""
    height, width = bench.pipeline.size
    out, adapter = bench.folder / "compared", run.adapter(2)
    bench.command.run(
        "compare", "--model", bench.model, "--prompts", bench.folder / "test.txt", "--seeds", 2, "--lora", adapter,
        "--lora", adapter, "--res", f"{8 * width}x{8 * height}", "--steps", STEPS, "--sampler", "ddim",
        "--reward", bench.reward, "--clip", bench.folder / "clip", "--no-cache", "--quiet",
        *(["--aesthetic-head", bench.folder / "head.pth"] if bench.reward == "aesthetic" else []),
        "--precision", "fp32", "--out", out)
    images = sorted(out.rglob("*.png"))
    pixels = [numpy.asarray(Image.open(path).convert("RGB")).tobytes() for path in images if "grid" not in path.name]
    arms = [pixels.count(value) for value in set(pixels)]
    task.table.holds("compare: both arms of one adapter are the same", arms.count(2) == 2 * len(PROMPTS["test"]),
                     f"images occur {sorted(arms)} times")
