#!/usr/bin/env python3
"""Writes the fixtures of the noise schedules and the samplers, all from diffusers' schedulers.

`schedules.safetensors`: cumulative signal, timesteps and sigmas. `samplers.safetensors` with `samplers.json`:
whole runs whose model is a formula that Swift can compute too (`stand_in`), so they need no network.
`guided.safetensors` with `guided.json`: whole runs of the small UNet through StableDiffusionPipeline.
"""

import itertools
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file

import tinymodels

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/DiffusionTests/Fixtures"
# SD-1.5's published schedule; what is absent falls back to each scheduler's own default.
PUBLISHED = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                 clip_sample=False, set_alpha_to_one=False, steps_offset=1)
SPACINGS = ("leading", "linspace", "trailing")
STEPS = (1, 2, 3, 7, 14, 20, 30, 50, 333, 999)
# Deterministic and stochastic DDIM are one sampler at two values of eta.
ETAS = {"ddim": (0.0, 0.6), "ddpm": (0.0,)}


def stand_in(x: torch.Tensor, t: float) -> torch.Tensor:
    """The formula in the model's place: 0.9 · silu(x) + 0.0004 · t − 0.2, on the scaled input."""
    return 0.9 * torch.nn.functional.silu(x) + 0.0004 * t - 0.2


def run(scheduler, steps: int, eta: float, latents, noise, name: str) -> tuple[dict, dict, dict]:
    """One whole run: returns the facts for the JSON, the tensors for the file, and every step's latents."""
    scheduler.set_timesteps(steps)
    x = latents * scheduler.init_noise_sigma
    # Only DDIM's step knows eta.
    extra = {"eta": eta} if eta else {}
    trail = {}
    with tinymodels.InjectedNoise(noise) as injected:
        for index, t in enumerate(scheduler.timesteps):
            model_output = stand_in(scheduler.scale_model_input(x, t), float(t))
            x = scheduler.step(model_output, t, x, **extra).prev_sample
            trail[index + 1] = x
    tensors = {f"{name}.timesteps": scheduler.timesteps.float(), f"{name}.final": x}
    if getattr(scheduler, "sigmas", None) is not None:
        tensors[f"{name}.sigmas"] = scheduler.sigmas.float()
    for index in (1, 2, 11):
        if index < len(scheduler.timesteps):
            tensors[f"{name}.after{index}"] = trail[index]
    facts = dict(name=name, steps=steps, eta=eta, calls=len(scheduler.timesteps), draws=injected.drawn,
                 initialDeviation=float(scheduler.init_noise_sigma))
    return facts, tensors, trail


def cases():
    """Every run: the sampler, eta, steps and what of the schedule's configuration is changed."""
    for sampler, factory in tinymodels.sampler_factories().items():
        for eta, spacing, prediction, offset in itertools.product(
                ETAS.get(sampler, (0.0,)), SPACINGS, ("epsilon", "v_prediction"), (0, 1)):
            if offset == 0 and spacing != "leading":
                continue  # the offset is used by leading spacing alone
            for final_one in (False, True) if sampler in ("ddim", "pndm") else (False,):
                changes = dict(timestep_spacing=spacing, prediction_type=prediction, steps_offset=offset,
                               set_alpha_to_one=final_one)
                yield sampler, factory, eta, 20, changes
        for steps in (1, 2, 5, 14, 50):
            yield sampler, factory, 0.0, steps, dict(timestep_spacing="leading")
        for schedule in ("linear", "squaredcos_cap_v2"):
            if sampler.endswith("karras") and schedule == "squaredcos_cap_v2":
                continue  # diffusers 0.42 runs past its own sigmas: its first two timesteps are equal
            yield sampler, factory, 0.0, 20, dict(timestep_spacing="trailing", beta_schedule=schedule)


def write_samplers() -> None:
    generator = torch.Generator("cpu").manual_seed(5)
    latents = torch.randn(2, 4, 3, 5, generator=generator)
    noise = torch.randn(50, 2, 4, 3, 5, generator=generator)
    tensors, listed = {"latents": latents, "noise": noise}, []
    for sampler, factory, eta, steps, changes in cases():
        name = f"case{len(listed):03d}"
        config = PUBLISHED | changes
        facts, more, _ = run(factory(config), steps, eta, latents, noise, name)
        tensors |= more
        if not torch.isfinite(more[f"{name}.final"]).all():
            sys.exit(f"{name} ({sampler}, {changes}) is not finite")
        listed.append(dict(sampler=sampler, **facts, scheduler=config))
    write("samplers", tensors, listed)


def write_schedules() -> None:
    tensors = {}
    for schedule in ("linear", "scaled_linear", "squaredcos_cap_v2"):
        config = PUBLISHED | dict(beta_schedule=schedule)
        tensors[f"signal.{schedule}"] = tinymodels.sampler_factories()["ddim"](config).alphas_cumprod
    for (sampler, factory), spacing in itertools.product(tinymodels.sampler_factories().items(), SPACINGS):
        if sampler in ("ddpm", "euler-a"):
            continue  # the same lists as ddim and euler
        if sampler.endswith("karras") and spacing != "linspace":
            continue  # Karras sigmas ignore the spacing
        for steps in STEPS:
            scheduler = factory(PUBLISHED, timestep_spacing=spacing)
            scheduler.set_timesteps(steps)
            tensors[f"timesteps.{sampler}.{spacing}.{steps}"] = scheduler.timesteps.float()
            if steps < 300 and getattr(scheduler, "sigmas", None) is not None:
                tensors[f"sigmas.{sampler}.{spacing}.{steps}"] = scheduler.sigmas.float()
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()},
              FIXTURES / "schedules.safetensors", metadata={"format": "pt"})


def write_guided() -> None:
    """Runs of a small UNet through diffusers' own pipeline, from given latents and embeddings."""
    from diffusers import StableDiffusionPipeline

    import fixtures_models

    generator = torch.Generator("cpu").manual_seed(6)
    latents = torch.randn(2, 4, 8, 8, generator=generator)
    noise = torch.randn(20, 2, 4, 8, 8, generator=generator)
    case = fixtures_models.UNETS["unet-four-levels"]
    width = case["config"]["cross_attention_dim"]
    prompts = torch.randn(2, case["tokens"], width, generator=generator)
    negatives = torch.randn(1, case["tokens"], width, generator=generator).expand(2, -1, -1)
    unet = tinymodels.unet(case["config"], seed=12)
    vae_case = fixtures_models.VAES["vae-four-levels"]
    vae = tinymodels.vae(vae_case["config"], seed=13)
    tensors = {"latents": latents, "noise": noise, "prompts": prompts, "negatives": negatives[:1]}
    listed = []
    runs = [(sampler, eta, guidance) for sampler in tinymodels.sampler_factories()
            for eta in ETAS.get(sampler, (0.0,)) for guidance in (1.0, 7.5)]
    for (sampler, eta, guidance), spacing in itertools.product(runs, SPACINGS):
        config = PUBLISHED | dict(timestep_spacing=spacing)
        pipeline = StableDiffusionPipeline(
            vae=vae, text_encoder=None, tokenizer=None, unet=unet,
            scheduler=tinymodels.sampler_factories()[sampler](config), safety_checker=None,
            feature_extractor=None, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        with tinymodels.InjectedNoise(noise):
            final = pipeline(prompt_embeds=prompts, negative_prompt_embeds=negatives, latents=latents.clone(),
                             height=64, width=64, num_inference_steps=20, guidance_scale=guidance, eta=eta,
                             output_type="latent").images
        name = f"case{len(listed):03d}"
        tensors[name] = final
        listed.append(dict(name=name, sampler=sampler, eta=eta, guidance=guidance, steps=20, scheduler=config))
    write("guided", tensors, listed)


def write(name: str, tensors: dict, listed: list) -> None:
    save_file({key: tensor.clone().contiguous() for key, tensor in tensors.items()},
              FIXTURES / f"{name}.safetensors", metadata={"format": "pt"})
    lines = ",\n".join("  " + json.dumps(entry) for entry in listed)
    (FIXTURES / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def main() -> None:
    torch.set_num_threads(1)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        write_schedules()
        write_samplers()
        write_guided()


if __name__ == "__main__":
    main()
