"""The care of AIrsenal's database: what counts is always a whole file, the old one or the new one."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.errors import AppError, BadRequest, Conflict, NotFound
from backend.fpl import whole_files as files
from backend.fpl.care import Care
from backend.tests.airsenal.databases import build, damage, predict, suggest, tags_in, update
from backend.utils.clock import Clock


def _clock() -> Clock:
    times = (datetime(2026, 2, 5, 12, tzinfo=UTC) + timedelta(seconds=second) for second in range(10_000))
    return lambda: next(times)


class Place:
    def __init__(self, folder: Path, keep: int = 10) -> None:
        self.kept, self.local = folder / "kept" / "data.db", folder / "local" / "data.db"
        self.copies = self.kept.parent / "copies"
        self.busy = False
        self.changes = 0
        self.care = Care(self.kept, self.local, keep, _clock(), data_dir=folder, busy=self._busy, changed=self._changed)

    async def _busy(self) -> bool:
        return self.busy

    def _changed(self) -> None:
        self.changes += 1

    async def set_up(self, *tags: str) -> None:
        await self.care.copy_in("setup_db", "job-0")
        build(self.local, tags=tags)
        await self.care.copy_back("setup_db", "job-0")

    async def predict(self, tag: str, gameweek: int = 24) -> None:
        await self.care.copy_in("predict", f"job-{tag}")
        predict(self.local, tag, gameweek)
        await self.care.copy_back("predict", f"job-{tag}")

    async def copy_ids(self) -> list[str]:
        return [copy.id for copy in (await self.care.overview(False)).copies]

    def strangers(self) -> list[str]:
        """What should not lie about: half-made files, journals."""
        return [str(path) for path in self.kept.parents[1].rglob("*")
                if path.name.startswith(".") or path.name.endswith(("-journal", "-wal", "-shm"))]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_job_works_on_a_copy_and_only_success_counts(place: Place) -> None:
    await place.set_up("first")
    assert tags_in(place.kept) == ["first"]
    assert await place.copy_ids() == []
    # A job that fails: nobody copies back, and what it wrote is gone for the next one.
    await place.care.copy_in("predict", "job-1")
    predict(place.local, "half", 24)
    await place.care.discard("job-1")
    assert tags_in(place.kept) == ["first"]
    await place.care.copy_in("predict", "job-2")
    assert tags_in(place.local) == ["first"]
    predict(place.local, "second", 24)
    await place.care.copy_back("predict", "job-2")
    assert tags_in(place.kept) == ["first", "second"]
    overview = await place.care.overview(False)
    copy = overview.copies[0]
    assert (copy.made_before, copy.job_id, copy.season, copy.next_gameweek) == ("predict", "job-2", "2526", 24)
    assert (copy.integrity, copy.predictions, len(overview.copies)) == ("ok", 1, 1)
    assert tags_in(place.copies / f"{copy.id}.db") == ["first"]
    assert (overview.state.integrity, overview.state.predictions) == ("ok", 2)
    assert overview.state.path == "DATA_DIR/kept/data.db"
    assert overview.state.season_is_current is True
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place.kept, place.local)} == {0o600}
    assert place.strangers() == []


async def test_doing_it_again_after_a_crash_changes_nothing(place: Place) -> None:
    await place.set_up()
    await place.predict("one")
    copies, kept = await place.copy_ids(), place.kept.stat().st_ino
    await place.care.copy_back("predict", "job-one")
    assert (await place.copy_ids(), place.kept.stat().st_ino) == (copies, kept)


async def test_a_job_that_changed_nothing_makes_no_copy_but_counts_as_an_update(place: Place) -> None:
    await place.set_up()
    before = (await place.care.overview(False)).state.updated_at
    await place.care.copy_in("update_db", "job-1")
    await place.care.copy_back("update_db", "job-1")
    state = (await place.care.overview(False)).state
    assert await place.copy_ids() == []
    assert before is not None
    assert state.updated_at is not None
    assert state.updated_at > before
    await place.predict("one")  # no update: the time stays
    assert (await place.care.overview(False)).state.updated_at == state.updated_at


async def test_the_newest_copies_are_kept(tmp_path: Path) -> None:
    place = Place(tmp_path, keep=3)
    await place.set_up()
    for number in range(6):
        await place.predict(f"run{number}")
    ids = await place.copy_ids()
    assert [len(tags_in(place.copies / f"{copy_id}.db")) for copy_id in ids] == [5, 4, 3]
    assert len(list(place.copies.iterdir())) == 6


async def test_a_file_that_somebody_put_beside_the_copies_stays(place: Place) -> None:
    await place.set_up("first")
    await place.predict("second")
    own = place.copies / "before the season.db"
    build(own, tags=["mine"])
    await place.predict("third")
    assert tags_in(own) == ["mine"]
    assert len(await place.copy_ids()) == 2


async def test_a_first_set_up_that_failed_leaves_nothing_half_built(place: Place) -> None:
    await place.care.copy_in("setup_db", "job-0")
    build(place.local)
    await place.care.discard("job-0")
    assert not place.local.exists()
    # The console was killed before it could tidy up: the next job's copying in does it.
    await place.care.copy_in("setup_db", "job-1")
    build(place.local)
    await place.care.copy_in("setup_db", "job-2")
    assert not place.local.exists()
    assert not place.kept.exists()
    await place.set_up("whole")
    assert tags_in(place.kept) == ["whole"]


async def test_a_job_that_is_late_neither_keeps_nor_removes_what_another_works_on(place: Place) -> None:
    await place.care.copy_in("setup_db", "job-1")
    await place.care.copy_in("setup_db", "job-2")  # after the first was closed by hand
    build(place.local, tags=["second"])
    with pytest.raises(BadRequest, match="Another job works on the database"):
        await place.care.copy_back("setup_db", "job-1")
    await place.care.discard("job-1")
    await place.care.copy_back("setup_db", "job-2")
    assert tags_in(place.kept) == ["second"]


async def test_a_database_of_an_earlier_console_is_kept(place: Place) -> None:
    build(place.local, tags=["old"])
    assert (await place.care.overview(False)).state.exists
    await place.care.copy_in("predict", "job-1")
    assert tags_in(place.kept) == tags_in(place.local) == ["old"]
    assert (await place.care.overview(False)).state.integrity == "ok"


async def test_it_is_kept_at_the_start_unless_a_job_works_on_it(place: Place) -> None:
    build(place.local, tags=["old"])
    place.busy = True
    await place.care.adopt()
    assert not place.kept.exists()
    place.busy = False
    await place.care.adopt()
    assert tags_in(place.kept) == ["old"]


async def test_a_damaged_one_of_an_earlier_console_stops_the_job_with_the_way_out(place: Place) -> None:
    damage(build(place.local, tags=[f"t{number}" for number in range(20)]))
    with pytest.raises(BadRequest, match=r'is damaged: .* The job was not started.* "Start clean"'):
        await place.care.copy_in("predict", "job-1")
    await place.care.adopt()
    assert not place.kept.exists()
    await place.care.copy_in("setup_db", "job-2", start_clean=True)
    assert not place.local.exists()
    assert place.local.with_name("data.db.damaged").exists()


async def test_a_damaged_result_is_not_kept(place: Place) -> None:
    await place.set_up(*(f"t{number}" for number in range(20)))
    await place.care.copy_in("predict", "job-1")
    damage(place.local)
    with pytest.raises(BadRequest, match=r"left is damaged: .*The kept database is as it was"):
        await place.care.copy_back("predict", "job-1")
    assert len(tags_in(place.kept)) == 20
    assert await place.copy_ids() == []
    assert place.strangers() == []


async def test_a_kept_file_that_was_damaged_stops_jobs_until_a_copy_is_restored(place: Place) -> None:
    await place.set_up(*(f"t{number}" for number in range(20)))
    await place.predict("more")
    damage(place.kept)
    await place.care.check()
    state = (await place.care.overview(False)).state
    assert state.integrity == "damaged"
    assert state.integrity_detail
    with pytest.raises(BadRequest, match="Restore a copy"):
        await place.care.copy_in("predict", "job-1")
    copy_id = (await place.copy_ids())[0]
    assert (await place.care.preview(copy_id)).lost
    await place.care.restore(copy_id)
    assert len(tags_in(place.kept)) == 20
    await place.care.copy_in("predict", "job-1")


async def test_starting_clean_goes_from_a_damaged_kept_file_and_only_success_replaces_it(place: Place) -> None:
    await place.set_up(*(f"t{number}" for number in range(20)))
    damage(place.kept)
    damaged = place.kept.read_bytes()
    await place.care.copy_in("setup_db", "job-1", start_clean=True)
    assert not place.local.exists()
    build(place.local)
    await place.care.discard("job-1")
    assert (place.kept.read_bytes(), place.local.exists()) == (damaged, False)
    await place.care.copy_in("setup_db", "job-2", start_clean=True)
    build(place.local, tags=["clean"])
    await place.care.copy_back("setup_db", "job-2")
    assert tags_in(place.kept) == ["clean"]
    assert (place.copies / f"{(await place.copy_ids())[0]}.db").read_bytes() == damaged


async def test_a_restore_says_what_is_lost_and_can_be_undone(place: Place) -> None:
    await place.set_up("first")
    await place.predict("second")
    await place.care.copy_in("pipeline", "job-2")
    update(place.local, 25)
    predict(place.local, "third", 25)
    suggest(place.local, "2026-02-05 12:00:00", 25)
    await place.care.copy_back("pipeline", "job-2")
    oldest = (await place.copy_ids())[-1]
    preview = await place.care.preview(oldest)
    assert preview.copy_.predictions == 1
    text = "\n".join(preview.lost)
    assert "2 predictions, the newest for gameweeks 25 to 27." in text
    assert "1 set of suggested transfers, the newest of 2026-02-05 12:00." in text
    assert "Match results of gameweek 24 (2025/26)." in text
    assert "Prices and injury news of gameweek 25 (2025/26)." in text
    assert "1 recorded transfer of your team" in text
    # Of an older AIrsenal, which had no such table yet: what it lacks is lost, the rest is compared.
    with closing(sqlite3.connect(place.copies / f"{oldest}.db")) as older:
        older.execute('DROP TABLE "transaction"')
    assert (await place.care.preview(oldest)).lost == preview.lost
    await place.care.restore(oldest)
    assert tags_in(place.kept) == ["first"]
    undo = (await place.care.overview(False)).copies[0]
    assert (undo.made_before, undo.job_id, undo.predictions) == ("restore", None, 3)
    assert (await place.care.preview(oldest)).lost == []
    await place.care.copy_in("predict", "job-3")
    assert tags_in(place.local) == ["first"]
    await place.care.restore(undo.id)
    assert tags_in(place.kept) == ["first", "second", "third"]


@pytest.mark.parametrize("copy_id", ["20260205T120000Z-none", "../kept", "20260205T120000Z-../../data", ""])
async def test_only_known_copies_are_restored(place: Place, copy_id: str) -> None:
    await place.set_up()
    for asked in (place.care.preview, place.care.restore):
        with pytest.raises(NotFound):
            await asked(copy_id)


async def test_a_damaged_copy_is_not_restored(place: Place) -> None:
    await place.set_up(*(f"t{number}" for number in range(20)))
    await place.predict("more")
    copy_id = (await place.copy_ids())[0]
    damage(place.copies / f"{copy_id}.db")
    with pytest.raises(BadRequest, match=r"This copy is damaged: .*as it was"):
        await place.care.restore(copy_id)
    assert len(tags_in(place.kept)) == 21


async def test_jobs_and_restores_exclude_each_other(place: Place) -> None:
    await place.set_up("first")
    await place.predict("second")
    copy_id = (await place.copy_ids())[0]
    place.busy = True
    with pytest.raises(Conflict, match="is running"):
        await place.care.restore(copy_id)
    place.busy = False
    # A job that begins in the middle of a restore waits, and works on what was restored.
    await asyncio.gather(place.care.restore(copy_id), place.care.copy_in("predict", "job-3"))
    assert tags_in(place.kept) == tags_in(place.local) == ["first"]


async def test_who_asked_may_go_but_nobody_else_comes_in_before_the_work_is_done(place: Place) -> None:
    """As when a job is cancelled while its database is copied: a thread cannot be stopped."""
    await place.set_up()
    with closing(sqlite3.connect(place.kept, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        asking = asyncio.create_task(place.care.copy_in("predict", "job-1"))
        await asyncio.sleep(0.2)
        asking.cancel()
        behind = asyncio.create_task(place.care.discard("job-1"))
        done, _ = await asyncio.wait({behind}, timeout=0.3)
        assert not done
    await behind
    assert asking.cancelled()


async def test_pages_hear_of_every_change(place: Place) -> None:
    await place.set_up("first")
    await place.predict("second")
    await place.care.restore((await place.copy_ids())[0])
    await place.care.check()
    assert place.changes == 6


async def test_without_a_database_there_is_nothing_to_check(place: Place) -> None:
    overview = await place.care.overview(True)
    assert (overview.state.exists, overview.copies, overview.busy, overview.keep) == (False, [], True, 10)
    with pytest.raises(BadRequest, match="no database yet"):
        await place.care.check()


async def test_a_locked_file_is_said_to_be_locked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.2)
    await place.set_up("first")
    await place.care.copy_in("predict", "job-1")
    with closing(sqlite3.connect(place.local)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadRequest, match=r"another program has held the file locked .*as it was"):
            await place.care.copy_back("predict", "job-1")
    assert tags_in(place.kept) == ["first"]
    assert place.strangers() == []


async def test_links_stay_links(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for path in (place.kept, place.local):
        real = tmp_path / "real" / path.parent.name / "file.db"
        real.parent.mkdir(parents=True)
        path.parent.mkdir()
        path.symlink_to(real)
    place.copies = tmp_path / "real" / "kept" / "copies"
    await place.set_up("first")
    await place.predict("second")
    assert place.kept.is_symlink()
    assert place.local.is_symlink()
    assert tags_in(tmp_path / "real" / "kept" / "file.db") == ["first", "second"]
    assert tags_in(place.copies / f"{(await place.copy_ids())[0]}.db") == ["first"]


async def test_one_file_for_both_is_copied_before_each_writing_job(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    care = Care(path, path, 10, _clock())
    await care.copy_in("setup_db", "job-0")
    build(path)
    await care.discard("job-0")
    assert not path.exists()
    await care.copy_in("setup_db", "job-1")
    build(path, tags=["first"])
    await care.copy_back("setup_db", "job-1")
    await care.copy_in("check_data", "job-3", writes=False)
    for _ in range(2):  # a second job from the same state needs no second copy
        await care.copy_in("predict", "job-2")
    predict(path, "second", 24)
    await care.copy_back("predict", "job-2")
    overview = await care.overview(False)
    assert [copy.made_before for copy in overview.copies] == ["predict"]
    assert overview.state.integrity == "ok"
    await care.restore(overview.copies[0].id)
    assert tags_in(path) == ["first"]


async def test_journals_beside_the_files_are_never_played_into_another_file(place: Place) -> None:
    await place.set_up("first")
    await place.predict("second")
    # A job killed in the middle of a write leaves a journal that belongs to the file it wrote.
    script = (
        "import os,sqlite3,sys; db=sqlite3.connect(sys.argv[1]); db.execute('PRAGMA cache_size=1');"
        "db.execute('DELETE FROM player_prediction'); db.execute('DELETE FROM player_attributes'); os._exit(9)"
    )
    for path in (place.local, place.kept):
        await (await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path))).wait()
        assert path.with_name("data.db-journal").exists()
    await place.care.copy_in("predict", "job-3")
    assert tags_in(place.local) == tags_in(place.kept) == ["first", "second"]
    predict(place.local, "third", 24)
    await place.care.copy_back("predict", "job-3")
    assert tags_in(place.kept) == ["first", "second", "third"]
    assert place.strangers() == []


async def test_a_file_in_wal_mode_becomes_one_plain_file(place: Place) -> None:
    build(place.local)
    with closing(sqlite3.connect(place.local)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        predict(place.local, "in the wal", 24)
        await place.care.copy_in("predict", "job-1")
    assert tags_in(place.kept) == ["in the wal"]
    assert place.strangers() == []


async def test_what_lies_in_a_wal_beside_the_kept_file_is_in_its_copy(place: Place) -> None:
    """Somebody looked into it with another program, wrote something, and was killed."""
    await place.set_up("first")
    script = (
        "import os,sqlite3,sys; db=sqlite3.connect(sys.argv[1]); db.execute('PRAGMA journal_mode=WAL');"
        "db.execute('PRAGMA wal_autocheckpoint=0'); db.execute('UPDATE player_prediction SET tag=?', ('by hand',));"
        "db.commit(); os._exit(9)"
    )
    await (await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(place.kept))).wait()
    assert place.kept.with_name("data.db-wal").stat().st_size > 0
    place.local.unlink()
    build(place.local, tags=["second"])
    await place.care.copy_back("predict", "job-0")
    assert tags_in(place.kept) == ["second"]
    (copy,) = await place.copy_ids()
    assert tags_in(place.copies / f"{copy}.db") == ["by hand"]


def _in_child(work: Callable[[], Awaitable[None]], prepare: Callable[[], None]) -> int:
    """Runs it in a process of its own; the wait status. 0: done, 3: refused in words, 4: anything else."""
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    code = 4
    try:
        prepare()
        asyncio.new_event_loop().run_until_complete(work())
        code = 0
    except AppError as error:
        sys.stderr.write(error.detail + "\n")
        code = 3
    finally:
        os._exit(code)


def _dies_at(step: int) -> Callable[[], None]:
    """SIGKILL at the n-th file operation: opened, renamed, linked, removed, or a database opened."""
    left = [step]

    def count(event: str, _: object) -> None:
        if event in ("open", "os.rename", "os.link", "os.remove", "os.mkdir", "sqlite3.connect"):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), 9)

    return lambda: sys.addaudithook(count)


def _steps(work: Callable[[], Awaitable[None]]) -> Iterator[int]:
    """Kills it at every step in turn, until it gets through."""
    for step in range(1, 400):
        status = _in_child(work, _dies_at(step))
        yield step
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return
    raise AssertionError("it never got through")


def test_killed_at_any_step_of_copying_back_the_kept_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    asyncio.run(place.set_up("old"))
    seen = set()
    work = lambda: place.care.copy_back("predict", "job-1")  # noqa: E731
    asyncio.run(place.care.copy_in("predict", "job-1"))
    predict(place.local, "new", 24)
    for step in _steps(work):
        tags = tags_in(place.kept)
        assert tags in (["old"], ["old", "new"]), step
        seen.add(tuple(tags))
        for copy_id in asyncio.run(place.copy_ids()):
            assert tags_in(place.copies / f"{copy_id}.db") in (["old"], ["old", "new"])
        if tags == ["old", "new"]:
            # What the next console does, and then all over again from the old state.
            asyncio.run(place.care.copy_back("predict", "job-1"))
            assert place.strangers() == []
            ids = asyncio.run(place.copy_ids())
            assert [tags_in(place.copies / f"{copy_id}.db") for copy_id in ids][:1] == [["old"]]
            asyncio.run(place.care.restore(ids[0]))
            assert tags_in(place.kept) == ["old"]
    assert step > 15
    assert seen == {("old",), ("old", "new")}


def test_a_save_that_was_killed_after_its_copy_leaves_no_second_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    asyncio.run(place.set_up("old"))
    asyncio.run(place.care.copy_in("predict", "job-1"))
    predict(place.local, "new", 24)

    async def work() -> None:
        await place.care.copy_back("predict", "job-1")

    assert any(tags_in(place.kept) == ["old"] and asyncio.run(place.copy_ids()) for _ in _steps(work))
    asyncio.run(work())
    assert tags_in(place.kept) == ["old", "new"]
    assert len(asyncio.run(place.copy_ids())) == 1


def test_killed_at_any_step_of_copying_in_or_restoring_nothing_is_lost(tmp_path: Path) -> None:
    place = Place(tmp_path)
    asyncio.run(place.set_up("old"))
    asyncio.run(place.predict("new"))
    oldest = asyncio.run(place.copy_ids())[-1]
    for _ in _steps(lambda: place.care.copy_in("predict", "job-1")):
        assert tags_in(place.kept) == ["old", "new"]
    asyncio.run(place.care.copy_in("predict", "job-1"))
    assert tags_in(place.local) == ["old", "new"]
    for _ in _steps(lambda: place.care.restore(oldest)):
        tags = tags_in(place.kept)
        states = [tags, *(tags_in(place.copies / f"{copy_id}.db") for copy_id in asyncio.run(place.copy_ids()))]
        assert ["old", "new"] in states
        assert ["old"] in states
    assert tags_in(place.kept) == ["old"]


def test_killed_at_any_step_of_the_adoption_an_old_database_survives(tmp_path: Path) -> None:
    place = Place(tmp_path)
    build(place.local, tags=["old"])
    for _ in _steps(lambda: place.care.copy_in("predict", "job-1")):
        assert tags_in(place.kept if place.kept.exists() else place.local) == ["old"]
    assert tags_in(place.kept) == ["old"]


def test_a_full_disk_is_said_and_the_kept_file_stays(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = Place(tmp_path)
    asyncio.run(place.set_up("old"))
    asyncio.run(place.care.copy_in("predict", "job-1"))
    for number in range(20):
        predict(place.local, f"new{number}", 24)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (place.kept.stat().st_size, place.kept.stat().st_size))

    status = _in_child(lambda: place.care.copy_back("predict", "job-1"), limit)
    assert os.WEXITSTATUS(status) == 3
    assert "the disk is full" in capfd.readouterr().err
    assert tags_in(place.kept) == ["old"]
    assert place.strangers() == []


def test_a_folder_that_may_not_be_written_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    # Not pytest's folder, which lies in one that only its owner may enter: root becomes nobody here.
    with tempfile.TemporaryDirectory(prefix="care-") as name:
        place = Place(Path(name))
        asyncio.run(place.set_up("old"))
        asyncio.run(place.care.copy_in("predict", "job-1"))
        predict(place.local, "new", 24)
        for path in (Path(name), place.local.parent, place.local, place.kept):
            path.chmod(0o777)
        place.kept.parent.chmod(0o555)
        nobody = (lambda: os.setuid(65534)) if os.geteuid() == 0 else (lambda: None)
        status = _in_child(lambda: place.care.copy_back("predict", "job-1"), nobody)
        place.kept.parent.chmod(0o700)
        assert os.WEXITSTATUS(status) == 3
        said = capfd.readouterr().err
        assert "may not be read or written by the console" in said
        assert "The kept database is as it was." in said
        assert tags_in(place.kept) == ["old"]


async def test_it_is_on_disk_before_it_is_in_its_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut can't be tried here; the order of what the kernel is asked for can be seen."""
    await place.set_up("first")
    await place.care.copy_in("predict", "job-1")
    predict(place.local, "second", 24)
    synced: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real_fsync(handle)

    def replace(source: str, target: str) -> None:
        if str(target) == str(place.kept):
            assert str(source) in synced
            synced.append("replaced")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    await place.care.copy_back("predict", "job-1")
    at = synced.index("replaced")
    assert synced[at + 1] == str(place.kept.parent)
    assert str(place.copies) in synced[:at]
