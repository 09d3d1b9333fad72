"""How full the disk is, and which parts of the data folder take the space."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

LOW = 1024**3


def human(size: float) -> str:
    """1536 -> '1.5 KiB'."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def size_of(folder: Path) -> int:
    """Bytes on disk below a folder. Links are not followed; what vanishes meanwhile counts nothing."""
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                status = os.lstat(f"{path}/{name}")
            except OSError:
                continue
            total += status.st_blocks * 512
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    data: Path = parser.parse_args().data_dir
    try:
        usage = shutil.disk_usage(data)
        entries = sorted(data.iterdir())
    except OSError as error:
        print(f"The data folder {data} cannot be read: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Disk of {data}")
    print(f"  total {human(usage.total):>12}")
    print(f"  used  {human(usage.used):>12}  ({100 * usage.used / usage.total:.0f} %)")
    print(f"  free  {human(usage.free):>12}")
    print("\nData folder")
    parts = [(size_of(entry) if entry.is_dir() else entry.lstat().st_size, entry.name) for entry in entries]
    for size, name in sorted(parts, reverse=True):
        print(f"  {human(size):>12}  {name}")
    print(f"  {human(sum(size for size, _ in parts)):>12}  in all")
    if usage.free < LOW:
        print(f"\nLess than {human(LOW)} is free: jobs and the database may soon fail.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
