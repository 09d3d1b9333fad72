"""One real AIrsenal for all tests of a session: where it is installed, and the FPL API it is shown."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.tests.airsenal.box import AirsenalBox
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.hook import find_data_folder, install_hook


def new_data_folder(parent: Path) -> Path:
    """Empty; with AIRSENAL_TEST_DATA its `tools` is that folder's, so that the installation is kept between local runs.

    A link, since an environment has its own path in all its programs and cannot be moved.
    """
    data = parent / "data"
    if kept := os.environ.get("AIRSENAL_TEST_DATA"):
        box = AirsenalBox(Path(kept).absolute())
        done = box.run("airsenal_install")
        assert done.exit_code == 0, done.output
        data.mkdir(mode=0o700)
        (data / "tools").symlink_to(box.data_dir / "tools")
    return data


@contextmanager
def reserved_port() -> Iterator[int]:
    """A loopback port that nobody else gets. It can be listened on meanwhile, with SO_REUSEADDR as web servers do."""
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
        yield reservation.getsockname()[1]


@contextmanager
def shown_the_stand_in(box: AirsenalBox) -> Iterator[StandInFplApi]:
    """The stand-in at `box.api_url`, with the data that AIrsenal brings; installs it if it is not there."""
    done = box.run("airsenal_install")
    assert done.exit_code == 0, done.output
    port = int(box.api_url.removesuffix("/api").rsplit(":", 1)[-1])
    with StandInFplApi.of_season(find_data_folder(box.venv), port=port) as api:
        assert api.clock
        assert api.url == box.api_url
        install_hook(box.venv, api.clock, api.season)
        yield api
