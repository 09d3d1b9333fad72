"""One command of the catalogue: checks what was asked for and builds what is started."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cachetools import TTLCache

from backend.commands.argv import Argv, Group
from backend.commands.template import BUILTIN_NAMES, Template
from backend.commands.values import BadValue, check_value, is_left_out, to_text
from backend.errors import FieldError, InvalidInput
from backend.models.commands import CommandInfo, Invocation, Parameter, ParameterValue, SecretNeed, Touches

# Where programs were found: looking along the search path costs more than all other checks of a submit together.
_found: TTLCache[tuple[str, str], str] = TTLCache(1_000, ttl=60.0)
# Named in one answer. To look for what each of tens of thousands may have meant would keep everybody waiting.
_MOST_UNKNOWN = 20
DEFAULT_CWD = Template.parse("{data_dir}")


@dataclass(frozen=True)
class NeededFile:
    """A file without which the command cannot run, and what to tell the person who wants to run it."""

    path: Template
    message: str


@dataclass(frozen=True)
class Command:
    id: str
    title: str
    argv: Argv
    pack: str
    file: str
    line: int
    touches: Touches
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    secrets: tuple[str, ...] = ()
    optional_secrets: tuple[str, ...] = ()
    env: Mapping[str, Template] = field(default_factory=dict)
    cwd: Template = DEFAULT_CWD
    stdin: Template | None = None
    lane: str = "default"
    time_limit: int | None = None
    silence_limit: int | None = None
    retries: int | None = None
    final_exit_codes: frozenset[int] = frozenset()
    repeatable: bool | None = None
    pty: bool = False
    parser: str | None = None
    must_show: tuple[str, ...] = ()
    """Texts that the output must hold: some programs end with 0 and have done nothing."""
    needs_file: NeededFile | None = None
    guard: str | None = None
    """Who must let it through: it is only started with a consent to exactly what was shown."""

    @property
    def review(self) -> str | None:
        """The page on which the guard shows what the command would do."""
        return f"/{self.guard.replace('.', '/')}/{self.id}" if self.guard else None

    @property
    def secret_parameters(self) -> frozenset[str]:
        """Parameters whose values must be sealed and masked like stored secrets; they never reach argv."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.type == "secret")

    def max_retries(self, default: int) -> int:
        """How often a failed run is tried again, where `default` is MAX_JOB_RETRIES.

        What cannot be undone is never tried twice, nor is a command that says `repeatable: false` itself.
        """
        if self.touches == "irreversible" or self.repeatable is False:
            return 0
        return default if self.retries is None else self.retries

    def validate(self, parameters: Mapping[str, object]) -> dict[str, ParameterValue]:
        """The values to run with: defaults filled in, left-out ones dropped.

        Raises `InvalidInput` with every bad field at once; field names are bare parameter names.
        """
        errors = self._unknown(parameters)
        values: dict[str, ParameterValue] = {}
        for parameter in self.parameters:
            try:
                value = self._value(parameter, parameters.get(parameter.name))
            except BadValue as error:
                errors.append(FieldError(parameter.name, str(error)))
                continue
            if value is not None:
                values[parameter.name] = value
        if not errors:
            errors = self._half_groups(values) + self._options(values)
        if errors:
            raise InvalidInput(errors)
        return values

    def build(self, values: Mapping[str, ParameterValue], builtins: Mapping[str, str]) -> Invocation:
        """`values` come from `validate`; `builtins` fill `{data_dir}` and the like. Secrets are not part of it."""
        texts = {**builtins, **{name: to_text(value) for name, value in values.items()}}
        return Invocation(
            argv=self.argv.render(texts),
            env={name: item.render(texts) for name, item in self.env.items() if item.names <= texts.keys()},
            cwd=self.cwd.render(texts),
            stdin=None if self.stdin is None else self.stdin.render(texts).encode(),
        )

    def unavailable_reason(self, builtins: Mapping[str, str], stored_secrets: Collection[str]) -> str | None:
        """Why the command cannot run now, in a sentence; a few `stat` calls at most."""
        if self.needs_file and not Path(self.needs_file.path.render(builtins)).is_file():
            return self.needs_file.message
        missing = [key for key in self.secrets if key not in stored_secrets]
        if missing:
            return f"Set the secret {' and '.join(missing)} first."
        program = self._program(builtins)
        if program and not _is_installed(program, self._search_path(builtins)):
            return f"The program {program} is not installed here."
        return None

    def info(self, builtins: Mapping[str, str], stored_secrets: Collection[str], default_retries: int) -> CommandInfo:
        """The command as the API shows it. `stored_secrets` are the names of the secrets that have a value."""
        needs = [(key, True) for key in self.secrets] + [(key, False) for key in self.optional_secrets]
        reason = self.unavailable_reason(builtins, stored_secrets)
        return CommandInfo(
            id=self.id,
            title=self.title,
            description=self.description,
            pack=self.pack,
            touches=self.touches,
            lane=self.lane,
            time_limit=self.time_limit,
            silence_limit=self.silence_limit,
            retries=self.max_retries(default_retries),
            repeatable=bool(self.repeatable),
            pty=self.pty,
            parameters=self.parameters,
            secrets=tuple(SecretNeed(key=k, required=required, is_set=k in stored_secrets) for k, required in needs),
            available=reason is None,
            unavailable_reason=reason,
            guard=self.guard,
        )

    def _unknown(self, parameters: Mapping[str, object]) -> list[FieldError]:
        names = [parameter.name for parameter in self.parameters]
        errors = []
        for name in [name for name in parameters if name not in names][:_MOST_UNKNOWN]:
            close = difflib.get_close_matches(name[:100], names, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            # JSON may hold half a surrogate pair, which no answer can be encoded with.
            shown = name[:100].encode("utf-8", "backslashreplace").decode()
            errors.append(FieldError(shown, f"is not a parameter of {self.id}{hint}"))
        return errors

    @staticmethod
    def _value(parameter: Parameter, value: object) -> ParameterValue | None:
        if value is None or (value == "" and is_left_out(parameter, value)):
            value = parameter.default
        if not is_left_out(parameter, value):
            return check_value(parameter, value)
        if parameter.required:
            raise BadValue("is required")
        return None

    def _half_groups(self, values: Mapping[str, ParameterValue]) -> list[FieldError]:
        """A group is left out as a whole; a value given for a part of it must not be dropped without a word."""
        errors = []
        for group in (item for item in self.argv.items if isinstance(item, Group)):
            given = sorted(group.names & values.keys())
            missing = sorted(group.names & {parameter.name for parameter in self.parameters} - values.keys())
            if given and missing and (group.when is None or values.get(group.when) is True):
                errors += [FieldError(name, f"is needed together with {', '.join(given)}") for name in missing]
        return errors

    def _options(self, values: Mapping[str, ParameterValue]) -> list[FieldError]:
        free_text = frozenset(parameter.name for parameter in self.parameters if parameter.type == "text")
        texts = {**dict.fromkeys(BUILTIN_NAMES, "/"), **{name: to_text(value) for name, value in values.items()}}
        name = self.argv.as_option(texts, free_text)
        return [FieldError(name, "must not begin with '-': the program would take it for an option")] if name else []

    def _program(self, builtins: Mapping[str, str]) -> str:
        first = self.argv.items[0]
        assert isinstance(first, Template)
        return first.render(builtins)

    def _search_path(self, builtins: Mapping[str, str]) -> str:
        path = self.env.get("PATH")
        return path.render(builtins) if path and path.names <= builtins.keys() else builtins["path"]


def _is_installed(program: str, path: str) -> bool:
    found = _found.get((program, path))
    if found is None or not os.access(found, os.X_OK):
        found = shutil.which(program, path=path)
    if found is not None:
        _found[program, path] = found
    return found is not None
