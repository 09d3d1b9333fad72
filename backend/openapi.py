"""`python -m backend.openapi`: the OpenAPI document on stdout, for `frontend/openapi.json` and its generated types."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cryptography.fernet import Fernet

from backend.config.keys import Keys
from backend.config.settings import Settings
from backend.server import create_app, openapi_schema


def document() -> str:
    settings = Settings.model_construct(
        **{name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    )
    app = create_app(settings, Keys("-" * 32, (Fernet.generate_key().decode(),)), "mongodb://unused")
    return json.dumps(openapi_schema(app), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(document(), encoding="utf-8")
    else:
        sys.stdout.write(document())
