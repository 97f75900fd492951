"""A PostgreSQL server for tests, in a folder of its own, which is gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

USER = "postgres"
"""Whom the server runs as where the tests run as root, which it refuses."""

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "16MB",
}


def find_binaries() -> Path:
    """Return the folder with the server's programs, or skip the test."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found is not None:
        return Path(found).parent
    if not folders:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return folders[0]


def as_server() -> list[str]:
    """Return what a command starts with that the server's user is to run."""
    if os.geteuid() != 0:
        return []
    known = Path("/etc/passwd").read_text().splitlines()
    if not any(line.startswith(f"{USER}:") for line in known):
        pytest.skip(f"PostgreSQL does not run as root, and there is no user {USER!r}")
    runuser = shutil.which("runuser")
    if runuser is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    return [runuser, "-u", USER, "--"]


@contextmanager
def postgres_server() -> Generator[str]:
    """Yield the URL of a server's databases, with a ``{}`` for the database."""
    programs, prefix = find_binaries(), as_server()
    with tempfile.TemporaryDirectory(prefix="fql-pg-") as name:
        folder = Path(name)
        if prefix:
            shutil.chown(folder, USER)
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [*prefix, str(programs / program), *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                timeout=60,
            )

        run("initdb", "-D", str(data), "-U", USER, "-A", "trust", "-N", "-E", "UTF8")
        options = " ".join(f"-c {key}='{value}'" for key, value in SETTINGS.items())
        where = f"{options} -k {folder}"
        run(
            "pg_ctl", "-D", str(data), "-w", "-o", where, "-l", f"{folder}/log", "start"
        )
        try:
            yield f"postgresql://{USER}@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
