"""Points an installed AIrsenal 1.17.0 to a stand-in FPL API. AIrsenal has no setting for it, so two files go into its
environment: `fpl_stand_in_hook.py` (this folder's `injected_hook.py`, with clock and season filled in) and a `.pth`
file that imports it at every start of that Python.

A `.pth` and not `sitecustomize`: some systems ship a `sitecustomize` of their own, which then wins.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

_SOURCE = Path(__file__).with_name("injected_hook.py")
_MODULE = "fpl_stand_in_hook"


def find_data_folder(venv: Path) -> Path:
    """The season data that an installed AIrsenal carries."""
    return _site_packages(venv) / "airsenal" / "data"


def install_hook(venv: Path, clock: datetime, season: str) -> None:
    """From now on this AIrsenal obeys FPL_API_URL when it names a loopback address, and then lives at `clock`.

    Without such an FPL_API_URL in the environment the hook does nothing at all.
    """
    code = _SOURCE.read_text(encoding="utf-8")
    for name, value in {"CLOCK": clock.isoformat(), "SEASON": season}.items():
        line = f'{name} = ""'
        assert line in code, f"{_SOURCE.name} has no line {line}"
        code = code.replace(line, f'{name} = "{value}"')
    folder = _site_packages(venv)
    (folder / f"{_MODULE}.py").write_text(code, encoding="utf-8")
    (folder / f"{_MODULE}.pth").write_text(f"import {_MODULE}\n", encoding="utf-8")


def remove_hook(venv: Path) -> None:
    for suffix in (".pth", ".py"):
        (_site_packages(venv) / f"{_MODULE}{suffix}").unlink(missing_ok=True)


def _site_packages(venv: Path) -> Path:
    found = sorted(venv.glob("lib/python*/site-packages/airsenal/__init__.py"))
    if not found:
        raise FileNotFoundError(f"no AIrsenal in {venv}")
    return found[0].parent.parent
