"""Every route needs the admin or is on the written list; every operation is documented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute

from backend import openapi
from backend.api.dependencies import get_session
from backend.api.public import PUBLIC_ROUTES, SELF_AUTHENTICATING
from backend.config.keys import Keys
from backend.server import create_app
from backend.tests.conftest import test_settings as settings_for

PROJECT = Path(__file__).parents[3]
KEYS = Keys("x" * 40, ("Zm9vYmFyYmF6cXV1eGZvb2JhcmJhenF1dXhmb29iYXI=",))


def _app() -> FastAPI:
    return create_app(settings_for(Path("/nowhere")), KEYS, "mongodb://unused")


def _needs_admin(route: APIRoute) -> bool:
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        if dependant.call is get_session:
            return True
        waiting += dependant.dependencies
    return False


def _routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for route in app.router.routes:
        if isinstance(route, APIRoute):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route


def test_every_route_needs_the_admin_or_is_on_the_public_list() -> None:
    app = _app()
    seen = set()
    for method, route in _routes(app):
        public = (method, route.path) in PUBLIC_ROUTES
        assert _needs_admin(route) != public, f"{method} {route.path}"
        seen.add((method, route.path))
    assert seen >= PUBLIC_ROUTES, "the public list names routes that are not there"
    sockets = [route.path for route in app.router.routes if isinstance(route, APIWebSocketRoute)]
    assert set(sockets) == SELF_AUTHENTICATING


def test_no_route_is_left_to_be_built_when_the_first_request_comes() -> None:
    assert {type(route) for route in _app().router.routes} == {APIRoute, APIWebSocketRoute}


def test_every_operation_is_documented() -> None:
    for path, operations in json.loads(openapi.document())["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            assert operation.get("summary"), where
            good = operation["responses"]["200"]["content"]
            assert all(
                answer.get("schema") is not None or kind != "application/json" for kind, answer in good.items()
            ), where
            if operation["security"]:
                assert {"401", "429", "503"} <= set(operation["responses"]), where


def test_every_body_and_answer_has_an_example() -> None:
    document = json.loads(openapi.document())
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for body in [*bodies, *operation["responses"].values()]:
                schema = body.get("content", {}).get("application/json", {}).get("schema", {})
                name = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
                assert not name or "example" in schemas[name], f"{method} {path}: {name}"


def test_the_committed_openapi_document_is_the_present_one() -> None:
    """`python -m backend.openapi frontend/openapi.json` writes it, then `npm run api` the types."""
    committed = (PROJECT / "frontend" / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(openapi.document())
