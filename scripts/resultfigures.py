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


def auc(scores: dict, metrics: list[str]) -> float | None:
    """How often an image that the oracle calls right has the higher score, of all pairs with one that it calls wrong.
    Several metrics count the same, in standard deviations."""
    images = [image for values in scores.values() for image in zip(values["oracle"], *(values[name] for name in metrics))
              if None not in image]
    if len(images) < 2:
        return None
    verdicts, *columns = zip(*images)
    deviations = [statistics.pstdev(column) or 1 for column in columns]
    sums = [sum(value / deviation for value, deviation in zip(image[1:], deviations)) for image in images]
    right = [total for total, verdict in zip(sums, verdicts) if verdict >= 0.5]
    wrong = [total for total, verdict in zip(sums, verdicts) if verdict < 0.5]
    if not right or not wrong:
        return None
    wins = sum((a > b) + (a == b) / 2 for a in right for b in wrong)
    return wins / (len(right) * len(wrong))
