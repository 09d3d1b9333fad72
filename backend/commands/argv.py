"""The argument list of a command: single arguments, groups that go as a whole, and groups behind a switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.commands.template import Template


@dataclass(frozen=True)
class Group:
    """Arguments that go together, or not at all when a value for one of them was not given or the switch is off."""

    arguments: tuple[Template, ...]
    when: str | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(argument.names for argument in self.arguments))

    def applies(self, values: Mapping[str, str]) -> bool:
        if self.when is not None and values.get(self.when) != "true":
            return False
        return self.names <= values.keys()


@dataclass(frozen=True)
class Argv:
    items: tuple[Template | Group, ...]

    def chosen(self, values: Mapping[str, str]) -> Iterator[Template]:
        """The arguments that these values call for, in order."""
        for item in self.items:
            if isinstance(item, Template):
                yield item
            elif item.applies(values):
                yield from item.arguments

    @property
    def templates(self) -> tuple[Template, ...]:
        """Every argument that may ever go, in order."""
        return tuple(t for item in self.items for t in (item.arguments if isinstance(item, Group) else (item,)))

    def render(self, values: Mapping[str, str]) -> list[str]:
        return [argument.render(values) for argument in self.chosen(values)]

    def as_option(self, values: Mapping[str, str], free_text: frozenset[str]) -> str | None:
        """The name of a free text value that would turn its argument into an option of the program.

        `{name}` alone must not become `--force`; `--name={name}` cannot. After a literal `--` the programs that
        know it read no options any more, and the author of the command has said so by writing it.
        """
        for argument in self.chosen(values):
            if argument.parts == ("--",):
                return None
            names = [name for name in argument.leading_slots if name in free_text]
            if names and argument.render(values).startswith("-"):
                return names[0]
        return None
