"""Every command the console can run: the built-in packs and the operator's own files."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import structlog

from backend.commands.command import Command
from backend.commands.read_file import read_file
from backend.commands.template import BUILTIN_NAMES
from backend.commands.unguarded import what_sends
from backend.errors import NotFound, StartError
from backend.models.commands import CatalogueProblem

log = structlog.get_logger(__name__)

PACKS_FOLDER = Path(__file__).parent.parent / "config" / "commands"
PROGRAMS_FOLDER = PACKS_FOLDER / "programs"
MAX_FILES = 200


class Catalogue:
    def __init__(self, commands: Mapping[str, Command], problems: tuple[CatalogueProblem, ...]) -> None:
        self._commands = dict(commands)
        self.problems = problems

    @classmethod
    def load(cls, packs_folder: Path, operator_folder: Path | None, builtins: Mapping[str, str]) -> Catalogue:
        """Raises `StartError` for a broken built-in pack; a broken operator file becomes rows in `problems`."""
        missing = BUILTIN_NAMES - builtins.keys()
        if missing:
            raise ValueError(f"no value for the placeholders {', '.join(sorted(missing))}")
        commands, problems = _load_folder(packs_folder, {})
        if problems:
            first = problems[0]
            raise StartError(f"A built-in command file is damaged: {first.file}, line {first.line}: {first.message}")
        if operator_folder is not None:
            own, problems = _load_folder(operator_folder, commands)
            commands = {**commands, **own}
            for row in problems:
                log.warning("command file", file=row.file, line=row.line, problem=row.message)
        return cls(commands, tuple(problems))

    def get(self, command_id: str) -> Command:
        try:
            return self._commands[command_id]
        except KeyError:
            raise NotFound(f"There is no command {command_id[:80]!r}.") from None

    def is_irreversible(self, command_id: str) -> bool:
        command = self._commands.get(command_id)
        return command is not None and command.touches == "irreversible"

    def all(self) -> list[Command]:
        """Built-in packs first, then the operator's files, each in the order of its file."""
        return list(self._commands.values())


def _load_folder(folder: Path, taken: Mapping[str, Command]) -> tuple[dict[str, Command], list[CatalogueProblem]]:
    commands: dict[str, Command] = {}
    paths, problems = _list_files(folder)
    if taken:
        paths, rows = _for_some_only(folder, paths)
        problems += rows
    for path in paths:
        found, rows = read_file(path, path.name)
        problems += rows
        for command in found:
            row = _refusal(command, commands.get(command.id), taken)
            if row is None:
                commands[command.id] = command
                row = _warning(command) if taken else None
            if row is not None:
                problems.append(row)
    return commands, problems


def _refusal(command: Command, own: Command | None, built_in: Mapping[str, Command]) -> CatalogueProblem | None:
    """`built_in` is empty while the built-in packs themselves are read."""
    if command.id in built_in:
        message = f"the id '{command.id}' belongs to a built-in command: choose another"
    elif own is not None:
        message = f"the id '{command.id}' is already used in {own.file}, line {own.line}: choose another"
    elif built_in and command.guard:
        message = "'guard' is for built-in commands, whose effect the console knows how to check: remove it"
    elif built_in and command.touches != "irreversible" and (found := what_sends(command)):
        # What may be repeated, or started without a question, must not send.
        message = f"{found} changes your real team: write 'touches: irreversible', or use the built-in commands"
    else:
        return None
    return CatalogueProblem(file=command.file, line=command.line, message=message)


def _warning(command: Command) -> CatalogueProblem | None:
    """About a command that is offered all the same."""
    if (found := what_sends(command)) is None:
        return None
    message = (
        f"'{command.id}' is offered, but {found} changes your real team, and nothing of it is shown or checked before. "
        "The built-in commands do that: use them instead"
    )
    return CatalogueProblem(file=command.file, line=command.line, message=message)


def _list_files(folder: Path) -> tuple[list[Path], list[CatalogueProblem]]:
    """The `*.yaml` of a folder by name; hidden files (editors' leftovers) do not count, nor do folders below it."""
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        reason = error.strerror or str(error)
        return [], [_row(str(folder), f"The command folder cannot be read ({reason}): correct COMMANDS_DIR.")]
    problems = [
        _row(path.name, f"The file is not read: rename it to {path.stem}.yaml.")
        for path in entries
        if path.suffix == ".yml"
    ]
    files = [path for path in entries if path.suffix == ".yaml"]
    if len(files) > MAX_FILES:
        problems.append(_row(str(folder), f"Only the first {MAX_FILES} of {len(files)} command files are read."))
    return files[:MAX_FILES], problems


def _for_some_only(folder: Path, files: list[Path]) -> tuple[list[Path], list[CatalogueProblem]]:
    """Without those that everybody on this machine may write: their commands run as the console's user."""
    open_to_all = [path for path in (folder, *files) if _anybody_writes(path)]
    problems = [
        _row(
            path.name if path in files else str(path),
            "Everybody on this machine may write here, and so could run anything as the console's user; it is not "
            f"read: chmod o-w {path}, and look at what is in it.",
        )
        for path in open_to_all
    ]
    return [path for path in files if path not in open_to_all and folder not in open_to_all], problems


def _anybody_writes(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return False  # reading it says what is wrong


def _row(file: str, message: str) -> CatalogueProblem:
    return CatalogueProblem(file=file, line=None, message=message)
