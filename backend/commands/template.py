"""`{name}` inside one argument, variable or path. `{{` and `}}` are literal braces; nothing is ever split."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BUILTIN_NAMES = frozenset({"data_dir", "python", "path", "programs", "fpl_api_url", "local_db_path"})
"""Placeholders that the console itself fills, the same for every command."""

_TOKEN = re.compile(r"(\{\{|\}\}|\{[a-z][a-z0-9_]*\}|[{}])")


class BadTemplate(ValueError):
    """The message says what to write instead."""


@dataclass(frozen=True)
class Slot:
    """The place of a value."""

    name: str


@dataclass(frozen=True)
class Template:
    parts: tuple[str | Slot, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        parts: list[str | Slot] = []
        for token in filter(None, _TOKEN.split(text)):
            if token in ("{{", "}}"):
                parts.append(token[0])
            elif token in ("{", "}"):
                raise BadTemplate(f"has a single '{token}': write '{token * 2}' for the character itself")
            elif token.startswith("{"):
                parts.append(Slot(token[1:-1]))
            else:
                parts.append(token)
        return cls(tuple(parts))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))

    @property
    def literal(self) -> str:
        """What is left when all values are empty."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def leading_slots(self) -> tuple[str, ...]:
        """The names before the first literal character: their values decide how the argument begins."""
        names: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                break
            names.append(part.name)
        return tuple(names)

    def render(self, values: Mapping[str, str]) -> str:
        return "".join(part if isinstance(part, str) else values[part.name] for part in self.parts)
