"""`python -m benchmarks [name ...] [--write]`: measures, prints the table, and with --write puts it into the README."""

from __future__ import annotations

import argparse
import asyncio
import importlib
from pathlib import Path

from benchmarks.harness import Row

NAMES = ("dispatch", "log", "tail", "lists", "memory", "startup", "masking")
README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


def table(rows: list[Row]) -> str:
    lines = ["| measure | measured | goal |", "| --- | --- | --- |"]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        verdict = "" if row.met else " (missed)"
        unit = row.unit.replace("|", r"\|")  # `cmd | tee` would begin another column
        lines.append(f"| {row.measure} | {row.value:.2f} {unit}{verdict} | {sign} {row.goal:g} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(NAMES)}; default: all")
    parser.add_argument("--write", action="store_true", help="put the table into README.md (all of them only)")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.names or NAMES:
        found = asyncio.run(importlib.import_module(f"benchmarks.{name}").run())
        for row in found:
            print(
                f"{row.measure}: {row.value:.2f} {row.unit}, goal {row.goal:g}{'' if row.met else '  MISSED'}",
                flush=True,
            )
        rows += found
    if options.write and not options.names:
        text = README.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        README.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
