"""`.venv` beside run.py: made when absent or broken, packages installed when the requirement files changed."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher import command, stamp
from launcher.lock import folder_lock
from launcher.locked import lock_of
from launcher.problem import Problem, from_os_error

# Prints what decides whether the environment is whole: its Python's version, and whether it is an environment at all.
_PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.prefix != sys.base_prefix)"


class Environment:
    """The project's virtual environment. Cheap to look at; `ensure` does slow work, under a lock, only when needed."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / ".venv"
        self.python = self.folder / "bin" / "python"

    def ensure(self, requirements: Sequence[Path]) -> None:
        """Afterwards `python` runs and has everything that `requirements` name."""
        wanted = [(path, self._stamp_of(path)) for path in requirements]
        if self._current(wanted) and self._whole():
            return
        with folder_lock(self.project):
            if not self._whole():
                self._create()
            if not self._current(wanted):
                self._install(wanted)

    def has(self, requirements: Path) -> bool:
        return self._stamp_read(requirements) == self._stamp_of(requirements)

    def _current(self, wanted: Sequence[tuple[Path, str]]) -> bool:
        return all(self._stamp_read(path) == text for path, text in wanted)

    def _stamp_path(self, requirements: Path) -> Path:
        name = "-".join(requirements.relative_to(self.project).with_suffix("").parts)
        return self.folder / f".installed-{name}"

    def _stamp_read(self, requirements: Path) -> str:
        return stamp.read(self._stamp_path(requirements))

    def _stamp_of(self, requirements: Path) -> str:
        try:
            lock = lock_of(requirements)
            parts = [(path.name, path.read_bytes()) for path in (requirements, lock) if path]
            return stamp.digest(parts)
        except OSError as error:
            raise Problem(
                f"{requirements} cannot be read ({error.strerror}): get a complete copy of the project."
            ) from None

    def _whole(self) -> bool:
        """True when the environment's Python runs, is new enough, and finds its own packages and pip.

        An upgrade of the system's Python leaves a link that works but looks for its packages in another folder; a
        copied project may bring a link to nothing.
        """
        found = command.output([str(self.python), "-I", "-c", _PROBE])
        if found is None:
            return False
        version, is_environment = found.split()
        packages = self.folder / "lib" / f"python{version}" / "site-packages"
        new_enough = tuple(map(int, version.split("."))) >= (3, 11)
        # pip's RECORD is the last file of its installation: without it, making the environment was cut short.
        return is_environment == "True" and new_enough and any(packages.glob("pip-*.dist-info/RECORD"))

    def _create(self) -> None:
        doing = "Making the Python environment"
        if not _can_make_environments():
            raise Problem(
                "This Python cannot make virtual environments (ensurepip is missing): install the package that has it "
                f"(`sudo apt install python3-venv` or `python3.{sys.version_info.minor}-venv`) and run it again."
            )
        try:
            if self.folder.is_symlink() or self.folder.is_file():
                self.folder.unlink()
            elif self.folder.exists():
                shutil.rmtree(self.folder)
        except OSError as error:
            raise from_os_error(error, doing, self.project) from None
        # When run.py was itself started from another virtual environment, ours must not depend on that one.
        base = getattr(sys, "_base_executable", None) or sys.executable
        command.run(
            [base, "-m", "venv", str(self.folder)], doing=doing, folder=self.project, log=self.folder / "venv.log"
        )

    def _install(self, wanted: Sequence[tuple[Path, str]]) -> None:
        doing = "Installing Python packages"
        argv = [str(self.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--retries", "2"]
        locked: list[str] = []
        others: list[str] = []
        for path, _ in wanted:
            # An environment that is being changed is not the one its stamp names.
            with contextlib.suppress(OSError):
                self._stamp_path(path).unlink()
            lock = lock_of(path)
            if lock:
                locked += ["-r", str(lock)]
                others += ["-c", str(path)]
            else:
                others += ["-r", str(path)]
        # With hashes pip wants one for everything, so what is locked is installed apart.
        if locked:
            checked = [*argv, "--require-hashes", *locked]
            command.run(checked, doing=doing, folder=self.project, log=self.folder / "install.log")
        if "-r" in others:
            command.run([*argv, *others], doing=doing, folder=self.project, log=self.folder / "install.log")
        try:
            for path, text in wanted:
                stamp.write(self._stamp_path(path), text)
        except OSError as error:
            raise from_os_error(error, doing, self.folder) from None


def _can_make_environments() -> bool:
    # Debian splits both out of python3; find_spec raises ValueError for a module that was blocked by hand.
    try:
        return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    except ValueError:
        return False
