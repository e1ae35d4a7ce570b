#!/usr/bin/env python3
"""Pretrains a small text-to-image model on simple pictures whose truth is known, in about a minute and a half.

    .deps/venv/bin/python scripts/tinyworld.py --out DIR [--seed N] [--threads 2]

A picture is one shape of one colour on a ground of another, such as "a red disc on blue"; where it lies and how large
it is, its caption does not say, so that samples of one prompt differ in both. Written to DIR:

    model/                the pipeline, a diffusers folder: 32 px, latents of 8 x 8; its raft-diffuse.yaml says how
                          `raft-diffuse align` treats it
    clip/                 a CLIP that learnt pictures and captions; its text tower is the pipeline's text encoder
    largeness.pth         a linear head on that CLIP's image embeddings: from 1, a small shape, to 10, a large one
    prompts/*.txt         train, dev and test: captions, disjoint
    world.png             pictures above, what the autoencoder makes of them below
    manifest.json         settings, seeds, errors and seconds

The same seed and number of threads give the same files.
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import platform
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import torch  # noqa: E402
from PIL import Image  # noqa: E402
from torch.nn import functional  # noqa: E402

import tinymodels  # noqa: E402
import tinypipeline  # noqa: E402
import tinyrewards  # noqa: E402

SIDE = 32
COLOURS = {"red": (220, 40, 40), "green": (40, 170, 70), "blue": (50, 80, 220), "yellow": (240, 210, 50),
           "purple": (150, 60, 180), "white": (245, 245, 245)}
SHAPES = ("disc", "cross")
# Half a shape's height, where half the picture's is 1.
SMALLEST, LARGEST = 0.3, 0.8
# Of CLIP's preprocessing.
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


# What `align --model` does with the pipeline unless told otherwise: a few rounds towards larger shapes.
RECIPE = """\
name: tinyworld
about: A small world of shapes, which become larger.
res: 32
precision: fp32
select: best
prompts:
  train: ../prompts/train.txt
  dev: ../prompts/dev.txt
  test: ../prompts/test.txt
collecting: {sampler: ddim, steps: 10, guidance: 1}
evaluating: {sampler: ddim, steps: 10, guidance: 1, dev-images: 2, test-images: 4}
reward: {terms: [aesthetic], clip: ../clip, aesthetic-head: ../largeness.pth}
watch: {terms: [clip]}
rounds: {count: 3, samples-per-prompt: 8}
adapter: {rank: 8, targets: [all]}
tuning: {steps: 60, batch: 16, lr: 1.0e-3}
stopping: {patience: 0}
"""


@dataclasses.dataclass(frozen=True)
class Steps:
    """How long each network learns."""

    clip: int = 350
    autoencoder: int = 250
    unet: int = 1100

    def shortened(self, share: float) -> "Steps":
        return Steps(*(max(1, round(share * count)) for count in dataclasses.astuple(self)))


def captions() -> list[str]:
    """What can be said of a picture, in the order of their numbers."""
    return [f"a {colour} {shape} on {ground}" for shape in SHAPES for colour in COLOURS for ground in COLOURS
            if colour != ground]


def corpus() -> str:
    """What the vocabulary learns its merges from: each word becomes a token."""
    return " ".join(["a", "on", *SHAPES, *COLOURS])


def splits(seed: int) -> dict[str, list[str]]:
    """The prompts of an alignment run; no caption is in two of them."""
    order = torch.randperm(len(captions()), generator=torch.Generator().manual_seed(seed)).tolist()
    shuffled = [captions()[index] for index in order]
    return {"train": shuffled[:32], "dev": shuffled[32:40], "test": shuffled[40:]}


@dataclasses.dataclass(frozen=True)
class Scenes:
    """Pictures as what they are of, `[N]` each."""

    caption: torch.Tensor
    size: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor

    @staticmethod
    def drawn(count: int, generator: torch.Generator) -> "Scenes":
        size = SMALLEST + (LARGEST - SMALLEST) * torch.rand(count, generator=generator)
        x, y = (2 * torch.rand(2, count, generator=generator) - 1) * (0.98 - size)
        return Scenes(torch.randint(len(captions()), (count,), generator=generator), size, x, y)

    def largeness(self) -> torch.Tensor:
        """From 1 to 10, `[N]`."""
        return 1 + 9 * (self.size - SMALLEST) / (LARGEST - SMALLEST)

    def pictures(self) -> torch.Tensor:
        """`[N, 3, SIDE, SIDE]` in 0…1, with smooth edges."""
        axis = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
        size = self.size[:, None, None]
        dx = (axis[None, None, :] - self.x[:, None, None]) / size
        dy = (axis[None, :, None] - self.y[:, None, None]) / size
        # How far inside a shape each pixel lies.
        far, near = torch.maximum(dx.abs(), dy.abs()), torch.minimum(dx.abs(), dy.abs())
        inside = torch.stack([1 - (dx.square() + dy.square()).sqrt(), torch.minimum(1 - far, 0.35 - near)])
        names = list(COLOURS)
        words = [caption.split() for caption in captions()]
        shape = torch.tensor([SHAPES.index(word[2]) for word in words])[self.caption]
        colours = torch.tensor(list(COLOURS.values())) / 255
        colour, ground = (colours[torch.tensor([names.index(word[place]) for word in words])[self.caption]]
                          [:, :, None, None] for place in (1, 4))
        chosen = inside[shape, torch.arange(len(shape))]
        cover = (chosen * size * SIDE / 2 + 0.5).clamp(0, 1)[:, None]
        return ground + cover * (colour - ground)


def choices() -> dict:
    """Configurations of the pipeline."""
    return dict(
        unet=dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(32, 64), layers_per_block=1,
                  norm_num_groups=8, cross_attention_dim=64, attention_head_dim=4,
                  down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                  up_block_types=("CrossAttnUpBlock2D", "UpBlock2D")),
        vae=dict(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(16, 24, 32),
                 layers_per_block=1, norm_num_groups=8, sample_size=SIDE, scaling_factor=1.0,
                 down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3),
        text=dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
                  hidden_act="quick_gelu"),
        scheduler=tinypipeline.published_scheduler(), merges=400, corpus=corpus(), size=(8, 8))


def clip_choices() -> dict:
    """Sizes of the CLIP."""
    return dict(width=64, text_width=64, heads=4, layers=2, image=SIDE, patch=4, projection=48,
                activation="quick_gelu", merges=choices()["merges"])


class Course:
    """AdamW whose rate falls along half a cosine, and what it does each step."""

    def __init__(self, name: str, parameters, rate: float, steps: int):
        self.name, self.parameters, self.steps = name, list(parameters), steps
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=1e-4)
        self.rates = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(1, (step + 1) / 20) * (1 + math.cos(math.pi * step / steps)) / 2)
        self.losses = []

    def run(self, loss_of_step) -> dict:
        """Calls `loss_of_step` for each step and follows its gradient. Returns what the manifest says."""
        begun = time.monotonic()
        for step in range(self.steps):
            loss = loss_of_step(step)
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            self.rates.step()
            self.losses.append(float(loss.detach()))
        last = self.losses[-50:]
        said = dict(steps=self.steps, seconds=round(time.monotonic() - begun, 1), loss=round(sum(last) / len(last), 5))
        print(f"{self.name}: {said}", file=sys.stderr, flush=True)
        return said


def settle(network: torch.nn.Module) -> torch.nn.Module:
    """Begins an autoencoder so that it passes on what it sees: kernels orthogonal, residual branches at zero. Begun as
    usual it needs many times the steps."""
    from diffusers.models.attention_processor import Attention
    from diffusers.models.resnet import ResnetBlock2D

    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.orthogonal_(module.weight)
            torch.nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, (ResnetBlock2D, Attention)):
            torch.nn.init.zeros_((module.conv2 if isinstance(module, ResnetBlock2D) else module.to_out[0]).weight)
    # Little noise in the latents: a deviation of exp(-3).
    with torch.no_grad():
        network.quant_conv.weight[4:] = 0
        network.quant_conv.bias[4:] = -6
    return network


class World:
    """The networks and how they learn."""

    def __init__(self, seed: int, steps: Steps):
        from diffusers import AutoencoderKL, UNet2DConditionModel

        torch.manual_seed(seed)
        self.seed, self.steps = seed, steps
        self.generator = torch.Generator().manual_seed(seed)
        self.choices = choices()
        self.vae = settle(AutoencoderKL(**self.choices["vae"]))
        self.unet = UNet2DConditionModel(**self.choices["unet"])
        self.clip = tinyrewards.clip_model(
            clip_choices(), len(tinypipeline.vocabulary(self.choices["merges"], corpus())[0]))
        self.head = torch.nn.Linear(clip_choices()["projection"], 1)
        self.manifest = {}

    def tokens(self, folder: pathlib.Path) -> torch.Tensor:
        """All captions' token ids, padded as a pipeline pads them; the empty one's at the end."""
        from transformers import CLIPTokenizer

        tokenizer = CLIPTokenizer.from_pretrained(folder)
        return tokenizer([*captions(), ""], padding="max_length", max_length=77, truncation=True,
                         return_tensors="pt").input_ids

    def learn_clip(self, ids: torch.Tensor) -> None:
        """Pictures and captions by contrast; the head beside them, on the same embeddings."""
        mean, deviation = (torch.tensor(values)[None, :, None, None] for values in (MEAN, DEVIATION))
        shortest = int((ids != ids[0, -1]).sum(dim=1).max()) + 1
        course = Course("CLIP", [*self.clip.parameters(), *self.head.parameters()], 2e-3, self.steps.clip)
        unit = lambda x: x / x.norm(dim=-1, keepdim=True)  # noqa: E731

        def loss(step: int) -> torch.Tensor:
            scenes = Scenes.drawn(64, self.generator)
            pixels = (scenes.pictures() - mean) / deviation
            images = unit(self.clip.visual_projection(self.clip.vision_model(pixel_values=pixels).pooler_output))
            # Nothing behind a caption's end changes its embedding.
            texts = self.clip.text_model(input_ids=ids[:-1, :shortest]).pooler_output
            texts = unit(self.clip.text_projection(texts))
            scale = self.clip.logit_scale.clamp(max=math.log(100)).exp()
            likely = functional.cross_entropy(scale * images @ texts.T, scenes.caption)
            error = functional.mse_loss(5.5 + 4.5 * self.head(images)[:, 0], scenes.largeness())
            self.last = (float(likely.detach()), float(error.detach()))
            return likely + 0.1 * error

        self.manifest["clip"] = course.run(loss)
        likely, error = self.last
        self.manifest["clip"] |= dict(caption_loss=round(likely, 4), largeness_error=round(error**0.5, 3))
        with torch.no_grad():
            self.head.weight.mul_(4.5)
            self.head.bias.mul_(4.5).add_(5.5)

    def learn_autoencoder(self) -> None:
        """Pictures through 8 x 8 x 4 numbers, which then get deviation 1."""
        course = Course("autoencoder", self.vae.parameters(), 4e-3, self.steps.autoencoder)

        def loss(step: int) -> torch.Tensor:
            pictures = 2 * Scenes.drawn(16, self.generator).pictures() - 1
            posterior = self.vae.encode(pictures).latent_dist
            noise = torch.randn(posterior.mean.shape, generator=self.generator)
            decoded = self.vae.decode(posterior.mean + posterior.std * noise).sample
            return functional.l1_loss(decoded, pictures) + 1e-5 * posterior.kl().mean()

        self.manifest["autoencoder"] = course.run(loss)
        with torch.no_grad():
            pictures = 2 * Scenes.drawn(256, self.generator).pictures() - 1
            latents = self.vae.encode(pictures).latent_dist.mean
            error = (self.vae.decode(latents).sample.clamp(-1, 1) - pictures).square().mean()
        self.scale = round(1 / float(latents.std()), 5)
        self.choices["vae"]["scaling_factor"] = self.scale
        self.manifest["autoencoder"] |= dict(scaling_factor=self.scale,
                                             peak_signal_to_noise=round(float(10 * (4 / error).log10()), 2))

    def latents(self, count: int) -> tuple[Scenes, torch.Tensor]:
        """Pictures to learn from, encoded: `[count, 4, 8, 8]`."""
        scenes = Scenes.drawn(count, self.generator)
        with torch.no_grad():
            parts = [self.vae.encode(2 * part - 1).latent_dist.mean for part in scenes.pictures().split(64)]
        return scenes, self.scale * torch.cat(parts)

    def learn_unet(self, ids: torch.Tensor) -> None:
        """To tell the noise, a tenth of the time without a caption."""
        from diffusers import DDPMScheduler

        begun = time.monotonic()
        noising = DDPMScheduler.from_config(self.choices["scheduler"])
        with torch.no_grad():
            states = self.clip.text_model(input_ids=ids).last_hidden_state
        scenes, latents = self.latents(3072)
        # Steps with little noise teach little (Hang et al., 2023, equation 8, with γ = 5).
        ratio = noising.alphas_cumprod / (1 - noising.alphas_cumprod)
        weights = ratio.clamp(max=5) / ratio
        course = Course("UNet", self.unet.parameters(), 2e-3, self.steps.unet)

        def loss(step: int) -> torch.Tensor:
            rows = torch.randint(len(latents), (48,), generator=self.generator)
            times = torch.randint(1000, (48,), generator=self.generator)
            noise = torch.randn(latents[rows].shape, generator=self.generator)
            words = scenes.caption[rows].clone()
            words[torch.rand(48, generator=self.generator) < 0.1] = len(states) - 1
            predicted = self.unet(noising.add_noise(latents[rows], noise, times), times, states[words]).sample
            errors = (predicted - noise).square().mean(dim=(1, 2, 3))
            return (weights[times] * errors).mean()

        said = course.run(loss)
        self.manifest["unet"] = said | dict(seconds=round(time.monotonic() - begun, 1), pictures=len(latents))

    def write_pipeline(self, folder: pathlib.Path) -> None:
        pipeline = tinypipeline.Pipeline(self.seed, self.choices, exact=False)
        pipeline.unet, pipeline.vae, pipeline.text = self.unet, self.vae, self.clip.text_model
        pipeline.write(folder)
        (folder / "raft-diffuse.yaml").write_text(RECIPE, encoding="utf-8")

    def write_sheet(self, path: pathlib.Path, count: int = 12) -> None:
        with torch.no_grad():
            pictures = Scenes.drawn(count, self.generator).pictures()
            again = self.vae.decode(self.vae.encode(2 * pictures - 1).latent_dist.mean).sample / 2 + 0.5
        rows = torch.cat([torch.cat(list(row), dim=-1) for row in (pictures, again.clamp(0, 1))], dim=-2)
        Image.fromarray((255 * rows.permute(1, 2, 0)).round().byte().numpy()).save(path)


def pretrain(folder: pathlib.Path, seed: int = 1, steps: Steps = Steps()) -> dict:
    """Makes the whole world in `folder`, which must not exist, and returns its manifest."""
    begun = time.monotonic()
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    (unfinished / "prompts").mkdir(parents=True)
    world = World(seed, steps)
    tinypipeline.write_tokenizer(unfinished / "clip", world.choices["merges"], corpus())
    ids = world.tokens(unfinished / "clip")
    world.learn_clip(ids)
    tinyrewards.save_clip(world.clip, unfinished / "clip")
    tinyrewards.save_head(unfinished / "largeness.pth", {name: value.detach()
                                                        for name, value in world.head.state_dict().items()})
    world.learn_autoencoder()
    world.learn_unet(ids)
    world.write_pipeline(unfinished / "model")
    world.write_sheet(unfinished / "world.png")
    for name, prompts in splits(seed).items():
        (unfinished / "prompts" / f"{name}.txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    manifest = dict(seed=seed, threads=torch.get_num_threads(), processor=platform.processor() or platform.machine(),
                    versions=tinymodels.versions(), **world.manifest, seconds=round(time.monotonic() - begun, 1),
                    processor_seconds=round(time.process_time(), 1))
    tinypipeline.write_json(unfinished / "manifest.json", manifest)
    os.rename(unfinished, folder)
    return manifest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder to make")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--share", type=float, default=1.0, help="of the usual steps, to try this script with")
    options = parser.parse_args()
    if options.out.exists():
        print(f"{options.out} is there already", file=sys.stderr)
        return 1
    torch.set_num_threads(options.threads)
    print(json.dumps(pretrain(options.out, options.seed, Steps().shortened(options.share)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
