"""S3, S4, S8: a new key while the console runs, also when the rotation is killed; secrets that survive a restore."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from cryptography.fernet import Fernet

from backend.config.keys import KeyFile
from backend.database import Database
from backend.repositories.secrets import SecretRepository
from backend.tests.console_process import ConsoleProcess
from backend.tests.started import PROJECT, passed_on
from backend.utils.clock import utc_now
from backend.utils.encryption import Sealer, key_id
from backend.vault.rotation import Rotation, RotationStopped, StoredSecrets

SECRETS = 40
KILLS = 3  # at the tenth of what is left each time; a fourth could come after the end
VALUE = "canary-{}-of-the-rotation"


def _command(data_dir: Path, *words: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend.vault", *words, "--data-dir", str(data_dir)],
        cwd=PROJECT, env={**passed_on(), **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _run(data_dir: Path, *words: str, **env: str) -> tuple[int, str]:
    child = _command(data_dir, *words, **env)
    out, err = child.communicate(timeout=60)
    return child.returncode, out + err


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    process = ConsoleProcess(tmp_path_factory.mktemp("rotation") / "data", MONGO_URL="")
    process.start()
    try:
        yield process
    finally:
        process.stop()


def _keys(data_dir: Path) -> list[str]:
    return (data_dir / "keys" / "encryption_key").read_text().split(",")


def _save(console: ConsoleProcess, key: str, value: str) -> None:
    answer = console.http.post("/api/secrets", json={"key": key, "value": value})
    assert answer.status_code == 200, answer.text


def _unreadable(console: ConsoleProcess) -> list[str]:
    return [row["key"] for row in console.http.get("/api/secrets").json() if not row["readable"]]


@contextmanager
def _database(console: ConsoleProcess) -> Iterator[Any]:
    client: Any = pymongo.MongoClient(console.database_url)
    with client:
        yield client[console.database_name]


def _sealed_with(console: ConsoleProcess) -> dict[str, set[str]]:
    """Key id → names, as the database holds them."""
    sealer = Sealer(_keys(console.data_dir))
    found: dict[str, set[str]] = {}
    with _database(console) as database:
        for row in database["secrets"].find({"sealed": {"$exists": True}}):
            found.setdefault(sealer.sealed_by(row["sealed"], row["key"], row["version"]), set()).add(row["key"])
    return found


def test_a_rotation_is_killed_at_every_tenth_record_and_nothing_is_ever_unreadable(console: ConsoleProcess) -> None:
    """S3."""
    (old,) = _keys(console.data_dir)
    for number in range(SECRETS):
        _save(console, f"ROTATED_{number}", VALUE.format(number))
    _save(console, "TEST_SECRET", VALUE.format("used"))
    with _database(console) as database:
        factor = Sealer([old]).seal("auth/totp", 3, "the second factor")
        database["factors"].insert_one({"_id": "totp", "sealed": factor, "version": 3})
    parameter = console.submit("secret_parameter", pin="a secret of one job")["id"]
    code, text = _run(console.data_dir, "rotate", "--dry-run")
    assert (code, "43 values" in text, "dry run" in text) == (0, True, True), text
    assert _keys(console.data_dir) == [old]
    assert set(_sealed_with(console)) == {key_id(old)}
    for kill in range(KILLS):
        child = _command(console.data_dir, "rotate")
        assert child.stdout
        for line in child.stdout:
            if line.startswith("10/"):
                child.send_signal(signal.SIGKILL)
                break
        child.wait(30)
        child.stdout.close()
        assert len(_keys(console.data_dir)) == 2, "going on makes no further key"
        assert _unreadable(console) == []
        # The running console has taken up the new key by itself, for jobs and for new values.
        job = console.ended(console.submit("environment")["id"])
        assert (job["status"], "TEST_SECRET=***" in job["logs"]) == ("completed", True), job
        _save(console, f"MEANWHILE_{kill}", VALUE.format("meanwhile"))
    code, text = _run(console.data_dir, "rotate")
    assert code == 0, text
    new, former = _keys(console.data_dir)
    assert former == old
    assert set(_sealed_with(console)) == {key_id(new)}
    assert len(_sealed_with(console)[key_id(new)]) == SECRETS + 1 + KILLS
    assert _unreadable(console) == []
    with _database(console) as database:
        one = database["factors"].find_one({"_id": "totp"})["sealed"]
        assert Sealer([new]).open(one, "auth/totp", 3) == "the second factor"
        database["factors"].delete_one({"_id": "totp"})
        pin = database["jobs"].find_one({"_id": parameter})["sealed_parameters"]["pin"]
        assert Sealer([new]).open(pin, f"job/{parameter}/pin", 1) == "a secret of one job"
    assert (console.data_dir / "keys" / "encryption_key").stat().st_mode & 0o777 == 0o600
    code, text = _run(console.data_dir, "retire")
    assert (code, _keys(console.data_dir)) == (0, [new]), text
    assert _unreadable(console) == []
    rows = console.http.get("/api/audit", params={"kind": "key.rotate"}).json()
    assert any("Ended" in row["text"] for row in rows)
    assert console.http.get("/api/audit/check").json()["ok"] is True
    assert not any(key in str(rows) for key in (old, new))


def test_a_secret_that_no_key_opens_stops_a_rotation_before_it_begins(console: ConsoleProcess) -> None:
    """S3, S4: nothing is changed, and the sentence names the secret."""
    _save(console, "STRANGE", "sealed with a key nobody has")
    before = _keys(console.data_dir)
    with _database(console) as database:
        secrets = database["secrets"]
        own = secrets.find_one({"key": "STRANGE"})
        assert own
        sealed = Sealer([Fernet.generate_key().decode()]).seal("STRANGE", own["version"], "value")
        secrets.update_one({"key": "STRANGE"}, {"$set": {"sealed": sealed}})
    for command in ("rotate", "retire"):
        code, text = _run(console.data_dir, command)
        assert code == 1, text
    assert _run(console.data_dir, "rotate")[1].count("STRANGE") == 1
    assert _keys(console.data_dir) == before
    assert console.http.delete("/api/secrets/STRANGE").status_code == 200


def _settled(child: subprocess.Popen[str]) -> None:
    """Until it waits for something: it has used no processor time for a while."""
    used, since, deadline = "", time.monotonic(), time.monotonic() + 20
    while time.monotonic() - since < 0.7 and time.monotonic() < deadline:
        words = Path(f"/proc/{child.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        if (now := f"{words[11]} {words[12]}") != used or words[0] != "S":
            used, since = now, time.monotonic()
        time.sleep(0.05)


@pytest.mark.parametrize("command", ["rotate", "retire"])
def test_a_key_that_another_rotation_made_a_moment_ago_is_not_lost(console: ConsoleProcess, command: str) -> None:
    """Held up in front of the lock, it must not have read the keys yet: what it writes back would lack the new one."""
    lock, before = console.data_dir / "keys" / "rotation.lock", _keys(console.data_dir)
    _save(console, "TEST_SECRET", VALUE.format("two at once"))
    lock.unlink(missing_ok=True)
    os.mkfifo(lock)  # opening it waits for somebody at the other end
    child = _command(console.data_dir, command)
    try:
        _settled(child)
        made = Fernet.generate_key().decode()
        KeyFile(console.data_dir / "keys" / "encryption_key").write([made, *before])
        os.close(os.open(lock, os.O_RDONLY | os.O_NONBLOCK))
        text = "".join(child.communicate(timeout=60))
    finally:
        child.kill()
        lock.unlink()
    assert made in _keys(console.data_dir), text
    assert (child.returncode, _unreadable(console)) == (0 if command == "rotate" else 1, []), text
    assert _run(console.data_dir, "rotate")[0] == 0
    assert _run(console.data_dir, "retire")[0] == 0


def test_without_a_key_nothing_is_made_up(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for command in ("rotate", "retire"):
        code, text = _run(tmp_path, command)
        assert (code, "There is no key" in text) == (1, True), text
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"rotation.lock"}


async def test_a_value_that_becomes_unreadable_meanwhile_stops_it_with_a_sentence(mongo_url: str) -> None:
    database = Database(mongo_url, f"test_{uuid.uuid4().hex[:16]}")
    old, new, stranger = (Fernet.generate_key().decode() for _ in range(3))
    secrets = SecretRepository(database.db)
    for name in ("FIRST", "SECOND"):
        await secrets.replace(name, Sealer([old]).seal(name, 1, "a value"), version=1, now=utc_now())
    rotation = Rotation([StoredSecrets(secrets)], Sealer([new, old]))
    going = rotation.run()
    assert await anext(going) == "secret FIRST"
    lost = Sealer([stranger]).seal("SECOND", 1, "a value")
    await database.db["secrets"].update_one({"key": "SECOND"}, {"$set": {"sealed": lost}})
    with pytest.raises(RotationStopped, match=r"SECOND.*not touched"):
        await anext(going)
    rows = {row.key: row.sealed for row in await secrets.all()}
    assert rows["SECOND"] == lost
    assert Sealer([new]).open(rows["FIRST"] or "", "FIRST", 1) == "a value"
    database.close()


def _until(child: subprocess.Popen[str], beginning: str) -> str:
    """Reads on to that line; what was read before it."""
    said = ""
    assert child.stdout
    for line in child.stdout:
        said += line
        if line.startswith(beginning):
            return said
    raise AssertionError(said)


def test_a_rotation_whose_database_goes_away_says_what_is_safe_and_goes_on_later(console: ConsoleProcess) -> None:
    (present,) = _keys(console.data_dir)
    names = [f"MANY_{number}" for number in range(300)]  # so many that the signal below never comes too late
    with _database(console) as database:
        sealer = Sealer([present])
        rows = [{"_id": name, "key": name, "version": 1, "sealed": sealer.seal(name, 1, "a value")} for name in names]
        database["secrets"].insert_many(rows)
    child = _command(console.data_dir, "rotate")
    said = _until(child, "1/")
    stopped = console.database_pid()
    os.kill(stopped, signal.SIGSTOP)
    try:
        out, err = child.communicate(timeout=60)
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert (child.returncode, "Traceback" in err) == (1, False), said + out + err
    for part in ("the database no longer answers", "every value stays readable", "run `rotate` once more"):
        assert part in err
    assert (_unreadable(console), len(_keys(console.data_dir))) == ([], 2)
    code, text = _run(console.data_dir, "rotate")
    assert (code, "Goes on" in text) == (0, True), text
    with _database(console) as database:
        # What somebody spoiled is named like what no key opens; nothing is touched, and nothing hides.
        database["secrets"].update_one({"key": names[0]}, {"$set": {"sealed": 5}})
        database["secrets"].update_one({"key": names[1]}, {"$set": {"version": "one"}})
        code, text = _run(console.data_dir, "rotate")
        assert (code, f"secret {names[0]}, secret {names[1]}" in text, "Traceback" in text) == (1, True, False), text
        assert _unreadable(console) == names[:2]
        database["secrets"].delete_many({"key": {"$in": names}})
    assert _run(console.data_dir, "retire")[0] == 0


def test_somebody_who_stops_it_or_has_no_right_to_the_keys_reads_a_sentence(console: ConsoleProcess) -> None:
    lock = console.data_dir / "keys" / "rotation.lock"
    before = _keys(console.data_dir)
    lock.unlink(missing_ok=True)
    os.mkfifo(lock)
    child = _command(console.data_dir, "rotate")
    try:
        _settled(child)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
        assert (child.returncode, out, "Traceback" in err) == (130, "", False), err
        assert "every value stays readable" in err
        lock.unlink()
        lock.mkdir()  # for any user, root too, no file to write
        code, text = _run(console.data_dir, "rotate")
        assert (code, str(lock) in text, "Traceback" in text) == (1, True, False), text
    finally:
        child.kill()
        lock.rmdir() if lock.is_dir() else lock.unlink()
    assert _keys(console.data_dir) == before


def test_with_the_key_in_the_environment_it_says_what_to_do(console: ConsoleProcess) -> None:
    (present,) = _keys(console.data_dir)
    code, text = _run(console.data_dir, "rotate", ENCRYPTION_KEY=present)
    assert (code, "ENCRYPTION_KEY=new,present" in text) == (1, True)
    new = Fernet.generate_key().decode()
    code, text = _run(console.data_dir, "rotate", "--dry-run", ENCRYPTION_KEY=f"{new},{present}")
    assert (code, "Goes on" in text) == (0, True), text
    code, text = _run(console.data_dir, "retire", ENCRYPTION_KEY=present)
    assert code == 1
    assert _run(Path("/nowhere"), "rotate")[0] == 1


def test_a_restored_folder_gives_jobs_the_same_secrets(console: ConsoleProcess, tmp_path: Path) -> None:
    """S8 at a small scale: data and key on another machine; a job prints the hash of its secret."""
    value = "the secret that must survive"
    _save(console, "TEST_SECRET", value)
    digest = hashlib.sha256(value.encode()).hexdigest()
    job = console.ended(console.submit("secret_hash")["id"])
    assert digest in job["logs"]
    console.stop()
    restored = ConsoleProcess(tmp_path / "elsewhere", MONGO_URL="")
    shutil.copytree(console.data_dir, restored.data_dir, ignore=shutil.ignore_patterns("*.sock", "*.lock", "spool"))
    restored._token = console._token
    restored.start()
    try:
        job = restored.ended(restored.submit("secret_hash")["id"])
        assert digest in job["logs"]
        assert value not in str(job)
    finally:
        restored.stop()
        console.start()
