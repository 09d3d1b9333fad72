"""Write-only secrets."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from backend.api.dependencies import Admin, RecentAdmin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.api import SecretIn, SecretSaved
from backend.models.secrets import SecretInfo

router = Router(prefix="/api/secrets", tags=["secrets"])


@router.get("", summary="List secrets", responses=errors(401))
async def list_secrets(_: Admin, services: ServicesDep) -> list[SecretInfo]:
    """Names and states. No call ever returns a value."""
    return await services.vault.infos()


@router.post("", summary="Create or replace a secret", responses=errors(400, 401, 403, 409, 422))
async def save_secret(body: SecretIn, _: RecentAdmin, services: ServicesDep) -> SecretSaved:
    await services.vault.put(body.key, body.value)
    services.events.changed("secrets")
    return SecretSaved(key=body.key)


@router.delete("/{key}", summary="Delete a secret", responses=errors(401, 403, 404, 409, 422))
async def delete_secret(
    key: Annotated[str, Path(max_length=200)], _: RecentAdmin, services: ServicesDep
) -> SecretSaved:  # fmt: skip
    """It cannot be brought back. Jobs that need it are refused from then on."""
    await services.vault.delete(key)
    services.events.changed("secrets")
    return SecretSaved(key=key)
