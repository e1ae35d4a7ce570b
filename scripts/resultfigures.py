"""Figures of docs/results.md: means by prompt, and intervals over training runs. Plain Python, since tables are
rebuilt without the packages that runs need."""

import math
import re
import statistics

METRICS = ("aesthetic", "clip", "oracle")
# The 97.5 % quantile of Student's t, by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228}


def per_prompt(rows: list[dict]) -> dict[str, dict[str, list]]:
    """Every prompt's scores by metric, in the images' order: `{prompt: {metric: [score, …]}}`."""
    found: dict[str, dict[str, list]] = {}
    for row in rows:
        scores = found.setdefault(row["prompt"], {metric: [] for metric in METRICS})
        for metric in METRICS:
            value = row["scores"].get(metric)
            scores[metric].append(None if value is None else round(value, 6))
    return found


def mean_of(scores: dict, metric: str, kind=lambda prompt: True) -> float | None:
    """The mean over prompts of their images' means; None where nothing has a score."""
    means = []
    for prompt, values in scores.items():
        there = [value for value in values[metric] if value is not None]
        if there and kind(prompt):
            means.append(statistics.fmean(there))
    return statistics.fmean(means) if means else None


def over_runs(values: list[float]) -> tuple[float, float | None]:
    """The mean of values, one a run, and half of its 95 % t interval; None for a single run."""
    middle = statistics.fmean(values)
    if len(values) < 2:
        return middle, None
    return middle, STUDENT[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))


def shown(values: list[float], signed: bool = False, percent: bool = False) -> str:
    """`+0.12 [0.05, 0.19]`, in percentage points for a share."""
    if not values:
        return "–"
    middle, half = over_runs(values)
    factor, digits = (100, 1) if percent else (1, 3)
    sign = "+" if signed else ""
    text = f"{factor * middle:{sign}.{digits}f}"
    if half is None:
        return text
    return f"{text} [{factor * (middle - half):{sign}.{digits}f}, {factor * (middle + half):{sign}.{digits}f}]"


def names_two(prompt: str) -> bool:
    """Whether a prompt asks for two objects."""
    return re.search(r" (and|left of|right of|to the (left|right) of|above|below) an? ", prompt) is not None


def area(images: list[tuple[float, float]]) -> float | None:
    """The area under the curve of (verdict, score) pairs: how often, of an image that the oracle calls right and one
    that it calls wrong, the right one has the higher score. None where one kind is missing."""
    right = [score for verdict, score in images if verdict >= 0.5]
    wrong = [score for verdict, score in images if verdict < 0.5]
    if not right or not wrong:
        return None
    return sum((a > b) + (a == b) / 2 for a in right for b in wrong) / (len(right) * len(wrong))


def area_within(prompts: list[list[tuple[float, float]]]) -> tuple[float | None, int]:
    """The mean of the areas of the prompts that have images of both kinds, and how many these are. It is what selecting
    the best of each prompt lives on: a reward that only tells easy prompts from hard ones has 0.5 here."""
    areas = [value for images in prompts if (value := area(images)) is not None]
    return (statistics.fmean(areas) if areas else None), len(areas)


def standardised(values: list[float]) -> list[float]:
    """Distances from the mean in standard deviations."""
    middle, deviation = statistics.fmean(values), statistics.pstdev(values) or 1
    return [(value - middle) / deviation for value in values]


def selectivity(rows: list[dict]) -> dict:
    """Whether the rewards see what the oracle sees in a round's samples: areas within prompts, by reward and for both
    together, each in its prompt's standard deviations; over all images, of whatever prompt, besides."""
    prompts = [[image for image in zip(*(values[metric] for metric in METRICS)) if None not in image]
               for values in per_prompt(rows).values()]
    prompts = [images for images in prompts if images]
    judged = {"aesthetic": lambda images: [image[0] for image in images],
              "clip": lambda images: [image[1] for image in images],
              "both": lambda images: [sum(pair) for pair in zip(*(standardised([image[place] for image in images])
                                                                  for place in (0, 1)))]}
    found = {}
    for name, scores in judged.items():
        pairs = [[(image[2], score) for image, score in zip(images, scores(images))] for images in prompts]
        found[name], found["prompts"] = area_within(pairs)
        found[f"{name}_pooled"] = area([pair for images in pairs for pair in images])
    verdicts = [image[2] for images in prompts for image in images]
    return dict(found, images=len(verdicts), right=statistics.fmean(verdicts) if verdicts else None)
