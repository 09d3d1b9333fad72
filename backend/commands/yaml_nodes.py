"""Typed reading of a YAML file that remembers where everything stood and goes on after a problem.

PyYAML's `compose` gives nodes with marks and builds no objects. Aliases may refer to nodes above; the number of nodes
visited and their depth are bounded before anything walks the tree, so neither a bomb nor a circle gets further.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import yaml

from backend.models.commands import CatalogueProblem

MAX_NODES = 20_000
MAX_DEPTH = 20
_PREFIX = "tag:yaml.org,2002:"
_PLAIN = frozenset({"str", "int", "float", "bool", "timestamp", "value", "merge"})  # the last two are bare = and <<


class BrokenFile(Exception):
    """Nothing in the file can be used. `line` is None when the file as a whole is meant."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def compose(text: str) -> yaml.Node:
    """The root node of one document; raises `BrokenFile`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError as error:
        raise BrokenFile("is nested too deeply: a command file needs six levels") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        detail = ", ".join(filter(None, (error.context, error.problem)))
        raise BrokenFile(f"is not valid YAML: {detail}", mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise BrokenFile(f"is not valid YAML: {str(error).splitlines()[0]}") from error
    if root is None:
        raise BrokenFile("is empty: it needs at least 'commands:' with one command, or delete the file")
    _bound(root)
    return root


def _bound(root: yaml.Node) -> None:
    visited = 0
    stack: list[tuple[yaml.Node, int]] = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        visited += 1
        if visited > MAX_NODES:
            raise BrokenFile(f"has more than {MAX_NODES:,} values, aliases counted as often as they are used: split it")
        if depth > MAX_DEPTH:
            raise BrokenFile(f"is nested more than {MAX_DEPTH} levels deep: a command file needs six", line_of(node))
        if isinstance(node, yaml.SequenceNode):
            stack += [(child, depth + 1) for child in node.value]
        elif isinstance(node, yaml.MappingNode):
            stack += [(child, depth + 1) for pair in node.value for child in pair]


_TEXT_HINTS = {"map": ", not a mapping: quote a value that begins with '{'", "null": ", and here is nothing"}


@dataclass
class Reader:
    """Reads nodes of one file. Every problem becomes a row; a bad value reads as None."""

    file: str
    problems: list[CatalogueProblem] = field(default_factory=list)

    def problem(self, node: yaml.Node, message: str) -> None:
        self.problems.append(CatalogueProblem(file=self.file, line=line_of(node), message=message))

    def mapping(self, node: yaml.Node, what: str, keys: Collection[str]) -> dict[str, yaml.Node]:
        """The fields of a mapping that has only `keys`, each at most once."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, f"{what} must be a mapping of 'key: value' lines")
            return {}
        fields: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in keys:
                self.problem(key_node, _unknown_key(what, key, keys))
            elif key in fields:
                self.problem(key_node, f"{what} has '{key}' twice: keep one of them")
            else:
                fields[key] = value
        return fields

    def open_mapping(self, node: yaml.Node, what: str) -> dict[str, yaml.Node]:
        """A mapping with names of the author's own choice."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)] if _is_mapping(node) else []
        return self.mapping(node, what, keys)

    def sequence(self, node: yaml.Node, what: str, longest: int) -> Sequence[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, f"{what} must be a list: '- item' lines or [item, item]")
            return []
        if len(node.value) > longest:
            self.problem(node, f"{what} has {len(node.value):,} entries, and {longest} are the most allowed")
            return []
        return list(node.value)

    def text(self, node: yaml.Node, what: str, longest: int, *, empty: bool = False) -> str | None:
        """Text exactly as written: `5`, `yes` and `1_000` need no quotes, so `[sleep, 5]` passes on "5"."""
        if _tag(node) not in _PLAIN:
            self.problem(node, f"{what} must be text{_TEXT_HINTS.get(_tag(node), '')}")
            return None
        value = str(node.value)
        if not empty and not value.strip():
            self.problem(node, f"{what} must not be empty")
        elif len(value) > longest:
            self.problem(node, f"{what} has {len(value):,} characters, and {longest:,} are the most allowed")
        elif "\0" in value:
            self.problem(node, f"{what} holds a NUL character, which no program can receive: remove it")
        elif any("\ud800" <= sign <= "\udfff" for sign in value):
            self.problem(
                node, f"{what} holds half of a character (\\ud800 to \\udfff), which is no text: write all of it"
            )
        else:
            return value
        return None

    def boolean(self, node: yaml.Node, what: str) -> bool | None:
        if _tag(node) == "bool":
            return str(node.value).lower() in ("true", "yes", "on")
        self.problem(node, f"{what} must be true or false, without quotes")
        return None

    def integer(self, node: yaml.Node, what: str, low: int, high: int) -> int | None:
        number = _number(node) if _tag(node) == "int" else None
        if not isinstance(number, int):
            self.problem(node, f"{what} must be a whole number, without quotes")
        elif not low <= number <= high:
            self.problem(node, f"{what} must be from {low} to {high}")
        else:
            return number
        return None

    def number(self, node: yaml.Node, what: str) -> int | float | None:
        number = _number(node) if _tag(node) in ("int", "float") else None
        if number is None:
            self.problem(node, f"{what} must be a number, without quotes")
        return number

    def one_of(self, node: yaml.Node, what: str, options: Sequence[str]) -> str | None:
        value = self.text(node, what, 100)
        if value is not None and value not in options:
            self.problem(node, f"{what} must be one of: {', '.join(options)}")
            return None
        return value


def _is_mapping(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _tag(node: yaml.Node) -> str:
    return str(node.tag).removeprefix(_PREFIX)


def _number(node: yaml.Node) -> int | float | None:
    """YAML's plain decimal numbers. Its octal, sexagesimal and underscored forms are mistakes in a command file."""
    text = str(node.value)
    try:
        return int(text) if text.lstrip("+-").isdecimal() and len(text) < 25 else float(text)
    except ValueError:
        return None


def _unknown_key(what: str, key: str, keys: Collection[str]) -> str:
    if key == "<<":
        return f"{what} uses '<<', which is not supported: write the keys out"
    if " " in key:
        return f"{what} breaks at a comma into '{key[:60]}': put a text that holds a comma into quotes"
    close = difflib.get_close_matches(key, keys, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "known are " + ", ".join(sorted(keys))
    return f"{what} has the unknown key '{key[:60]}': {hint}"
