"""What in a command changes the real FPL team: an operator's own would do it past the guard that stands before it."""

from __future__ import annotations

import re

from backend.commands.command import Command

# AIrsenal's two programs that send, also as modules, and the switch with which its pipeline calls them.
_SENDS = re.compile(r"airsenal[\w.]*[_.](?:make_transfers|set_lineup)\b|--apply_transfers\b")


def what_sends(command: Command) -> str | None:
    """The word in its arguments, environment or input; None: nothing in it is known to."""
    texts = [*command.argv.templates, *command.env.values(), *([command.stdin] if command.stdin else [])]
    return next((found[0] for text in texts if (found := _SENDS.search(text.literal))), None)
