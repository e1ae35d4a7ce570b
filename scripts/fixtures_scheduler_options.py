#!/usr/bin/env python3
"""Writes `scheduler-options.json`: whole sampler runs under the rarer keys of scheduler_config.json.

Each configuration is what diffusers itself saves (every key of its class, -Infinity included) or a file's few keys,
handed to the sampler's scheduler through `from_config`, so absent keys take that scheduler's defaults. It stands in
the fixture as text, because diffusers' -Infinity is no JSON.
"""

import json

import torch

import fixtures_samplers
import tinymodels

STEPS = 6
BETAS = [0.01 + 0.002 * (i % 3) + 0.005 * i for i in range(40)]


def cases():
    """The sampler, what the file says beyond the published schedule, and the number of steps."""
    published = fixtures_samplers.PUBLISHED
    for sampler in tinymodels.sampler_factories():
        yield sampler, published, STEPS
        yield sampler, published | dict(trained_betas=BETAS, num_train_timesteps=len(BETAS)), STEPS
        yield sampler, published | dict(num_train_timesteps=400, timestep_spacing="trailing"), 13
        yield sampler, dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012), STEPS
        if sampler not in ("pndm", "euler-a"):
            yield sampler, published | dict(prediction_type="sample"), STEPS
    for sampler in ("ddim", "ddpm"):
        yield sampler, published | dict(clip_sample=True, clip_sample_range=0.7), STEPS
    yield "ddpm", published | dict(variance_type="fixed_large"), STEPS
    for spacing in fixtures_samplers.SPACINGS:
        yield "euler", published | dict(use_karras_sigmas=True, timestep_spacing=spacing), STEPS
    for sampler in ("euler", "dpm++2m", "dpm++2m-karras"):
        for steps in (STEPS, 16):
            yield sampler, published | dict(final_sigmas_type="sigma_min"), steps
    for changes in (dict(solver_order=1), dict(lower_order_final=False, final_sigmas_type="sigma_min"),
                    dict(euler_at_final=True, final_sigmas_type="sigma_min"), dict(lambda_min_clipped=-1.5),
                    dict(use_karras_sigmas=True), dict(solver_type="bh2")):
        yield "dpm++2m", published | changes, STEPS
    for spacing in fixtures_samplers.SPACINGS:
        yield "dpm++2m", published | dict(lambda_min_clipped=-1.5, timestep_spacing=spacing), STEPS
    # What a folder holds that was saved after its scheduler had been exchanged.
    for sampler, factory in tinymodels.sampler_factories().items():
        for saved_by, saved in tinymodels.sampler_factories().items():
            if saved_by != "pndm" and saved_by != sampler:
                yield sampler, json.loads(saved(published).to_json_string()), STEPS


def main() -> None:
    torch.set_num_threads(1)
    generator = torch.Generator("cpu").manual_seed(7)
    latents = torch.randn(1, 4, 2, 2, generator=generator)
    noise = torch.randn(16, 1, 4, 2, 2, generator=generator)
    listed = []
    with torch.no_grad():
        for sampler, config, steps in cases():
            scheduler = tinymodels.sampler_factories()[sampler](dict(config))
            name = f"option{len(listed):03d}"
            facts, tensors, _ = fixtures_samplers.run(scheduler, steps, 0.0, latents, noise, name)
            final = tensors[f"{name}.final"]
            assert torch.isfinite(final).all(), (sampler, config)
            listed.append(dict(sampler=sampler, **facts, scheduler=json.dumps(config),
                               timesteps=tensors[f"{name}.timesteps"].tolist(), final=final.flatten().tolist()))
    head = dict(latents=latents.flatten().tolist(), noise=noise.flatten().tolist())
    lines = ",\n".join("  " + json.dumps(entry) for entry in listed)
    (fixtures_samplers.FIXTURES / "scheduler-options.json").write_text(
        f'{{"start": {json.dumps(head)},\n"runs": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
