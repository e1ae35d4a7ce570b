"""The model in weights/shapes, and an adapter that `raft-diffuse align` makes for it, in diffusers and transformers.

Both load the folder as it lies there. A short run of the model's own recipe trains an adapter; then prompts of the
recipe's test file are sampled by both programs from the seed, at the model's size and at 256 px, without and with that
adapter. The latents must agree to 1e-3; the scores that `score` and transformers give the same pictures to 1e-4
(relative where above 1); and the oracle must see the same in diffusers' pictures as in ours. The weights are the same
for every seed; the seed draws prompts and noise.
"""

import pathlib
import random

from comparing import Task, grey_levels, records, relative, repeated, worst

import numpy
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

import tinymodels
from runfolder import RunFolder

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = ROOT / "weights/shapes"
LATENTS, SCORES, GREY = 1e-3, 1e-4, 2
# Enough of a schedule for shapes to be there.
STEPS, GUIDANCE, PROMPTS = 20, 4.0, 8


def check(task: Task) -> None:
    if not task.is_again:
        Bench(task).check()


class Bench:
    """The model in both worlds."""

    def __init__(self, task: Task):
        self.task = task
        draw = random.Random(task.seed)
        lines = (MODEL / "prompts/resolution-test.txt").read_text(encoding="utf-8").splitlines()
        self.prompts = draw.sample([line for line in lines if line and not line.startswith("#")], PROMPTS)
        self.pipe = StableDiffusionPipeline.from_pretrained(MODEL, torch_dtype=torch.float32)
        self.pipe.set_progress_bar_config(disable=True)
        self.pipe.scheduler = tinymodels.sampler_factories()["dpm++2m"](self.pipe.scheduler.config)
        self.clip = CLIPModel.from_pretrained(MODEL / "clip", torch_dtype=torch.float32).eval()
        self.processor = CLIPImageProcessorPil.from_pretrained(MODEL / "clip")
        self.tokenizer = CLIPTokenizer.from_pretrained(MODEL / "clip")
        self.head = load_file(MODEL / "aesthetic.safetensors")

    def check(self) -> None:
        adapter = self.trained()
        for size in (8 * self.pipe.unet.config.sample_size, 256):
            self.check_images(f"{size} px", size)
        self.check_images("256 px with the adapter", 256, adapter)

    def trained(self) -> pathlib.Path:
        """The adapter of a short run; no option says which model or which rewards."""
        out, prompts = self.task.folder / "run", self.prompts
        for split, own in (("train", prompts[:4]), ("dev", prompts[4:6]), ("test", prompts[6:])):
            (self.task.folder / f"{split}.txt").write_text("\n".join(own) + "\n", encoding="utf-8")
        self.task.command.run(
            "align", "--res", 256, "--out", out, "--seed", self.task.seed, "--rounds", 1, "--samples-per-prompt", 2,
            "--prompts", self.task.folder / "train.txt", "--dev-prompts", self.task.folder / "dev.txt",
            "--test-prompts", self.task.folder / "test.txt", "--prompts-per-round", 4, "--select", "best",
            "--train-steps", 10, "--dev-images", 1, "--test-images", 1, "--no-cache", "--quiet")
        return RunFolder(out).adapter(1)

    def check_images(self, name: str, size: int, adapter: pathlib.Path | None = None) -> None:
        table, out = self.task.table, self.task.folder / name.replace(" ", "-")
        with table.guarded(f"{name}: latents", LATENTS):
            ours = self.task.command.sample(
                MODEL, out, *repeated("--prompt", self.prompts), "--seed", self.task.seed, "--res", size, "--steps",
                STEPS, "--sampler", "dpm++2m", "--guidance", GUIDANCE, "--precision", "fp32",
                *(["--lora", adapter] if adapter else []))
            latents, pixels = self.sampled(size, adapter)
            table.row(f"{name}: latents", relative(ours.latents, latents), LATENTS)
            table.row(f"{name}: images", grey_levels(ours.images, pixels), GREY, "grey levels")
            theirs = [out / f"diffusers-{index}.png" for index in range(len(pixels))]
            for path, image in zip(theirs, pixels):
                Image.fromarray(image).save(path)
            with table.guarded(f"{name}: scores", SCORES):
                self.check_scores(name, theirs)
            seen, expected = self.seen(ours.images), self.seen(theirs)
            table.holds(f"{name}: the oracle sees the same", seen == expected, f"{seen}, not {expected}")
            print(f"# {name}: {sum(expected):.0f} of {PROMPTS} right by the oracle", flush=True)

    def sampled(self, size: int, adapter: pathlib.Path | None) -> tuple[torch.Tensor, numpy.ndarray]:
        """diffusers' latents and pictures."""
        if adapter:
            self.pipe.load_lora_weights(adapter.parent, weight_name=adapter.name)
        try:
            generators = [torch.Generator("cpu").manual_seed(self.task.seed) for _ in self.prompts]
            with torch.no_grad():
                latents = self.pipe(self.prompts, height=size, width=size, num_inference_steps=STEPS,
                                    guidance_scale=GUIDANCE, generator=generators, output_type="latent").images
                image = self.pipe.vae.decode(latents / self.pipe.vae.config.scaling_factor).sample
        finally:
            if adapter:
                self.pipe.unload_lora_weights()
        image = (image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy()
        return latents, (image * 255).round().astype("uint8")

    def check_scores(self, name: str, images: list[pathlib.Path]) -> None:
        pixels = self.processor(images=[Image.open(path) for path in images], return_tensors="pt")["pixel_values"]
        tokens = self.tokenizer(self.prompts, padding="max_length", truncation=True, return_tensors="pt",
                                max_length=self.clip.config.text_config.max_position_embeddings)
        with torch.no_grad():
            output = self.clip(**tokens, pixel_values=pixels)
        expected = {"clip": (output.image_embeds * output.text_embeds).sum(dim=-1),
                    "aesthetic": output.image_embeds @ self.head["weight"].T.float()[:, 0] + self.head["bias"].float()}
        for reward, values in expected.items():
            found = [record["scores"][reward] for record in self.scored(images, "--reward", reward)]
            self.task.table.row(f"{name}: {reward} of diffusers' images", worst(found, values), SCORES)

    def seen(self, images: list[pathlib.Path]) -> list[float]:
        """What the oracle says of each."""
        oracle = self.task.command.binary.with_name("train-weights")
        return [record["score"] for record in self.scored(images, "--reward", f"command:{oracle} oracle")]

    def scored(self, images: list[pathlib.Path], *arguments) -> list[dict]:
        prompts = self.task.folder / "prompts.txt"
        prompts.write_text("\n".join(self.prompts) + "\n", encoding="utf-8")
        return records(self.task.command.run(
            "score", *images, *arguments, "--prompts", prompts, "--clip", MODEL / "clip", "--aesthetic-head",
            MODEL / "aesthetic.safetensors", "--json", "--quiet", "--no-cache", "--keep-flat", "--keep-duplicates"))
