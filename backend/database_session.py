"""The console's database for a command beside it: while the console runs, or when it is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import quote

from backend.config.settings import Settings
from backend.data_folder import DataFolder
from backend.database import Database, DatabaseError
from backend.embedded_mongo import EmbeddedMongo
from backend.errors import StartError
from backend.private_socket import PrivateSocket


class DatabaseLost(Exception):
    """It answered at first and then no more. What that means for the work is for the command to say."""


def no_answer(settings: Settings, error: DatabaseError) -> StartError:
    """The one place to look is another for a server of one's own than for the private one."""
    hint = "is MONGO_URL right?" if settings.mongo_url else "database/mongod.log in the data folder says why."
    return StartError(f"The database does not answer, or refuses us ({type(error).__name__}): {hint}")


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """The server of MONGO_URL, the private one of a running console, or one started for the moment.

    Raises StartError with what to do, and DatabaseLost out of the middle of the work.
    """
    if settings.mongo_url is not None:
        async with _connected(settings.mongo_url.get_secret_value(), settings) as database:
            yield database
        return
    socket = PrivateSocket(settings.data_dir / "database")
    socket.prepare()
    if socket.listener() is not None:
        async with _connected(f"mongodb://{quote(str(socket.file), safe='')}", settings) as database:
            yield database
        return
    # Nobody runs: the lock keeps a console from starting in the middle of it.
    folder = DataFolder.open(settings.data_dir)
    with closing(folder):
        mongo = EmbeddedMongo(folder.database)
        try:
            async with _connected(await mongo.start(), settings) as database:
                yield database
        finally:
            await mongo.stop()


@asynccontextmanager
async def _connected(url: str, settings: Settings) -> AsyncIterator[Database]:
    database = Database(url, settings.db_name)
    try:
        try:
            await database.ping()
        except DatabaseError as error:
            raise no_answer(settings, error) from None
        try:
            yield database
        except DatabaseError as error:
            raise DatabaseLost(f"the database no longer answers as it should ({type(error).__name__})") from None
    finally:
        database.close()
