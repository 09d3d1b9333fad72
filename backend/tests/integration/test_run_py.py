"""run.py and launcher/ from nothing, in small projects of their own: every way a first start can go wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from backend.tests.started import PROJECT, Started, can_unshare, one_sentence

CONSOLE = "import sys; print('console runs with', sys.argv[1:], 'from', sys.prefix, flush=True)\n"
SCRIPTS = {"build": "node build.js"}
BUILD = """
const fs = require("fs");
fs.mkdirSync("dist", { recursive: true });
fs.copyFileSync("src/index.html", "dist/index.html");
"""
# A closed port: what a machine without a network gives, at once.
NO_NETWORK = {
    "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "npm_config_fetch_retries": "0",
    "npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": "/nonexistent/cache",
}  # fmt: skip


def _wheel(folder: Path, version: str) -> Path:
    """A package that can be installed without any network."""
    path = folder / f"demo-{version}-py3-none-any.whl"
    about = f"demo-{version}.dist-info"
    files = {
        "demo.py": f"VERSION = '{version}'\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(name, text)
    return path


class Project:
    """The real run.py and launcher/, with a small console, one package and a page of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, folder: Path) -> Project:
        folder.mkdir(parents=True)
        shutil.copy(PROJECT / "run.py", folder)
        shutil.copytree(PROJECT / "launcher", folder / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
        files = {
            "requirements.txt": f"demo @ {_wheel(folder, '1.0').as_uri()}\n",
            "backend/__init__.py": "",
            "backend/__main__.py": CONSOLE,
            "frontend/package.json": json.dumps({"name": "x", "version": "1.0.0", "scripts": SCRIPTS}),
            "frontend/package-lock.json": json.dumps(
                {"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x"}}}
            ),
            "frontend/build.js": BUILD,
            "frontend/src/index.html": "<p>one</p>",
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).write_text(text)
        return cls(folder)

    def start(self, *arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> Started:
        log = self.folder.parent / f"{self.folder.name}-{time.monotonic_ns()}.log"
        path = f"{os.environ['PATH']}{os.pathsep}{PROJECT / '.venv' / 'node-bin'}"
        argv = [sys.executable, self.folder / "run.py", *arguments]
        return Started(argv, log, cwd=cwd or self.folder, env={"PATH": path, **(env or {})})

    def run(self, *arguments: object, env: dict[str, str] | None = None) -> str:
        """A start that works; what it printed."""
        started = self.start(*arguments, env=env)
        assert started.code() == 0, started.output
        return started.output

    def fails(self, *arguments: object, env: dict[str, str] | None = None) -> str:
        """A start that cannot work; its one sentence."""
        started = self.start(*arguments, env=env)
        assert started.code() == 1, started.output
        return self.sentence(started.output)

    @staticmethod
    def sentence(output: str) -> str:
        """Lines of progress may come before it."""
        return one_sentence("\n".join(line for line in output.splitlines() if " ..." not in line and ": " in line
                                      and not line.endswith(" s)")))  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One whole first start for all tests of this file."""
    if shutil.which("npm") is None and not (PROJECT / ".venv" / "node-bin" / "npm").exists():
        pytest.skip("no Node.js here: `python3 run.py --prepare node` gets one")
    project = Project.make(tmp_path_factory.mktemp("prepared") / "project")
    output = project.run()
    assert "Making the Python environment: done" in output
    assert "Installing Python packages: done" in output
    assert "Building the browser pages: done" in output
    assert f"console runs with [] from {project.folder / '.venv'}" in output
    return project


@pytest.fixture
def project(prepared: Project, tmp_path: Path) -> Project:
    """A prepared project of its own, at another place: as if somebody had moved the folder."""
    shutil.copytree(prepared.folder, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


def _demo(project: Project) -> str:
    asked = subprocess.run(
        [project.folder / ".venv" / "bin" / "python", "-c", "import demo; print(demo.VERSION)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return asked.stdout.strip()


def test_a_second_start_has_nothing_to_do(prepared: Project) -> None:
    began = time.monotonic()
    output = prepared.run()
    seconds = time.monotonic() - began
    print(f"a second start of run.py takes {seconds:.2f} s before the console itself")
    assert output.startswith("console runs")
    assert seconds < 3


def test_options_reach_the_console(prepared: Project, tmp_path: Path) -> None:
    started = prepared.start("--host", "::1", "--port", "9000", "--data-dir", "here", cwd=tmp_path)
    assert started.code() == 0
    wanted = ["--host", "::1", "--port", "9000", "--data-dir", str(tmp_path / "here")]
    assert str(wanted) in started.output


def test_help_names_every_option_and_is_quick() -> None:
    began = time.monotonic()
    asked = subprocess.run([sys.executable, PROJECT / "run.py", "--help"], capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 3
    for option in ("--host", "--port", "--data-dir", "--dev", "--help"):
        assert option in asked.stdout
    refused = subprocess.run([sys.executable, PROJECT / "run.py", "--prot", "1"], capture_output=True, check=False)
    assert refused.returncode == 2


def test_changed_requirements_are_installed_and_only_then(project: Project) -> None:
    assert _demo(project) == "1.0"
    (project.folder / "requirements.txt").write_text(f"demo @ {_wheel(project.folder, '2.0').as_uri()}\n")
    assert "Installing Python packages: done" in project.run()
    assert _demo(project) == "2.0"
    assert "Installing" not in project.run()


def test_changed_sources_are_built_and_only_then(project: Project) -> None:
    page = project.folder / "frontend" / "src" / "index.html"
    page.write_text("<p>two</p>")
    assert "Building the browser pages: done" in project.run()
    assert (project.folder / "frontend" / "dist" / "index.html").read_text() == "<p>two</p>"
    os.utime(page)  # touched, not changed: as a fresh checkout of the same version does
    assert "Building" not in project.run()
    shutil.rmtree(project.folder / "frontend" / "dist")
    assert "Building the browser pages: done" in project.run()


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    python = project.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    assert "Making the Python environment: done" in project.run()
    assert _demo(project) == "1.0"


def test_an_environment_of_another_python_version_is_made_anew(project: Project) -> None:
    library = next((project.folder / ".venv" / "lib").iterdir())
    library.rename(library.with_name("python3.9"))
    assert "Making the Python environment: done" in project.run()
    assert _demo(project) == "1.0"


def test_an_environment_that_was_cut_short_is_made_anew(project: Project) -> None:
    (record,) = (project.folder / ".venv").glob("lib/python3.*/site-packages/pip-*.dist-info/RECORD")
    record.unlink()
    assert "Making the Python environment: done" in project.run()


def test_a_python_without_ensurepip_names_the_package(tmp_path: Path) -> None:
    """As Debian's python3 without python3-venv."""
    project = Project.make(tmp_path / "project")
    blocked = "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = ['run.py']; "
    argv = [sys.executable, "-c", blocked + "runpy.run_path('run.py', run_name='__main__')"]
    failed = Started(argv, tmp_path / "log", cwd=project.folder)
    assert failed.code() == 1
    assert "sudo apt install python3-venv" in one_sentence(failed.output)


def test_no_network_for_pip_is_one_sentence_and_can_be_repeated(project: Project) -> None:
    before = (project.folder / "requirements.txt").read_text()
    (project.folder / "requirements.txt").write_text("there-is-no-such-package==1.0\n")
    sentence = project.fails(env=NO_NETWORK)
    assert sentence == (
        "run.py: Installing Python packages failed because the download did not work: check the internet connection "
        "and run it again."
    )
    assert "there-is-no-such-package" in (project.folder / ".venv" / "install.log").read_text()
    (project.folder / "requirements.txt").write_text(before)
    assert "console runs" in project.run()


def test_no_network_for_npm_is_one_sentence(project: Project) -> None:
    lock = {
        "name": "x", "version": "1.0.0", "lockfileVersion": 3,
        "packages": {
            "": {"name": "x", "dependencies": {"left": "1.0.0"}},
            "node_modules/left": {
                "version": "1.0.0", "resolved": "http://127.0.0.1:9/left.tgz", "integrity": "sha512-AA==",
            },
        },
    }  # fmt: skip
    package = {"name": "x", "version": "1.0.0", "scripts": SCRIPTS, "dependencies": {"left": "1.0.0"}}
    (project.folder / "frontend" / "package-lock.json").write_text(json.dumps(lock))
    (project.folder / "frontend" / "package.json").write_text(json.dumps(package))
    sentence = project.fails(env={**NO_NETWORK, "npm_config_cache": str(project.folder / "cache")})
    assert "Installing browser packages failed because the download did not work" in sentence


def test_a_build_that_fails_shows_its_first_error(project: Project) -> None:
    (project.folder / "frontend" / "build.js").write_text("console.error('error: the page is odd'); process.exit(3)")
    sentence = project.fails()
    assert "Building the browser pages failed (error: the page is odd)" in sentence
    assert "npm-build.log" in sentence
    # The pages that were there are not taken for the present ones next time.
    assert "the page is odd" in project.fails()


def test_an_incomplete_copy_says_so(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    (project.folder / "requirements.txt").unlink()
    assert "get a complete copy of the project" in project.fails()


def test_two_first_starts_at_once_make_one_environment(tmp_path: Path, prepared: Project) -> None:
    project = Project.make(tmp_path / "project")
    both = [project.start(), project.start()]
    assert [started.code() for started in both] == [0, 0], [started.output for started in both]
    outputs = "".join(started.output for started in both)
    assert outputs.count("Making the Python environment: done") == 1
    assert outputs.count("Installing Python packages: done") == 1
    assert outputs.count("Building the browser pages: done") == 1
    assert outputs.count("Waiting for another run.py") >= 1
    assert outputs.count("console runs") == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_install_ends_its_pip_and_is_repeated(project: Project, number: signal.Signals) -> None:
    before = (project.folder / "requirements.txt").read_text()
    (project.folder / "requirements.txt").write_text("there-is-no-such-package==1.0\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts and never answers
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        started = project.start(env={"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index})
        started.until("Installing Python packages ...")
        silent.accept()
        began = time.monotonic()
        started.send(number)
        assert started.code() == 130
        assert time.monotonic() - began < 5
    assert "Traceback" not in started.output
    assert "run it again to go on where it was" in started.output
    assert not _children_in(project.folder)
    (project.folder / "requirements.txt").write_text(before)
    assert "console runs" in project.run()


def _children_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode() if entry.name.isdigit() else ""
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def _on_a_disk(tmp_path: Path, project: Project, options: str, then: str = "true") -> Started:
    """run.py of a copy of `project` on a file system of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f'mount -t tmpfs -o {options} tmpfs "$1" && cp -a "$2" "$1/project" && {then} && '
        'cd "$1/project" && exec "$3" run.py'
    )
    path = f"{os.environ['PATH']}{os.pathsep}{PROJECT / '.venv' / 'node-bin'}"
    argv = ["unshare", "-Urm", "sh", "-c", script, "sh", disk, project.folder, sys.executable]
    return Started(argv, tmp_path / "disk.log", env={"PATH": path})


needs_namespaces = pytest.mark.skipif(
    not can_unshare("-Urm"), reason="not possible here: this kernel gives no user namespaces"
)


@needs_namespaces
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    failed = _on_a_disk(tmp_path, Project.make(tmp_path / "project"), "size=3m")
    assert failed.code() == 1
    assert "failed because the disk is full: free about 1 GB" in Project.sentence(failed.output)


@needs_namespaces
def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    failed = _on_a_disk(tmp_path, project, "size=50m", 'mount -o remount,ro "$1"')
    assert failed.code() == 1
    assert "cannot be written: give yourself write access" in Project.sentence(failed.output)


@needs_namespaces
def test_a_prepared_project_starts_from_a_read_only_disk(tmp_path: Path, prepared: Project) -> None:
    started = _on_a_disk(tmp_path, prepared, "size=200m", 'mount -o remount,ro "$1"')
    assert started.code() == 0, started.output
    assert started.output.startswith("console runs")


# --- old Pythons ------------------------------------------------------------------------------------------------------


def test_old_pythons_are_told_what_to_do(tmp_path: Path) -> None:
    """With every old Python this machine has; at least with one that only says it is old."""
    pretend = "import sys; sys.version_info = (3, 6, 15, 'final', 0); exec(open('run.py').read())"
    commands = [[sys.executable, "-c", pretend], *([str(python), "run.py"] for python in _old_pythons())]
    for argv in commands:
        failed = Started(argv, tmp_path / "log")
        assert failed.code() == 1, argv
        assert "The console needs Python 3.11 or newer and this is Python" in one_sentence(failed.output)


def _old_pythons() -> list[Path]:
    names = ["python2", *(f"python3.{minor}" for minor in range(11))]
    found = [Path(path) for name in names if (path := shutil.which(name))]
    found += sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    old = []
    for python in found:
        probe = "import sys; print(sys.version_info < (3, 11))"
        asked = subprocess.run([python, "-c", probe], capture_output=True, check=False)
        if asked.stdout.strip() == b"True":
            old.append(python)
    return old
