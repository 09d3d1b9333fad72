"""The two files of AIrsenal's database, and the copies of earlier states. All of it blocks; one call at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from backend.errors import AppError, BadRequest, NotFound
from backend.fpl import whole_files as files
from backend.fpl.copies import Copies, Facts, Stored
from backend.fpl.database import check_integrity, read_state
from backend.fpl.kept_facts import Work, facts_of, note_work, remember, work_on
from backend.fpl.losses import losses
from backend.fpl.season import season_of
from backend.models.airsenal import DatabaseState, KeptCopy, RestorePreview
from backend.utils.clock import Clock

log = structlog.get_logger(__name__)

RESTORE = "restore"
# Those after which prices, injuries and results are as new as can be.
_UPDATING = {"setup_db", "update_db", "pipeline"}
_UNTOUCHED = "The kept database is as it was."
_NOTHING_STARTED = "The job was not started, and the kept database is as it was."
_START_CLEAN = 'run "Build the database" with "Start clean"'


class KeptDatabase:
    """`kept` is the one that counts; `local` is what a job works on. One writer at a time: AIrsenal's lane.

    Nothing changes the kept file in place: it is replaced, whole and checked, after a job that succeeded. Both paths
    may be the same file: then there is a check and a copy before each writing job, and a failed job's traces stay.
    """

    def __init__(
        self, kept: Path, local: Path, keep: int, now: Clock, data_dir: Path | None, title: Callable[[str], str]
    ) -> None:
        self.kept, self.local, self._keep, self._now = kept, local, keep, now
        self._data_dir, self._title = data_dir, title

    def _paths(self) -> tuple[Path, Path]:
        return files.real(self.kept), files.real(self.local)

    def _copies(self) -> Copies:
        return Copies(files.real(self.kept).parent / "copies", self._keep)

    def copy_in(self, command: str, job_id: str | None, writes: bool, start_clean: bool) -> None:
        kept, local = self._paths()
        with files.in_words("Making AIrsenal's database ready for the job", _NOTHING_STARTED):
            for folder in (kept.parent, local.parent):
                files.make_folder(folder)
                files.drop_leftovers(folder)
            if not kept.exists() or kept == local:
                self._adopt(kept, local, start_clean)
            fresh = not kept.exists()
            if kept == local and writes and not fresh:
                self._copy_in_place(kept, command, job_id)
            elif kept != local and not fresh:
                fresh = self._copy_from_kept(kept, local, start_clean)
            note_work(local, Work(job_id=job_id, fresh=fresh))

    def _adopt(self, kept: Path, local: Path, start_clean: bool) -> None:
        if work_on(local).fresh or (local.exists() and local.stat().st_size == 0):
            files.remove(local)
        if not local.exists():
            return
        new, problem = _checked_copy(local, kept.parent)
        if new is None and start_clean:
            local.replace(local.with_name(local.name + ".damaged"))
            files.drop_sidecars(local)
        elif new is None:
            raise BadRequest(
                f"AIrsenal's database {local} is damaged: {problem} The job was not started. Put a whole file in its "
                f"place, or {_START_CLEAN}: the damaged one is then set aside."
            )
        elif kept == local:
            files.drop(new)
        else:
            files.put_in_place(new, kept)
            self._remember(kept, Facts(integrity="ok", checked_at=self._now()))
            log.info("AIrsenal's database of an earlier console is kept from now on", path=str(kept))

    def adopt(self) -> None:
        kept, local = self._paths()
        if kept == local or kept.exists() or not local.exists():
            return
        try:
            with files.in_words("Keeping AIrsenal's database of an earlier console", ""):
                files.make_folder(kept.parent)
                self._adopt(kept, local, start_clean=False)
        except AppError as error:
            log.error("AIrsenal's database cannot be kept", detail=error.detail)

    def _copy_from_kept(self, kept: Path, local: Path, start_clean: bool) -> bool:
        """Whether there is nothing to work on now, since the kept one is damaged and the job starts clean."""
        new, problem = _checked_copy(kept, local.parent)
        if new is not None:
            files.put_in_place(new, local)
        elif start_clean:
            files.remove(local)
        else:
            raise BadRequest(
                f"AIrsenal's kept database {kept} is damaged: {problem} The job was not started. Restore a copy of it "
                f"on the page of the database, or {_START_CLEAN}."
            )
        return new is None

    def _copy_in_place(self, kept: Path, command: str, job_id: str | None) -> None:
        copies = self._copies()
        files.make_folder(copies.folder)
        copies.drop_unfinished(kept)
        new = files.copy_database(kept, copies.folder)
        try:
            newest = next(iter(copies.all()), None)
            if newest is None or not files.same_content(new, copies.path(newest.shown.id)):
                copies.add(new, self._described(new, facts_of(kept), command or "unknown", job_id))
        finally:
            files.drop(new)
        copies.prune()

    def copy_back(self, command: str, job_id: str) -> None:
        kept, local = self._paths()
        with files.in_words("Keeping the database that the job left", _UNTOUCHED):
            if not local.exists():
                raise BadRequest(f"The job left no database at {local}. {_UNTOUCHED}")
            if work_on(local).job_id not in (None, job_id):
                raise BadRequest(f"Another job works on the database by now. {_UNTOUCHED}")
            files.make_folder(kept.parent)
            for folder in (kept.parent, local.parent):
                files.drop_leftovers(folder)
            self._copies().drop_unfinished(kept)
            new, problem = _checked_copy(local, kept.parent)
            if new is None:
                raise BadRequest(f"The database that the job left is damaged: {problem} {_UNTOUCHED}")
            before = facts_of(kept)
            now = self._now()
            facts = Facts(
                job_id=job_id, updated_at=now if command in _UPDATING else before.updated_at, integrity="ok",
                checked_at=now,
            )  # fmt: skip
            if kept == local:
                files.drop(new)
                self._remember(kept, facts)
            else:
                self._replace(kept, new, facts, command, job_id)
            if work_on(local).fresh:
                note_work(local, Work(job_id=job_id))

    def _replace(self, kept: Path, new: Path, facts: Facts, made_before: str, job_id: str | None) -> None:
        copies = self._copies()
        try:
            if kept.exists() and files.same_content(new, kept):
                files.drop(new)
            else:
                if kept.exists():
                    files.settle(kept)
                    copies.add(kept, self._described(kept, facts_of(kept), made_before, job_id))
                files.put_in_place(new, kept)
        except BaseException:
            files.drop(new)
            raise
        self._remember(kept, facts)
        # The new state is kept already: what fails from here on is tidied up the next time.
        with suppress(OSError):
            copies.prune()

    def _described(self, path: Path, facts: Facts, made_before: str, job_id: str | None) -> Stored:
        state, made_at = read_state(path), self._now()
        shown = KeptCopy(
            id=self._copies().new_id(made_at, made_before), made_at=made_at, bytes=path.stat().st_size,
            made_before=made_before, job_id=job_id, season=state.season, next_gameweek=state.next_gameweek,
            predictions=state.predictions,
            integrity="damaged" if state.integrity == "damaged" else facts.integrity,
        )  # fmt: skip
        return Stored(shown=shown, facts=facts)

    @staticmethod
    def _remember(kept: Path, facts: Facts) -> None:
        try:
            remember(kept, facts)
        except OSError as error:
            # Only the look of a page depends on it.
            log.warning("what is known of AIrsenal's database cannot be noted", error=str(error))

    def discard(self, job_id: str) -> None:
        _, local = self._paths()
        with files.in_words("Removing the half-built database", ""):
            if work_on(local) == Work(job_id=job_id, fresh=True):
                files.remove(local)

    def look(self) -> tuple[DatabaseState, list[Stored]]:
        kept, local = self._paths()
        path = kept
        with suppress(PermissionError):  # a folder that may not be read is a state to show
            if not kept.exists() and local.exists() and not work_on(local).fresh:
                path = local  # of an earlier console, kept before the next job
        state, facts = read_state(path), facts_of(path)
        known: dict[str, object] = {"path": self._shown(path), "updated_at": facts.updated_at}
        if facts.integrity != "unknown":
            known |= {
                "integrity": facts.integrity, "integrity_detail": facts.integrity_detail,
                "checked_at": facts.checked_at,
            }  # fmt: skip
        if state.season:
            known["season_is_current"] = state.season == season_of(self._now())
        return state.model_copy(update=known), self._copies().all()

    def _shown(self, path: Path) -> str:
        with suppress(ValueError):
            if self._data_dir is not None:
                return f"DATA_DIR/{path.relative_to(files.real(self._data_dir))}"
        return str(path)

    def _find(self, copy_id: str) -> tuple[Stored, Path]:
        copies = self._copies()
        if stored := copies.find(copy_id):
            return stored, copies.path(copy_id)
        raise NotFound("There is no such copy any more. Read the list again.")

    def preview(self, copy_id: str) -> RestorePreview:
        stored, path = self._find(copy_id)
        kept = files.real(self.kept)
        lost: list[str] = []
        try:
            if kept.exists() and not files.same_content(kept, path):
                lost = self._lost(kept, path, stored)
        except (OSError, sqlite3.Error) as error:
            lost = [f"The present database cannot be compared with the copy ({error}): all that is only in it."]
        return RestorePreview(copy=stored.shown, lost=lost)

    def _lost(self, kept: Path, path: Path, stored: Stored) -> list[str]:
        lost = losses(kept, path)
        copies = self._copies().all()
        since = [other.shown.made_before for other in copies if other.shown.made_at >= stored.shown.made_at]
        names = ["a restore" if name == RESTORE else self._title(name) for name in dict.fromkeys(reversed(since))]
        lost.append(f"Whatever else was changed since by: {', '.join(names)}.")
        now, then = (f"{file.stat().st_size / 1e6:.1f} MB" for file in (kept, path))
        if now != then:
            lost.append(f"The database goes from {now} to {then}.")
        return lost

    def restore(self, copy_id: str) -> None:
        kept = files.real(self.kept)
        with files.in_words("Restoring the copy", _UNTOUCHED):
            files.make_folder(kept.parent)
            files.drop_leftovers(kept.parent)
            self._copies().drop_unfinished(kept)
            stored, path = self._find(copy_id)
            new, problem = _checked_copy(path, kept.parent)
            if new is None:
                raise BadRequest(f"This copy is damaged: {problem} {_UNTOUCHED} Choose another one.")
            facts = stored.facts.model_copy(update={"integrity": "ok", "checked_at": self._now()})
            self._replace(kept, new, facts, RESTORE, None)

    def check(self) -> None:
        kept = files.real(self.kept)
        if not kept.exists():
            raise BadRequest('There is no database yet. Run "Build the database" first.')
        with files.in_words("Checking the database", _UNTOUCHED):
            problem = check_integrity(kept)
            found = {
                "integrity": "damaged" if problem else "ok", "integrity_detail": problem, "checked_at": self._now(),
            }  # fmt: skip
            self._remember(kept, facts_of(kept).model_copy(update=found))


def _checked_copy(source: Path, folder: Path) -> tuple[Path | None, str]:
    """A whole copy, or none and a sentence that says what is wrong with the source."""
    try:
        new = files.copy_database(source, folder)
    except sqlite3.DatabaseError as error:
        if files.is_damaged(error):
            return None, f"SQLite cannot read it: {error}."
        raise
    try:
        problem = check_integrity(new)
    except BaseException:
        files.drop(new)
        raise
    if problem is None:
        return new, ""
    files.drop(new)
    return None, problem if problem.endswith(".") else f"{problem}."
