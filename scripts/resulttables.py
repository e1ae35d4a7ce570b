"""docs/results.md from the figures of finished runs."""

import statistics

from resultfigures import METRICS, mean_of, names_two, shown

HEAD = """\
# What RAFT does on the small model

Made by `make results` from the runs in docs/results/*.json; `make results-tables` writes this page from them again.
Weights, rewards, recipes and prompts: {weights}.

Every image is of a test prompt, which no run learned from or decided by; every run has seeds that nothing was tuned
on. *aesthetic* and *clip* are the rewards. *oracle* is the share of images that show exactly the objects that their
prompt asks for, by shape and colour, none cut off and none besides, by a program that knows this world; it took no part
in training, selection or stopping, and does not judge styles and sizes. Intervals are 95 % t
intervals over training runs, of each run's mean over prompts; differences are of the same prompts and, but for best of
n and other sizes, of the same noise. Headline figures stand on five runs. Those of three are exploratory: they show where
to look, and no claim hangs on them. An arm that was not run says so.
"""


def arm_rows(runs: dict, arm: str, name: str, base: str, label: str, kind=lambda prompt: True) -> list[str]:
    """A row of means and a row of differences from `base`, both of the runs of one arm."""
    found = runs.get(arm, [])
    if not found:
        return [f"| {label} | not run |" + " |" * len(METRICS)]
    bases = {run["seed"]: run["test"][base.split("/")[1]] for run in runs.get(base.split("/")[0], [])}
    cells, gains = [], []
    for metric in METRICS:
        percent = metric == "oracle"
        means = {run["seed"]: mean_of(run["test"][name], metric, kind) for run in found}
        cells.append(shown([value for value in means.values() if value is not None], percent=percent))
        pairs = [(value, mean_of(bases[seed], metric, kind)) for seed, value in means.items() if seed in bases]
        gains.append(shown([a - b for a, b in pairs if a is not None and b is not None], signed=True, percent=percent))
    paired = sum(seed in bases for seed in means)
    rows = [f"| {label} | {len(found)} | " + " | ".join(cells) + " |"]
    if (arm, name) != tuple(base.split("/")):
        rows.append(f"| *− base* | {paired} | " + " | ".join(gains) + " |")
    return rows


def table(rows: list[str]) -> list[str]:
    return ["| | runs | aesthetic | clip | oracle, % |", "|---|---|---|---|---|", *rows, ""]


def differences(runs: dict, arm: str, kind=lambda prompt: True) -> list[str]:
    """RAFT against random selection, within each run."""
    found = [run for run in runs.get(arm, []) if "random" in run["test"]]
    cells = []
    for metric in METRICS:
        values = [mean_of(run["test"]["raft"], metric, kind) - mean_of(run["test"]["random"], metric, kind)
                  for run in found if mean_of(run["test"]["random"], metric, kind) is not None]
        cells.append(shown(values, signed=True, percent=metric == "oracle"))
    return [f"| **RAFT − random selection** | {len(found)} | " + " | ".join(cells) + " |"] if found else []


def headline(runs: dict) -> list[str]:
    base = "resolution/base"
    rows = (arm_rows(runs, "resolution", "base", base, "base, 256 px")
            + arm_rows(runs, "resolution-native", "native", base, "base at its native size")
            + arm_rows(runs, "resolution-native", "resized", base, "the same, resized to 256 px")
            + arm_rows(runs, "resolution-best-of-n", "best_of_n", base, "best of K, no training")
            + arm_rows(runs, "resolution", "random", base, "random selection")
            + arm_rows(runs, "resolution-offline", "raft", base, "one offline round")
            + arm_rows(runs, "resolution", "raft", base, "**RAFT**") + differences(runs, "resolution"))
    lines = ["## Resolution adaptation", "", "To 256 px, where the model, which learned mostly at 128 px, is much worse.", "", *table(rows)]
    costs = [run["seconds_an_image"] for run in runs.get("resolution-native", [])]
    if costs:
        native, own = (statistics.fmean(cost[name] for cost in costs) for name in ("native", "base"))
        lines += [f"An image at the native size takes {native:.3f} s, one at 256 px {own:.3f} s: where images at the "
                  f"native size, resized, will do, they cost {native / own:.2f} times as much and no training.", ""]
    minutes = [run["minutes"] for run in runs.get("resolution", []) if not run["resumed"]]
    if minutes:
        lines += [f"A run with its control arm, its test images and their scores took {statistics.fmean(minutes):.1f} minutes "
                  "on average.", ""]
    return lines


def selectivity(runs: dict) -> list[str]:
    found = [run["selectivity"] for run in runs.get("resolution", [])]
    lines = ["### Whether the reward sees what the oracle sees", ""]
    if not found:
        return [*lines, "Not run.", ""]
    areas = {metric: [one[metric] for one in found if one[metric] is not None]
             for metric in ("aesthetic", "clip", "both", "both_pooled")}
    return [*lines, f"Of the base's samples in round 1, before any training ({sum(one['images'] for one in found)} images, "
            f"{100 * statistics.fmean(one['right'] for one in found):.1f} % right): how often the higher score is the right "
            "image's, of two of one prompt of which the oracle calls one right: "
            + "; ".join(f"{metric} {shown(areas[metric])}" for metric in ("aesthetic", "clip", "both"))
            + f". Over images of whatever prompt, both together: {shown(areas['both_pooled'])}. At 0.5 a reward would be "
            "blind, and could align nothing.", ""]


def by_round(runs: dict, arm: str) -> list[str]:
    found = runs.get(arm, [])
    if not found:
        return ["Not run.", ""]
    numbers = sorted({row["round"] for run in found for row in run["rounds"]})
    columns = ("reward_mean", "dev_reward", "dev_aesthetic", "dev_clip", "dev_oracle", "diversity", "drift")
    lines = ["| round | samples' reward | dev reward | aesthetic | clip | oracle, % | diversity | drift |",
             "|---|---|---|---|---|---|---|---|"]
    for number in numbers:
        rows = [row for run in found for row in run["rounds"] if row["round"] == number]
        cells = []
        for column in columns:
            values = [row[column] for row in rows if row.get(column) is not None]
            cells.append("" if not values else f"{100 * statistics.fmean(values):.1f}" if column == "dev_oracle"
                         else f"{round(statistics.fmean(values), 6) + 0.0:.4g}")
        lines.append(f"| {number} | " + " | ".join(cells) + " |")
    return [*lines, "", f"Means of {len(found)} runs, on dev prompts; mixed rewards are in standard deviations.", ""]


def over_optimisation(runs: dict) -> list[str]:
    found = runs.get("resolution-long", [])
    lines = ["## Where the reward is over-optimised", "",
             "Four times the recipe's rounds, without stopping (exploratory).", "", *by_round(runs, "resolution-long")]
    peaks = []
    for run in found:
        seen = {name: {row["round"]: row[name] for row in run["rounds"] if row.get(name) is not None}
                for name in ("dev_reward", "dev_oracle")}
        if all(seen.values()):
            best = {name: max(values, key=values.get) for name, values in seen.items()}
            last = max(seen["dev_oracle"])
            peaks.append(f"seed {run['seed']}: the oracle's best round is {best['dev_oracle']} "
                         f"({100 * seen['dev_oracle'][best['dev_oracle']]:.1f} %, and {100 * seen['dev_oracle'][last]:.1f} % "
                         f"at the end), the reward's {best['dev_reward']}")
    return [*lines, *(f"* {peak}" for peak in peaks), *([""] if peaks else [])]


def ablation(runs: dict, title: str, note: str, arms: list, labels: dict) -> list[str]:
    base = "resolution/base"
    rows = arm_rows(runs, "resolution", "base", base, "base") + arm_rows(runs, "resolution", "raft", base, "the recipe")
    for arm in arms:
        rows += arm_rows(runs, arm, "raft", base, labels[arm])
    return [f"## {title}", "", note, "", *table(rows)]


def guidance(runs: dict) -> list[str]:
    """Without guidance, and without a loss that is aware of it; differences are from the base with the recipe's guidance."""
    base = "resolution/base"
    rows = (arm_rows(runs, "resolution", "base", base, "base") + arm_rows(runs, "resolution", "raft", base, "the recipe")
            + arm_rows(runs, "resolution-plain", "raft", base, "the plain loss")
            + arm_rows(runs, "resolution-unguided", "base", base, "base, no guidance")
            + arm_rows(runs, "resolution-unguided", "random", base, "random selection, no guidance")
            + arm_rows(runs, "resolution-unguided", "raft", base, "RAFT, no guidance"))
    return ["## Guidance and the guidance-aware loss", "", "The recipe samples with guidance, and its loss is aware of it "
            "(exploratory).", "", *table(rows)]


def alignment(runs: dict) -> list[str]:
    base = "alignment/base"
    lines = ["## Prompt alignment", "", "At the native size, by the recipe prompt-alignment.", ""]
    for title, kind in (("A style and an object", lambda prompt: not names_two(prompt)),
                        ("Two objects", names_two)):
        rows = (arm_rows(runs, "alignment", "base", base, "base", kind)
                + arm_rows(runs, "alignment-best-of-n", "best_of_n", base, "best of K, no training", kind)
                + arm_rows(runs, "alignment", "random", base, "random selection", kind)
                + arm_rows(runs, "alignment", "raft", base, "**RAFT**", kind) + differences(runs, "alignment", kind))
        lines += [f"### {title}", "", *table(rows)]
    return lines


def options(found: list[dict] | None) -> str:
    """What an arm's runs added to the recipe."""
    return f" (`{' '.join(found[0]['options'])}`)" if found else ""


def document(runs: dict, arms: list, weights: str) -> str:
    """The page.

    `runs` has each arm's finished runs by its name.
    """
    labels = {arm.name: arm.about for arm in arms}
    of_k = [arm.name for arm in arms if "-k" in arm.name]
    lines = [HEAD.format(weights=weights), *headline(runs), *selectivity(runs), "### Round by round", "",
             *by_round(runs, "resolution"), *alignment(runs), *over_optimisation(runs),
             *ablation(runs, "How many images a prompt",
                       "The recipe's own K is 16. At equal rounds the images grow with K. At equal images and steps a smaller K "
                       "has more prompts a round, or more rounds: its options say which. In the first round a smaller K takes "
                       "the first images of a larger one (exploratory).",
                       of_k, {arm: labels[arm] + options(runs.get(arm)) for arm in of_k}),
             *ablation(runs, "Replay", "The other way round than in the recipe (exploratory).", ["resolution-replay"], labels),
             *guidance(runs)]
    return "\n".join(lines).rstrip() + "\n"
