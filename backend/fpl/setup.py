"""How far AIrsenal is set up, and the way on."""

from __future__ import annotations

from backend.models.airsenal import AirsenalStatus


class Setup:
    async def status(self) -> AirsenalStatus:
        raise NotImplementedError
