"""What every module of routes makes its router with."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from fastapi.routing import APIRoute


def _operation_id(route: APIRoute) -> str:
    return route.name


Router = partial(APIRouter, generate_unique_id_function=_operation_id)
"""Names its operations like their functions: these are the names of the pages' generated types."""
