"""A stamp is a small file that says from what something was made; written last, so a half-made thing has none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def digest(parts: Iterable[tuple[str, bytes]]) -> str:
    """One hash over names and contents, in the order given."""
    total = hashlib.sha256()
    for name, content in parts:
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def write(path: Path, text: str) -> None:
    """Atomic: a reader sees the old stamp or the new one, a crash leaves the old one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="ascii")
    draft.replace(path)
