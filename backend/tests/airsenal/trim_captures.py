"""Copies recorded runs of AIrsenal into the test data: `python -m backend.tests.airsenal.trim_captures FOLDER`.

FOLDER holds NAME.log, raw stdout and stderr in arrival order, and NAME.json with its `argv` and `exit_code`. A set-up
prints a megabyte; of thousands of like lines the first and the last few of each kind are kept.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from backend.tests.airsenal.goldens import CAPTURES

LARGEST = 50_000
FIRST, LAST = 12, 3
TABLE = re.compile(r"(PLAYER|ATTRIBUTES|SCORES|FIFA RATINGS|ABSENCES) \d{4}")
# By which a kind is told: what differs between two like lines is a name, a number or a club.
NAMED = re.compile(r"^(Found|Adding new player|Couldn't find player|No fixture|No team found|Failed to get data|"
                   r"  got|  Couldn't find| ==> Filling fixture|\d{4}-\d\d-\d\dT|[A-Z]{3} )")  # fmt: skip
PARSERS = {
    "airsenal_setup_initial_db": "airsenal.setup",
    "airsenal_update_db": "airsenal.update",
    "airsenal_run_prediction": "airsenal.prediction",
    "airsenal_run_optimization": "airsenal.optimisation",
    "airsenal_replay_season": "airsenal.optimisation",
    "airsenal_make_squad": "airsenal.squad",
    "airsenal_run_pipeline": "airsenal.pipeline",
    "airsenal_check_data": "airsenal.check_data",
    "airsenal_set_lineup": "airsenal.lineup",
    "airsenal_make_transfers": "airsenal.transfers",
}  # fmt: skip
# No parser is made for these commands: whichever reads them finds nothing of its own.
FOREIGN = "airsenal.prediction"


def kind(line: str) -> str:
    if found := TABLE.match(line):
        return found[0]
    if found := NAMED.match(line):
        return re.sub(r"\d|[A-Z]{3}", "", found[0])
    return re.sub(r"[\d.:<,?%|█▏▎▍▌▋▊▉ -]+", "#", re.sub(r"\x1b\[A|\r", "", line))


def trimmed(raw: bytes) -> bytes:
    if len(raw) <= LARGEST:
        return raw
    lines = raw.decode("utf-8").split("\n")
    kinds = [kind(line.rpartition("\r")[2]) for line in lines]
    total, seen, kept = Counter(kinds), Counter[str](), []
    for line, its_kind in zip(lines, kinds, strict=True):
        seen[its_kind] += 1
        rare = re.match(r"#*$|.*(?:Total progress|OPTIMUM|GAMEWEEK|\+#*\+|=)", its_kind) is not None
        if rare or seen[its_kind] <= FIRST or seen[its_kind] > total[its_kind] - LAST or total[its_kind] < 30:
            kept.append(line)
    return "\n".join(kept).encode()


def parameters(argv: list[str]) -> dict[str, int | str | bool]:
    values: dict[str, int | str | bool] = {}
    for option, value in zip(argv, [*argv[1:], "--"], strict=True):
        if option.startswith("--"):
            values[option[2:]] = True if value.startswith("--") else int(value) if value.isdecimal() else value
    return values


def main(folder: Path) -> None:
    index = {}
    for log in sorted(folder.glob("*.log")):
        told = json.loads(log.with_suffix(".json").read_text(encoding="utf-8"))
        argv = told["argv"]
        replay = argv[0] == "airsenal_replay_season"
        index[log.stem] = {
            "parser": PARSERS.get(argv[0], FOREIGN),
            "parameters": {} if replay else parameters(argv),
            "exit_code": told["exit_code"],
        }
        (CAPTURES / log.name).write_bytes(trimmed(log.read_bytes()))
    (CAPTURES / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
