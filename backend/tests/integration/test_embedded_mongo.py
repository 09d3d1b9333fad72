"""The private mongod: found, started, kept alive, adopted, stopped; and what is said when it cannot run."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from pymongo import AsyncMongoClient

from backend import embedded_mongo, mongod_program
from backend.embedded_mongo import EmbeddedMongo
from backend.errors import StartError
from backend.tests.started import Started, can_unshare, console, one_sentence
from backend.utils.process import ProcessHandle

MONGOD = next(mongod_program.candidates(None))


@pytest.fixture
async def mongo(tmp_path: Path) -> AsyncIterator[EmbeddedMongo]:
    mongo = EmbeddedMongo(tmp_path / "database")
    yield mongo
    await mongo.stop()


async def _ping(url: str) -> float:
    async with AsyncMongoClient[dict[str, object]](url, serverSelectionTimeoutMS=15_000) as client:
        return float((await client.admin.command("ping"))["ok"])


async def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.02)


async def test_it_serves_on_a_private_socket_and_on_no_tcp_port(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    url = await mongo.start()
    assert await _ping(url) == 1.0
    path = Path(unquote(url.removeprefix("mongodb://")))
    assert path == tmp_path / "database" / "mongod.sock"
    assert path.stat().st_mode & 0o077 == 0
    assert mongo.pid
    assert _listening_tcp_sockets(mongo.pid) == []
    assert _unix_sockets(mongo.pid) == [str(path)]  # and none in /tmp, which all mongods of a machine share


def _inodes(pid: int) -> set[str]:
    names = (str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir())
    return {name.removeprefix("socket:[").removesuffix("]") for name in names if name.startswith("socket:")}


def _listening_tcp_sockets(pid: int) -> list[str]:
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()]
    own = _inodes(pid)
    return [row[1] for row in rows if len(row) > 9 and row[3] == "0A" and row[9] in own]


def _unix_sockets(pid: int) -> list[str]:
    own = _inodes(pid)
    rows = [row.split() for row in Path(f"/proc/{pid}/net/unix").read_text().splitlines()]
    return sorted({row[7] for row in rows if len(row) > 7 and row[6] in own})


async def test_a_second_start_adopts_and_never_starts_a_second_one(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    url = await mongo.start()
    later = EmbeddedMongo(tmp_path / "database")
    assert await later.start() == url
    assert later.pid == mongo.pid
    await later.stop()
    assert not (tmp_path / "database" / "mongod.sock").exists()


async def test_one_that_still_starts_is_waited_for_and_taken_over(tmp_path: Path) -> None:
    """A console that was killed in the middle of its start leaves a mongod that does not listen yet."""
    for wait in (0, 0.05, 0.2):
        first, later = EmbeddedMongo(tmp_path / "database"), EmbeddedMongo(tmp_path / "database")
        first._data.mkdir(parents=True, exist_ok=True)
        left = first._spawn(MONGOD)
        await asyncio.sleep(wait)
        assert await _ping(await later.start()) == 1.0
        assert later.pid == left.pid
        await later.stop()


async def test_one_whose_socket_was_removed_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    mongo = EmbeddedMongo(folder)
    url = await mongo.start()
    first = mongo.pid
    (folder / "mongod.sock").unlink()  # while the console runs
    await _until(lambda: mongo.pid not in (first, None))
    assert await _ping(url) == 1.0
    mongo._watcher.cancel()  # type: ignore[union-attr]
    (folder / "mongod.sock").unlink()  # while no console runs
    later = EmbeddedMongo(folder)
    assert await _ping(await later.start()) == 1.0
    assert later.pid != mongo.pid
    await later.stop()
    await mongo.stop()


async def test_one_that_died_is_started_again_with_its_data(mongo: EmbeddedMongo) -> None:
    url = await mongo.start()
    assert mongo.pid
    async with AsyncMongoClient[dict[str, object]](url, serverSelectionTimeoutMS=15_000) as client:
        await client.test.things.with_options().insert_one({"_id": 1})
        await client.admin.command("fsync")
        for _ in range(2):
            before = mongo.pid
            os.kill(before, signal.SIGKILL)  # leaves its socket and lock file behind, as a power cut does
            await _until(lambda: mongo.pid not in (before, None))  # noqa: B023
            assert await client.test.things.count_documents({}) == 1


async def test_stale_files_of_a_dead_one_are_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    first = EmbeddedMongo(folder)
    await first.start()
    assert first.pid
    first._watcher.cancel()  # type: ignore[union-attr] # nobody is there to start it again, as after a power cut
    os.kill(first.pid, signal.SIGKILL)
    await _until(lambda: first._process is None or not first._process.alive())
    assert (folder / "mongod.sock").exists()
    # The pid in mongod's lock file belongs to somebody else by now.
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (folder / "db" / "mongod.lock").write_text(f"{stranger.pid}\n")
        later = EmbeddedMongo(folder)
        assert await _ping(await later.start()) == 1.0
        await later.stop()
        assert stranger.poll() is None
        stranger.kill()


async def test_a_mongod_started_by_hand_is_named_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "database" / "db"
    data.mkdir(parents=True)
    own_socket = tmp_path / "by-hand.sock"
    argv = [MONGOD, "--dbpath", data, "--nounixsocket", "--bind_ip", own_socket, "--logpath", tmp_path / "log"]
    by_hand = Started(argv, tmp_path / "out")
    await _until(own_socket.exists)
    with pytest.raises(StartError, match=rf"Another mongod \(process {by_hand.pid}\) uses the files in"):
        await EmbeddedMongo(tmp_path / "database").start()
    assert by_hand.process.poll() is None
    assert by_hand.stop() == 0


async def test_one_that_was_stopped_goes_on(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    await mongo.start()
    assert mongo.pid
    os.kill(mongo.pid, signal.SIGSTOP)
    later = EmbeddedMongo(tmp_path / "database")
    assert await _ping(await later.start()) == 1.0
    assert later.pid == mongo.pid
    await later.stop()


async def test_one_that_is_stopped_ends_all_the_same(tmp_path: Path) -> None:
    mongo = EmbeddedMongo(tmp_path / "database")
    await mongo.start()
    assert mongo.pid
    os.kill(mongo.pid, signal.SIGSTOP)
    async with asyncio.timeout(5):
        await mongo.stop()


async def test_one_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_mongo, "_STOP_SECONDS", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        await EmbeddedMongo(tmp_path / "database")._end(ProcessHandle(child.pid, child))
    assert child.returncode == -signal.SIGKILL


class _Programs(list[Path]):
    """Fails once, in a way that nobody thought of."""

    stumbles = False

    def __iter__(self) -> Iterator[Path]:
        if self.stumbles:
            self.stumbles = False
            raise RuntimeError("who would have thought")
        return super().__iter__()


async def test_it_is_tried_again_until_it_can_run(tmp_path: Path) -> None:
    """The program is away for a while, as during an upgrade of the system."""
    program = tmp_path / "bin" / "mongod"
    program.parent.mkdir()
    program.symlink_to(MONGOD)
    programs = _Programs([program])
    mongo = EmbeddedMongo(tmp_path / "database", programs)
    url = await mongo.start()
    assert mongo.pid
    programs.stumbles = True
    program.unlink()
    _script(program, "exit 7")
    os.kill(mongo.pid, signal.SIGKILL)
    await _until(lambda: mongo.pid is None)
    await asyncio.sleep(1)
    assert mongo.pid is None
    program.unlink()
    program.symlink_to(MONGOD)
    await _until(lambda: mongo.pid is not None)
    assert await _ping(url) == 1.0
    await mongo.stop()


@pytest.mark.parametrize("length", [60, 90, 110, 180])
async def test_data_folders_may_lie_deeper_than_a_socket_path_may_be_long(tmp_path: Path, length: int) -> None:
    folder = tmp_path / ("d" * length) / "database"
    first = EmbeddedMongo(folder)
    url = await first.start()
    assert await _ping(url) == 1.0
    assert len(unquote(url.removeprefix("mongodb://"))) <= 103
    assert (folder / "mongod.sock").is_socket()
    later = EmbeddedMongo(folder)
    assert await later.start() == url
    link = Path(unquote(url.removeprefix("mongodb://"))).parent
    await later.stop()
    assert link == folder or not link.parent.exists()
    await first.stop()


async def test_a_removed_link_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 120) / "database"
    first = EmbeddedMongo(folder)
    url = await first.start()
    old = Path(unquote(url.removeprefix("mongodb://"))).parent
    shutil.rmtree(old.parent)  # a cleaner of temporary files, while the console runs
    await _until(old.is_symlink)
    assert await _ping(url) == 1.0
    first._watcher.cancel()  # type: ignore[union-attr]
    shutil.rmtree(old.parent)  # while no console runs
    later = EmbeddedMongo(folder)
    url = await later.start()
    assert str(old) not in url
    assert await _ping(url) == 1.0
    assert later.pid == first.pid
    await later.stop()
    await first.stop()


async def test_a_socket_link_that_others_could_have_made_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 120) / "database"
    folder.mkdir(parents=True)
    foreign = tmp_path / "foreign"
    foreign.mkdir(mode=0o777)
    foreign.chmod(0o777)
    (foreign / "d").symlink_to(folder)
    (folder / "socket-path").write_text(str(foreign / "d"))
    mongo = EmbeddedMongo(folder)
    assert "foreign" not in await mongo.start()
    await mongo.stop()


async def test_its_log_is_bounded(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    folder.mkdir()
    (folder / "mongod.log").write_bytes(b"x" * (9 * 1024 * 1024))
    mongo = EmbeddedMongo(folder)
    await mongo.start()
    assert (folder / "mongod.log").stat().st_size < 1024 * 1024
    # While it runs, too: it opens its log anew.
    with (folder / "mongod.log").open("ab") as file:
        file.truncate(9 * 1024 * 1024)
    log = folder / "mongod.log"
    await _until(lambda: log.exists() and log.stat().st_size < 1024 * 1024)
    await mongo.stop()
    assert sorted(path.name for path in folder.glob("mongod.log*")) == ["mongod.log", "mongod.log.1"]


def _script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


MISSING = "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open it' >&2; exit 127"
OLD = 'echo "mongod: /lib/libc.so.6: version \\`GLIBC_2.34\' not found (required by mongod)" >&2; exit 1'


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (MISSING, "needs the library libcurl.so.4: install it (`sudo apt install libcurl4`), or set MONGO_URL"),
        (MISSING.replace("libcurl.so.4", "libodd.so.9"), "needs the library libodd.so.9: install it (the package of"),
        (OLD, "needs a newer system (GLIBC_2.34)"),
        ("kill -ILL $$", "needs a processor with AVX"),
        ("kill -KILL $$", "probably needs more free memory"),
        ("echo something odd; exit 3", "did not start (something odd)"),
    ],
)
async def test_a_mongod_that_cannot_run_says_what_to_do(tmp_path: Path, script: str, said: str) -> None:
    program = _script(tmp_path / "bin" / "mongod", script)
    with pytest.raises(StartError) as failure:
        await EmbeddedMongo(tmp_path / "database", [program]).start()
    assert said in str(failure.value)


async def test_a_mongod_for_another_processor_says_so(tmp_path: Path) -> None:
    program = tmp_path / "mongod"
    content = bytearray(Path(sys.executable).resolve().read_bytes())
    content[18:20] = b"\xf3\x00" if content[18:20] != b"\xf3\x00" else b"\xb7\x00"  # e_machine: RISC-V, or ARM
    program.write_bytes(content)
    program.chmod(0o755)
    with pytest.raises(StartError, match="is not made for Linux on"):
        await EmbeddedMongo(tmp_path / "database", [program]).start()


async def test_a_broken_mongod_on_the_path_does_not_hide_the_packaged_one(tmp_path: Path) -> None:
    broken = _script(tmp_path / "bin" / "mongod", MISSING)
    mongo = EmbeddedMongo(tmp_path / "database", [broken, MONGOD])
    assert await _ping(await mongo.start()) == 1.0
    await mongo.stop()


async def test_the_program_that_wrote_the_data_is_preferred(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    await mongo.start()
    assert (tmp_path / "database" / "mongod-program").read_text() == str(MONGOD)
    newer = _script(tmp_path / "bin" / "mongod", "exit 1")
    assert next(mongod_program.candidates(MONGOD)) == MONGOD
    assert next(mongod_program.candidates(newer)) == newer


async def test_damaged_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    mongo = EmbeddedMongo(folder)
    await mongo.start()
    await mongo.stop()
    (folder / "db" / "WiredTiger.wt").write_bytes(os.urandom(5_000))
    with pytest.raises(StartError, match=r"are damaged .*WiredTiger\.wt is corrupted.*restore them from a backup"):
        await EmbeddedMongo(folder).start()


def test_the_console_says_it_too(tmp_path: Path) -> None:
    """The whole console, where both the mongod on PATH and the packaged one lack a library."""
    on_path = _script(tmp_path / "bin" / "mongod", MISSING)
    _script(tmp_path / "packages" / "fiftyone" / "db" / "bin" / "mongod", MISSING)
    (tmp_path / "packages" / "fiftyone" / "__init__.py").touch()
    env = {
        "PATH": f"{on_path.parent}:{os.environ['PATH']}", "PYTHONPATH": str(tmp_path / "packages"),
        "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    failed = console(tmp_path / "data", env=env)
    assert failed.code() == 1
    assert f"The database {on_path} needs the library libcurl.so.4" in one_sentence(failed.output)


@pytest.mark.parametrize(
    ("options", "said"),
    [("ro", "cannot be written (Read-only file system)"), ("size=1m", "The disk is full where the data folder")],
)
def test_a_read_only_or_full_disk_is_one_sentence(tmp_path: Path, options: str, said: str) -> None:
    if not can_unshare("-Urm"):
        pytest.skip("not possible here: this kernel gives no user namespaces")
    (tmp_path / "disk").mkdir()
    command = f'mount -t tmpfs -o {options} tmpfs "$1" && shift && exec "$@"'
    console_argv = [sys.executable, "-m", "backend", "--port", "0", "--data-dir", tmp_path / "disk" / "data"]
    argv = ["unshare", "-Urm", "sh", "-c", command, "sh", tmp_path / "disk", *console_argv]
    failed = Started(argv, tmp_path / "log")
    assert failed.code() == 1
    assert said in one_sentence(failed.output)


def test_a_disk_that_fills_up_during_the_first_start_is_one_sentence(tmp_path: Path) -> None:
    if not can_unshare("-Urm"):
        pytest.skip("not possible here: this kernel gives no user namespaces")
    (tmp_path / "disk").mkdir()
    (tmp_path / "start.py").write_text(
        "import asyncio, sys; from pathlib import Path; from backend.embedded_mongo import EmbeddedMongo\n"
        "from backend.errors import StartError\n"
        "try: asyncio.run(EmbeddedMongo(Path(sys.argv[1])).start())\n"
        "except StartError as error: sys.exit(str(error))\n"
    )
    command = f'mount -t tmpfs -o size=48k tmpfs "$1" && exec "{sys.executable}" "$2" "$1/database"'
    argv = ["unshare", "-Urm", "sh", "-c", command, "sh", tmp_path / "disk", tmp_path / "start.py"]
    failed = Started(argv, tmp_path / "log", env={"PYTHONPATH": str(Path.cwd())})
    assert failed.code() == 1
    assert "The disk is full where" in failed.output.splitlines()[-1]


async def test_no_mongod_at_all_names_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    (tmp_path / "fiftyone").mkdir()
    sys.path_importer_cache.clear()
    monkeypatch.delitem(sys.modules, "fiftyone", raising=False)
    assert list(mongod_program.candidates(None)) == []
    with pytest.raises(StartError, match="set MONGO_URL to a MongoDB server of your own"):
        await EmbeddedMongo(tmp_path / "database").start()


def test_a_socket_of_another_process_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Somebody else listens where our socket should be: nothing is adopted and nobody is signalled."""
    folder = tmp_path / "database"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "mongod.sock"))
        listener.listen()
        assert EmbeddedMongo(folder)._own_process() is None
