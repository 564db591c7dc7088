"""The machine a benchmark ran on, in one line, so that figures are not compared across machines unawares."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def describe() -> str:
    """Name the processor, its cores and the Python version."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _processor() -> str:
    """Name of the processor; Linux keeps it in a file, `platform` often does not know it."""
    listing = Path("/proc/cpuinfo")
    if not listing.exists():
        return platform.processor() or platform.machine()
    for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()
