#!/usr/bin/env python3
"""Writes every committed test fixture: runs each scripts/fixtures_*.py in turn.

Needs the Python packages that scripts/peers installs: run it as `.deps/venv/bin/python scripts/fixtures.py`.
The same versions write the same bytes, so `git status` afterwards says whether a fixture still holds.
"""

import pathlib
import subprocess
import sys


def main() -> int:
    for script in sorted(pathlib.Path(__file__).parent.glob("fixtures_*.py")):
        print(f"{script.name}", flush=True)
        if status := subprocess.run([sys.executable, str(script)]).returncode:
            print(f"{script.name} failed with status {status}", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
