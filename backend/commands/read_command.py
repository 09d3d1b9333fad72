"""One entry under `commands:`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from backend.commands.argv import Argv
from backend.commands.command import Command, NeededFile
from backend.commands.read_argv import may_be_left_out, read_argv, read_template
from backend.commands.read_parameter import NAME, read_parameter
from backend.commands.template import BUILTIN_NAMES, Template
from backend.commands.yaml_nodes import Reader
from backend.models.commands import Parameter, Touches

RESERVED_IDS = frozenset({"problems"})  # GET /api/commands/problems
SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
# Their value decides which code a program loads.
_LOADS_CODE = re.compile(
    r"PATH|LD_.*|DYLD_.*|PYTHON(PATH|HOME|STARTUP)|PERL5.*|RUBY(OPT|LIB)|NODE_(OPTIONS|PATH)|GIT_(SSH|EXEC|CONFIG).*|"
    r"BASH_ENV|ENV|SHELL|IFS|PS4"
)
_LANE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_PARSER = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_DURATION = re.compile(r"([1-9][0-9]{0,6})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LONGEST_LIMIT = 7 * 24 * 3600
_TOUCHES: tuple[Touches, ...] = ("reads", "writes", "irreversible")
_KEYS = frozenset(Command.__dataclass_fields__.keys() - {"pack", "file", "line"} | {"needs_file_message"})


def read_command(reader: Reader, node: yaml.Node, pack: str) -> Command | None:
    """None when anything about it is wrong; the reader then has the reasons."""
    return _CommandReader(reader, node, pack).read()


class _CommandReader:
    def __init__(self, reader: Reader, node: yaml.Node, pack: str) -> None:
        self.reader, self.node, self.pack = reader, node, pack
        self.before = len(reader.problems)
        self.fields = reader.mapping(node, "a command", _KEYS)
        self.parameters: dict[str, Parameter] = {}
        self.parameter_nodes: dict[str, yaml.Node] = {}

    def read(self) -> Command | None:
        for key in ("id", "title", "touches", "argv"):
            if key not in self.fields and isinstance(self.node, yaml.MappingNode):
                self.reader.problem(self.node, f"a command has no '{key}': add it")
        parameters_sound = self._read_parameters()
        argv = read_argv(self.reader, self.fields["argv"], self.parameters) if "argv" in self.fields else None
        env = self._read_env()
        cwd, stdin = self._always_given("cwd"), self._always_given("stdin")
        if parameters_sound and argv is not None:
            self._check_unused(argv, env, cwd, stdin)
        command = self._assemble(argv, env, cwd, stdin)
        return command if len(self.reader.problems) == self.before else None

    def _assemble(
        self, argv: Argv | None, env: Mapping[str, Template], cwd: Template | None, stdin: Template | None
    ) -> Command | None:
        id_ = self._matching("id", NAME, "small letters, digits and _, a letter first")
        if id_ in RESERVED_IDS:
            self.reader.problem(self.fields["id"], f"the id '{id_}' is taken by the console: choose another")
        title, touches = self._text("title", 100), self._touches()
        secrets = self._secret_names("secrets")
        command = Command(
            id=id_ or "",
            title=title or "",
            argv=argv or Argv(()),
            pack=self.pack,
            file=self.reader.file,
            line=self.node.start_mark.line + 1,
            touches=touches or "irreversible",
            description=self._text("description", 2_000) or "",
            parameters=tuple(self.parameters.values()),
            secrets=secrets,
            optional_secrets=self._secret_names("optional_secrets", secrets),
            env=env,
            cwd=cwd or Template.parse("{data_dir}"),
            stdin=stdin,
            lane=self._matching("lane", _LANE, "small letters, digits, - and _, a letter first") or "default",
            time_limit=self._limit("time_limit"),
            silence_limit=self._limit("silence_limit"),
            retries=self._number("retries", 0, 20),
            final_exit_codes=self._exit_codes(),
            repeatable=self._flag("repeatable"),
            pty=bool(self._flag("pty")),
            parser=self._matching("parser", _PARSER, "small letters, digits, dots and _"),
            must_show=self._must_show(),
            needs_file=self._needs_file(),
            guard=self._matching("guard", _PARSER, "small letters, digits, dots and _"),
        )
        self._check_sense(command)
        return command

    def _read_parameters(self) -> bool:
        if "parameters" not in self.fields:
            return True
        sound = True
        for entry in self.reader.sequence(self.fields["parameters"], "'parameters'", 50):
            parameter = read_parameter(self.reader, entry)
            if parameter is None:
                sound = False
            elif parameter.name in self.parameters:
                self.reader.problem(entry, f"there are two parameters '{parameter.name}': rename one")
            else:
                self.parameters[parameter.name] = parameter
                self.parameter_nodes[parameter.name] = entry
        return sound

    def _read_env(self) -> dict[str, Template]:
        env: dict[str, Template] = {}
        if "env" not in self.fields:
            return env
        for name, node in self.reader.open_mapping(self.fields["env"], "'env'").items():
            if not _VARIABLE.fullmatch(name):
                self.reader.problem(node, f"'{name[:60]}' is no name for an environment variable")
            template = read_template(self.reader, node, f"'env' {name}", self.parameters, empty=True)
            if template is not None:
                env[name] = template
                self._check_loading(node, name, template)
        return env

    def _check_loading(self, node: yaml.Node, name: str, template: Template) -> None:
        typed = [
            used for used in sorted(template.names & self.parameters.keys()) if self.parameters[used].type == "text"
        ]
        if typed and _LOADS_CODE.fullmatch(name):
            self.reader.problem(
                node, f"'env' {name} decides which code runs, so it must not hold the text '{typed[0]}': use a choice"
            )

    def _always_given(self, key: str) -> Template | None:
        if key not in self.fields:
            return None
        template = read_template(self.reader, self.fields[key], f"'{key}'", self.parameters)
        for name in sorted(template.names & self.parameters.keys()) if template else ():
            if may_be_left_out(self.parameters[name]):
                self.reader.problem(
                    self.fields[key], f"'{key}' uses {{{name}}}, which may be left out: give it a default or require it"
                )
            if key == "cwd" and self.parameters[name].type == "secret":
                self.reader.problem(self.fields[key], f"the secret parameter '{name}' must not be in 'cwd'")
        return template

    def _check_unused(
        self, argv: Argv, env: Mapping[str, Template], cwd: Template | None, stdin: Template | None
    ) -> None:
        used: set[str] = set()
        for item in (*argv.items, *env.values(), cwd, stdin):
            used |= item.names if item else frozenset()
            when = getattr(item, "when", None)
            used |= {when} if when else set()
        for name, entry in self.parameter_nodes.items():
            if name not in used:
                self.reader.problem(
                    entry, f"parameter '{name}' is used nowhere: put {{{name}}} into 'argv', 'env', 'cwd' or 'stdin'"
                )

    def _check_sense(self, command: Command) -> None:
        retries = command.retries or 0
        if command.touches == "irreversible" and (retries or command.repeatable):
            key = "retries" if retries else "repeatable"
            self.reader.problem(self.fields[key], f"an irreversible command is never run twice: remove '{key}'")
        elif command.guard and command.touches != "irreversible":
            self.reader.problem(self.fields["guard"], "'guard' is for commands that touch: irreversible")
        elif command.repeatable is False and retries:
            self.reader.problem(self.fields["retries"], "'repeatable: false' means no retries: remove one of them")
        for name in sorted(command.env.keys() & set(command.secrets)):
            self.reader.problem(self.fields["env"], f"{name} is under 'env' and under 'secrets': keep one of them")

    def _text(self, key: str, longest: int) -> str | None:
        return self.reader.text(self.fields[key], f"'{key}'", longest) if key in self.fields else None

    def _flag(self, key: str) -> bool | None:
        return self.reader.boolean(self.fields[key], f"'{key}'") if key in self.fields else None

    def _number(self, key: str, low: int, high: int) -> int | None:
        return self.reader.integer(self.fields[key], f"'{key}'", low, high) if key in self.fields else None

    def _matching(self, key: str, pattern: re.Pattern[str], rule: str) -> str | None:
        value = self._text(key, 200)
        if value is not None and not pattern.fullmatch(value):
            self.reader.problem(self.fields[key], f"'{key}' is '{value}': use {rule}, at most 64 in all")
            return None
        return value

    def _touches(self) -> Touches | None:
        found = self.reader.one_of(self.fields["touches"], "'touches'", _TOUCHES) if "touches" in self.fields else None
        return next((touches for touches in _TOUCHES if touches == found), None)

    def _secret_names(self, key: str, taken: tuple[str, ...] = ()) -> tuple[str, ...]:
        names: list[str] = []
        for entry in self.reader.sequence(self.fields[key], f"'{key}'", 50) if key in self.fields else ():
            name = self.reader.text(entry, f"a name under '{key}'", 200)
            if name is None:
                continue
            if not SECRET_NAME.fullmatch(name):
                self.reader.problem(entry, f"'{name}' is no name for a secret: use CAPITALS, digits and _, at most 64")
            elif name in names or name in taken:
                self.reader.problem(entry, f"the secret {name} is listed twice: keep one")
            else:
                names.append(name)
        return tuple(names)

    def _limit(self, key: str) -> int | None:
        text = self._text(key, 20)
        if text is None:
            return None
        match = _DURATION.fullmatch(text)
        seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
        if not 0 < seconds <= _LONGEST_LIMIT:
            self.reader.problem(
                self.fields[key],
                f"'{key}' is '{text}': write 30s, 10m or 2h, at most 168h, or leave it out",
            )
        return seconds or None

    def _exit_codes(self) -> frozenset[int]:
        key = "final_exit_codes"
        entries = self.reader.sequence(self.fields[key], f"'{key}'", 50) if key in self.fields else ()
        codes = (self.reader.integer(entry, f"an entry of '{key}'", 1, 255) for entry in entries)
        return frozenset(code for code in codes if code is not None)

    def _must_show(self) -> tuple[str, ...]:
        key = "must_show"
        entries = self.reader.sequence(self.fields[key], f"'{key}'", 20) if key in self.fields else ()
        texts = (self.reader.text(entry, f"an entry of '{key}'", 200) for entry in entries)
        return tuple(text for text in texts if text is not None)

    def _needs_file(self) -> NeededFile | None:
        if "needs_file" not in self.fields:
            if "needs_file_message" in self.fields:
                self.reader.problem(self.fields["needs_file_message"], "'needs_file_message' without 'needs_file'")
            return None
        path = read_template(self.reader, self.fields["needs_file"], "'needs_file'", {})
        if path is None or path.names - BUILTIN_NAMES:
            return None
        return NeededFile(
            path, self._text("needs_file_message", 300) or f"The file {self.fields['needs_file'].value} is missing."
        )
