"""The arms behind docs/results.md, in the order in which they are run.

An arm is one way to make images of the test prompts: a run of `raft-diffuse align` with some options, or sampling
alone. Every run's images are scored by the two rewards and by the oracle, when the run is over.
"""

import dataclasses
import hashlib
import json
import math
import pathlib
import shutil
import subprocess
import time

from resultfigures import per_prompt, selectivity

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = "shapes"
# Seeds that nothing was tuned on.
HEADLINE, EXPLORATORY = (4001, 4002, 4003, 4004, 4005), (4001, 4002, 4003)
RECIPES = {"resolution": "resolution-256", "alignment": "prompt-alignment"}

# So far apart are the noise seeds of two sets of images.
SEEDS_OF_A_RUN = 10_000


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What of a task's recipe arms are made from."""

    rounds: int
    prompts: int
    samples: int
    steps: int
    size: int
    train: int
    tests: int
    test_images: int
    replay: bool

    @property
    def images(self) -> int:
        return self.rounds * self.prompts * self.samples


@dataclasses.dataclass(frozen=True)
class Arm:
    """An arm: its name, its task, its run seeds, and what it adds to the recipe."""

    name: str
    task: str
    about: str
    seeds: tuple = EXPLORATORY
    kind: str = "align"
    options: object = dataclasses.field(default=lambda recipe: [], compare=False)

    def words(self, recipe: Recipe) -> list[str]:
        return [str(word) for word in self.options(recipe)]

    @property
    def definition(self) -> str:
        """What the arm is, in a word: what it adds to some recipe, told without asking any program."""
        nominal = Recipe(5, 16, 8, 40, 256, 48, 48, 2, False)
        text = json.dumps([self.task, self.kind, RECIPES[self.task], self.words(nominal)])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def of_k(samples: int, equal_images: bool):
    """K, at the recipe's number of rounds or at its number of images and steps. A smaller K takes the first images of a
    larger one: image k of a prompt has the prompt's seed + k."""
    def options(recipe: Recipe) -> list:
        if not equal_images:
            return ["--samples-per-prompt", samples]
        # Draws of prompts in all; a round has as many of them as there are prompts for, at most.
        draws, steps = recipe.images // samples, recipe.rounds * recipe.steps
        width = max(count for count in range(1, min(draws // recipe.rounds, recipe.train) + 1)
                    if draws % count == 0 and steps % (draws // count) == 0)
        return ["--samples-per-prompt", samples, "--prompts-per-round", width, "--rounds", draws // width,
                "--train-steps", steps * width // draws]
    return options


def one_round(recipe: Recipe) -> list:
    """One round of as many images, winners and steps as all of the recipe's. Where there are fewer prompts than that
    takes, each has more images, and more winners."""
    prompts = recipe.rounds * recipe.prompts
    width = max(count for count in range(1, min(prompts, recipe.train) + 1) if prompts % count == 0)
    more = prompts // width
    return ["--rounds", 1, "--prompts-per-round", width, "--samples-per-prompt", recipe.samples * more, "--select",
            f"best:{more}", "--train-steps", recipe.rounds * recipe.steps]


def toggled(name: str, is_on: bool) -> list:
    return [f"--{'no-' if is_on else ''}{name}"]


ARMS = [
    Arm("resolution", "resolution", "RAFT by the recipe, with random selection as its control arm", HEADLINE,
        options=lambda recipe: ["--control"]),
    Arm("resolution-native", "resolution", "the base at its native size, resized", HEADLINE, "native"),
    Arm("resolution-best-of-n", "resolution", "the best of K images of the base by the reward", HEADLINE, "best-of"),
    Arm("resolution-offline", "resolution", "one round of as many images and steps", HEADLINE, options=one_round),
    Arm("alignment", "alignment", "RAFT by the recipe, with random selection as its control arm", HEADLINE,
        options=lambda recipe: ["--control"]),
    Arm("alignment-best-of-n", "alignment", "the best of K images of the base by the reward", HEADLINE, "best-of"),
    Arm("resolution-long", "resolution", "four times the rounds, to see where the reward is over-optimised",
        options=lambda recipe: ["--rounds", 4 * recipe.rounds, "--patience", 0]),
    # K = 16 is the recipe's own.
    *(Arm(f"resolution-k{k}-rounds", "resolution", f"K = {k} at equal rounds", options=of_k(k, False))
      for k in (2, 4, 8)),
    *(Arm(f"resolution-k{k}-images", "resolution", f"K = {k} at equal images", options=of_k(k, True))
      for k in (2, 4, 8)),
    Arm("resolution-replay", "resolution", "replay the other way round",
        options=lambda recipe: toggled("replay", recipe.replay)),
    Arm("resolution-unguided", "resolution", "no guidance",
        options=lambda recipe: ["--guidance", 1, "--eval-guidance", 1, "--no-guidance-aware", "--control"]),
    Arm("resolution-plain", "resolution", "the plain loss", options=lambda recipe: ["--no-guidance-aware"]),
]


class Bench:
    """The built programs, and where runs and their figures go."""

    def __init__(self, binary: pathlib.Path, oracle: str, runs: pathlib.Path, environment: dict):
        self.binary, self.runs, self.environment = binary, runs, environment
        # The oracle is a measure, called for finished images alone.
        self.rewards = ["--model", MODEL, "--reward", "aesthetic", "--reward", "clip", "--reward",
                        f"oracle=command:{oracle}"]
        self.plans: dict[tuple, dict] = {}

    def call(self, *words, echo: bool = False) -> str:
        done = subprocess.run([str(self.binary), *map(str, words)], text=True, env=self.environment, cwd=ROOT,
                              stdout=subprocess.PIPE, stderr=None if echo else subprocess.PIPE)
        if done.returncode:
            last = (done.stderr or "").strip().splitlines()[-1:]
            raise SystemExit(f"results: {' '.join(map(str, words))[:200]} ended with status {done.returncode}: "
                             + "".join(last))
        return done.stdout

    # Plans

    def plan(self, task: str, words: list[str]) -> dict:
        """What align would do: its recipe, and what that costs here."""
        key = (task, *words)
        if key not in self.plans:
            self.plans[key] = json.loads(self.call("align", "--model", MODEL, "--recipe", RECIPES[task], "--dry-run",
                                                   "--json", "--quiet", *words))
        return self.plans[key]

    def recipe(self, task: str) -> Recipe:
        found = self.plan(task, [])["recipe"]
        rounds, train = found["rounds"], len(found["prompts"]["train"])
        return Recipe(rounds["count"], min(rounds.get("prompts") or train, train), rounds["samples_per_prompt"],
                      found["tuning"]["steps"], found["width"], train, len(found["prompts"]["test"]),
                      found["evaluating"]["test_images"], rounds["replay"])

    def minutes(self, arm: Arm) -> float:
        """About how long one run of an arm takes here, scoring included."""
        recipe = self.recipe(arm.task)
        plan = self.plan(arm.task, arm.words(recipe))["plan"]
        each, decoding = plan["seconds_per_evaluation"], plan["seconds_per_decoding"]
        if arm.kind == "align":
            images = plan["training_samples"] + plan["evaluation_images"]
            evaluations = plan["sampling_evaluations"] + plan["tuning_evaluations"]
        else:
            images = recipe.tests * recipe.test_images * (recipe.samples if arm.kind == "best-of" else 1)
            evaluations = images * 2 * self.plan(arm.task, [])["recipe"]["evaluating"]["sampling"]["steps"]
        # A score costs about a decoding, the oracle a little more.
        return (evaluations * each + 3 * images * decoding) / 60

    # Scores

    def scores(self, images: list[pathlib.Path]) -> list[dict]:
        """Every image's prompt and its scores, in order."""
        lines = self.call("score", *images, *self.rewards, "--json", "--quiet", "--keep-flat", "--keep-duplicates")
        return [dict(prompt=row["prompt"], scores=row["scores"]) for row in map(json.loads, lines.splitlines())]

    def folder_scores(self, folder: pathlib.Path) -> list[dict]:
        return self.scores(sorted(folder.glob("*.png")))

    # Runs

    def run(self, arm: Arm, seed: int) -> dict:
        """Runs an arm with a seed and measures what it made."""
        begun = time.monotonic()
        found = {"align": self.aligned, "best-of": self.best_of, "native": self.native}[arm.kind](arm, seed)
        return dict(arm=arm.name, task=arm.task, seed=seed, minutes=round((time.monotonic() - begun) / 60, 1), **found)

    def aligned(self, arm: Arm, seed: int) -> dict:
        out = self.runs / f"{arm.name}-{seed}"
        words = arm.words(self.recipe(arm.task))
        resumed = out.is_dir()
        if not (out / "recipe.yaml").is_file():
            self.call("align", "--model", MODEL, "--recipe", RECIPES[arm.task], "--seed", seed, *words,
                      "--out", out, echo=True)
        elif not (out / "test.json").is_file():
            self.call("align", "--resume", "--out", out, echo=True)
        rounds = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines() if line.strip()]
        best = int((out / "best").readlink().name) if (out / "best").is_symlink() else 0
        reported = best or max(row["round"] for row in rounds)
        arms = {"base": out / "test/000/images", "raft": out / f"test/{reported:03}/images"}
        if "--control" in words:
            arms["random"] = out / f"control/test/{reported:03}/images"
        return dict(options=words, best=best, reported=reported, resumed=resumed,
                    selectivity=selectivity(self.folder_scores(out / "rounds/001/images")),
                    test={name: per_prompt(self.folder_scores(folder)) for name, folder in arms.items()},
                    rounds=[self.round(out, row) for row in rounds])

    def round(self, out: pathlib.Path, row: dict) -> dict:
        """What is known of a round, and what its dev images show."""
        kept = {name: row[name] for name in ("round", "reward_mean", "reward_selected", "dev_reward", "dev_watch",
                                             "diversity", "drift", "loss") if row.get(name) is not None}
        images = sorted((out / f"dev/{row['round']:03}/images").glob("*.png"))
        if images:
            rows = self.scores(images)
            for name in ("aesthetic", "clip", "oracle"):
                values = [scored["scores"][name] for scored in rows if name in scored["scores"]]
                kept[f"dev_{name}"] = sum(values) / len(values) if values else None
        return kept

    def sampled(self, arm: Arm, out: pathlib.Path, first_seed: int, count: int, *words) -> list[dict]:
        """What `sample` says of the base's images of each test prompt. Each prompt has seeds of its own, `count` from
        its first: prompts that share their noise would err together."""
        recipe = self.plan(arm.task, [])["recipe"]
        sampling, made = recipe["evaluating"]["sampling"], []
        for number, prompt in enumerate(recipe["prompts"]["test"]):
            made.append(json.loads(self.call(
                "sample", "--model", MODEL, "--prompt", prompt, "--steps", sampling["steps"], "--guidance",
                sampling["guidance"], "--sampler", sampling["sampler"], "--precision", recipe["precision"], "--out",
                out / f"{number:03}", "--seed", first_seed + number * count, "--json", "--quiet", "--force", *words)))
        return made

    def best_of(self, arm: Arm, seed: int) -> dict:
        out, recipe, plan = self.runs / f"{arm.name}-{seed}", self.recipe(arm.task), self.plan(arm.task, [])["recipe"]
        shutil.rmtree(out, ignore_errors=True)
        reward = [word for term in plan["reward"]["terms"] for word in ("--reward", term)]
        if plan["reward"].get("mix"):
            reward += ["--mix", plan["reward"]["mix"]]
        rows = []
        for place in range(recipe.test_images):
            first = (recipe.test_images * seed + place) * SEEDS_OF_A_RUN
            made = self.sampled(arm, out / str(place), first, recipe.samples, "--res", recipe.size, "--best-of",
                                recipe.samples, *reward)
            rows += self.scores([image["path"] for one in made for image in one["images"]])
        return dict(options=[f"best of {recipe.samples}"], test=dict(best_of_n=per_prompt(rows)))

    def native(self, arm: Arm, seed: int) -> dict:
        from PIL import Image

        out, recipe = self.runs / f"{arm.name}-{seed}", self.recipe(arm.task)
        shutil.rmtree(out, ignore_errors=True)
        size = json.loads((ROOT / f"weights/{MODEL}/unet/config.json").read_text())["sample_size"]
        native = 8 * (size if isinstance(size, int) else size[0])
        count, costs, sets = recipe.test_images, {}, {}
        for name, pixels in (("native", native), ("base", recipe.size)):
            made = self.sampled(arm, out / name, count * seed * SEEDS_OF_A_RUN, count, "--res", pixels,
                                "--images-per-prompt", count)
            sets[name] = [ROOT / image["path"] for one in made for image in one["images"]]
            costs[name] = sum(one["total_seconds"] - one["load_seconds"] for one in made) / len(sets[name])
        rows = self.scores(sets["native"])
        found, prompts = dict(native=per_prompt(rows)), [row["prompt"] for row in rows]
        resized = out / "resized"
        resized.mkdir()
        files = [resized / f"{number:03}.png" for number in range(len(sets["native"]))]
        for path, file in zip(sets["native"], files):
            Image.open(path).resize((recipe.size, recipe.size), Image.Resampling.LANCZOS).save(file)
        listed = out / "listed.txt"
        listed.write_text("\n".join(prompts) + "\n", encoding="utf-8")
        lines = self.call("score", *files, *self.rewards, "--prompts",
                          listed, "--json", "--quiet", "--keep-flat", "--keep-duplicates")
        found["resized"] = per_prompt([json.loads(line) for line in lines.splitlines()])
        return dict(options=[f"sampled at {native} px, resized to {recipe.size} px"], test=found,
                    seconds_an_image={name: round(value, 4) for name, value in costs.items()})


def hours(minutes: float) -> str:
    return f"{minutes / 60:.1f} h" if minutes >= 90 else f"{math.ceil(minutes)} min"
