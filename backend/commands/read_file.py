"""One command file. Each command stands or falls by itself; what is wrong with the file itself takes all of it out."""

from __future__ import annotations

import stat
from pathlib import Path

from backend.commands.command import Command
from backend.commands.read_command import read_command
from backend.commands.yaml_nodes import BrokenFile, Reader, compose
from backend.models.commands import CatalogueProblem

MAX_BYTES = 256 * 1024
MAX_COMMANDS = 200


def read_file(path: Path, shown_as: str) -> tuple[list[Command], list[CatalogueProblem]]:
    """The sound commands of a file and a row for everything else. Never raises for what is in the file."""
    reader = Reader(shown_as)
    try:
        root = compose(_read_text(path))
    except BrokenFile as error:
        return [], [CatalogueProblem(file=shown_as, line=error.line, message=f"The file {error}.")]
    fields = reader.mapping(root, "the file", ("commands", "pack"))
    if "commands" not in fields:
        reader.problem(root, "the file has no 'commands:' list: add it")
    pack = reader.text(fields["pack"], "'pack'", 60) if "pack" in fields else path.stem
    entries = reader.sequence(fields["commands"], "'commands'", MAX_COMMANDS) if "commands" in fields else ()
    if "commands" in fields and not entries and not reader.problems:
        reader.problem(fields["commands"], "'commands' has no entry: add one, or delete the file")
    if reader.problems or pack is None:
        return [], reader.problems
    commands = [read_command(reader, entry, pack) for entry in entries]
    return [command for command in commands if command is not None], reader.problems


def _read_text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a named pipe would wait for ever
            raise BrokenFile("is not an ordinary file: remove it from the folder")
        if status.st_size > MAX_BYTES:
            raise BrokenFile(f"has {status.st_size:,} bytes, and {MAX_BYTES:,} are the most allowed: split it")
        with path.open("rb") as file:  # bounded again: files of /proc say they are empty
            return file.read(MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFile(f"is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except OSError as error:
        raise BrokenFile(
            f"cannot be read ({error.strerror or error}): check the link, owner and permissions"
        ) from error
