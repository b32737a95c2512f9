"""Every short benchmark in one run, and with `--markdown` into docs/performance.md.

    python -m benchmarks                      # under five minutes
    python -m benchmarks --only start,lists   # some of them
    python -m benchmarks --markdown           # … and what docs/performance.md says is replaced by it

The long ones (bulk, growth, a million) have commands of their own; with `--markdown` each writes its own part.
"""

import argparse
import importlib
import time

from benchmarks import published
from benchmarks.timing import machine, printed
from serving.collecting import seldom

# The name of a part, and the module whose `tables()` it is.
PARTS = {
    "one": "benchmarks.one_credential",
    "start": "benchmarks.start",
    "lists": "benchmarks.lists",
    "bulk": "benchmarks.journey",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}, with commas between")
    parser.add_argument("--markdown", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args()
    parts = chosen.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"There is no part {', '.join(sorted(unknown))}.")
    began = time.monotonic()
    seldom()  # as the commands do
    print(machine())
    for part in parts:
        tables = list(printed(importlib.import_module(PARTS[part]).tables()))
        if chosen.markdown:
            published.replace(part, tables)
    print(f"{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
