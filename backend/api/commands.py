"""The catalogue of commands."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.commands.command import Command
from backend.models.api import ArgvPreview, ParametersIn
from backend.models.commands import CatalogueProblem, CommandInfo
from backend.services import Services

router = Router(prefix="/api/commands", tags=["commands"])
CommandId = Annotated[str, Path(max_length=100)]


def _info(command: Command, services: Services, stored: set[str]) -> CommandInfo:
    return command.info(services.builtins, stored, services.settings.max_job_retries)


@router.get("", summary="List commands", responses=errors(401))
async def list_commands(_: Admin, services: ServicesDep) -> list[CommandInfo]:
    """All that can be run, with what the form needs, which secrets are set, and why one cannot run now."""
    stored = await services.vault.names_set()
    return [_info(command, services, stored) for command in services.catalogue.all()]


@router.get("/problems", summary="Broken command files", responses=errors(401))
async def list_problems(_: Admin, services: ServicesDep) -> list[CatalogueProblem]:
    """What is wrong in the operator's own command files; their commands are off until it is mended."""
    return list(services.catalogue.problems)


@router.get("/{command_id}", summary="One command", responses=errors(401, 404, 422))
async def get_command(command_id: CommandId, _: Admin, services: ServicesDep) -> CommandInfo:
    return _info(services.catalogue.get(command_id), services, await services.vault.names_set())


@router.post("/{command_id}/preview", summary="What would be started", responses=errors(401, 403, 404, 422))
async def preview_command(
    command_id: CommandId, body: ParametersIn, _: Admin, services: ServicesDep
) -> ArgvPreview:  # fmt: skip
    """The exact argument list for these parameters. Secrets are never part of it."""
    return ArgvPreview(argv=services.jobs.preview(command_id, body.parameters))
