"""Prints what a run of scripts/demo gained: a table of base, RAFT and control arm, and a line for each difference.

    python3 scripts/demotable.py RUN

Reads RUN/oracle-round-1.jsonl (the oracle's verdicts on round 1's samples), RUN/comparison/compare.json, and
RUN/comparison/control/compare.json where there is a control arm. Needs no package.
"""

import json
import pathlib
import sys

from resultfigures import area_within
from runfolder import RunFolder


def selectivity(run: RunFolder) -> str:
    """Whether the reward saw what the oracle sees, on the base's samples, before any training."""
    lines = (run.path / "oracle-round-1.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = {pathlib.Path(row["image"]).name: row["score"] for row in map(json.loads, lines)}
    prompts: dict[int, list] = {}
    for sample, score in zip(run.samples("train", 1), run.scores("train", 1)):
        verdict = verdicts.get(pathlib.Path(sample["image"]).name)
        if None not in (score, verdict):
            prompts.setdefault(sample["prompt"], []).append((verdict, score))
    area, count = area_within(list(prompts.values()))
    seen = [verdict for images in prompts.values() for verdict, _ in images]
    text = f"before training: the oracle finds {sum(seen):.0f} of the base's {len(seen)} samples of round 1 right"
    if area is not None:
        text += (f"; of two of a prompt, one right and one not, the reward prefers the right one in {area:.0%} "
                 f"({count} prompts with both; 50% would be blind)")
    return text


def findings(path: pathlib.Path) -> tuple[dict, list[str]]:
    """What compare found by arm and metric, and the metrics in their order."""
    report = json.loads(path.read_text(encoding="utf-8"))
    found = {(finding["arm"], finding["metric"]): finding for finding in report["findings"]}
    return found, [metric["name"] for metric in report["metrics"]]


def gain(finding: dict) -> str:
    """`+0.31 [+0.12, +0.50]`; without an interval, why there is none."""
    if finding["difference"] is None:
        return "no pair"
    low, high = finding["interval"] or (None, None)
    shown = f"[{low:+.3f}, {high:+.3f}]" if low is not None else f"({finding['no_interval']})"
    return f"{finding['difference']:+.3f} {shown}"


def main() -> None:
    run = RunFolder(pathlib.Path(sys.argv[1]))
    found, metrics = findings(run.path / "comparison/compare.json")
    own = {("control" if arm == "control" else "RAFT", metric): value for (arm, metric), value in found.items()}
    arms = ["RAFT", "control"] if any(arm == "control" for arm, _ in own) else ["RAFT"]
    print(f"\n{selectivity(run)}\n")
    print(f"{'':10} {'base':>8}" + "".join(f" {arm:>9}   {'difference [95 %]':26}" for arm in arms))
    for metric in metrics:
        cells = "".join(f" {own[arm, metric]['arm_mean']:9.3f}   {gain(own[arm, metric]):26}" for arm in arms)
        print(f"{metric:10} {own['RAFT', metric]['base_mean']:8.3f}{cells}")
    print()
    lines = [(f"{arm} − base", arm, own) for arm in arms]
    if "control" in arms:
        against, _ = findings(run.path / "comparison/control/compare.json")
        lines.append(("RAFT − control", "RAFT", against))
    for label, arm, values in lines:
        for metric in metrics:
            print(f"{label}: {metric} {gain(values[arm, metric])}")


if __name__ == "__main__":
    main()
