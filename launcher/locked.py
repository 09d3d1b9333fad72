"""`requirements.lock` beside `requirements.txt`: the same versions, with the SHA-256 of every file they may come as.

`python3 -m launcher.locked` makes it anew with uv (`pip install uv`), for every Python and platform at once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\#]+)", re.M)
_HEAD = """# Every file that requirements.txt may be installed from, by its SHA-256; pip refuses any other.
# Made by `python3 -m launcher.locked` after a change of requirements.txt.
"""


def pins(text: str) -> set[tuple[str, str]]:
    return {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in _PIN.findall(text)}


def lock_of(requirements: Path) -> Path | None:
    """The lock file, when it names exactly the versions of `requirements`. One that is left behind by a change of yours
    is not used: what you asked for is installed, without hashes."""
    lock = requirements.with_suffix(".lock")
    try:
        same = pins(lock.read_text(encoding="utf-8")) == pins(requirements.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return lock if same else None


def main() -> int:
    requirements = Path(__file__).resolve().parents[1] / "requirements.txt"
    program = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    compiled = subprocess.run(
        [program, "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate",
         "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet", str(requirements)],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    requirements.with_suffix(".lock").write_text(_HEAD + compiled, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
