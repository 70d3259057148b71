"""The whole way on PostgreSQL as a person goes it: every command, a kill, several ingests at once, what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.batch.conftest import SAMPLES, Command
from tests.servers import Server

FAST = ("-q", "--reading", "fast", "-j", "1")
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """A database with nothing in it."""
    made = server.empty()
    yield made
    server.drop(made)


def export(declass: Command, folder: Path, *where: str) -> Tables:
    declass("export", folder, *where)
    return {p.stem: [json.loads(line) for line in p.read_text("utf-8").splitlines()] for p in folder.glob("*.jsonl")}


def known(tables: Tables) -> dict[str, Any]:
    """What an archive knows, without what is of its runs and of the order in which twins came."""
    of_run = {"run_id", "ingested_at", "batch", "readers"}
    of_twins = {"file_name", "source_path", "citation", "source_note"}  # a citation names the file that came first
    names = ("documents", "pages", "markings", "stamps", "redactions", "mentions", "recommendations", "events", "segments",
             "entities")  # fmt: skip
    return {n: [{k: v for k, v in row.items() if k not in of_run | of_twins} for row in tables[n]] for n in names}


def test_every_command_works_on_a_server(
    url: str, declass: Command, box: Callable[..., Path], tmp_path: Path
) -> None:
    folder = box("state-cable.png", "transcript-conversation.txt")
    on = ("--database", url)
    declass("ingest", folder, *FAST, *on, "--batch", "box 12")
    declass("ingest", folder, *FAST, *on, codes=(6,))
    assert "box 12" in declass("status", *on).stdout
    hits = declass("search", "the OR a OR of", "--json", *on).stdout
    assert {json.loads(line)["file_name"] for line in hits.splitlines()} >= {"transcript-conversation.txt"}
    shown = json.loads(declass("show", "state-cable.png", "--json", *on).stdout)
    assert shown["document"]["batch"] == "box 12"
    finding = shown["markings"][0]["finding_id"]
    assert finding in declass("explain", finding, "--json", *on).stdout
    declass("stamps", *on)
    assert "ok" in declass("verify", "--json", *on).stdout
    assert "PostgreSQL" in declass("doctor", *on, codes=(0, 3)).stdout
    tables = export(declass, tmp_path / "out", *on)
    declass("ingest", folder, *FAST)
    assert known(export(declass, tmp_path / "sqlite")) == known(tables)
    declass("remove", "state-cable.png", "--yes", *on)
    declass("ingest", folder, *FAST, *on)
    assert known(export(declass, tmp_path / "again", *on)) == known(tables)


def started(url: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline", "ingest", str(folder), *FAST]
    return subprocess.Popen(command, env={**os.environ, "DECLASS_DATABASE": url}, stderr=subprocess.PIPE)


def begun(url: str) -> int:
    try:
        with psycopg.connect(url) as conn:
            return int(conn.execute("SELECT count(*) FROM work WHERE state <> 'queued'").fetchall()[0][0])
    except psycopg.errors.UndefinedTable:
        return 0


def test_several_ingests_at_once_lose_nothing_and_double_nothing(
    url: str, declass: Command, box: Callable[..., Path], tmp_path: Path
) -> None:
    """Two folders share a file of the same bytes and overlap in one; a third run is killed amid them."""
    folder = box("state-cable.png", "transcript-conversation.txt", "transcript-ice-watch.md")
    other = tmp_path / "other"
    other.mkdir()
    for name in ("state-cable.png", "transcript-conversation.txt", "born-digital-message.pdf"):
        (other / f"copy of {name}").write_bytes((SAMPLES / name).read_bytes())
    runs = [started(url, folder), started(url, other), started(url, tmp_path)]
    for _ in range(1200):
        time.sleep(0.05)
        if begun(url):
            break
    runs[2].send_signal(signal.SIGKILL)
    ends = [run.communicate(timeout=120) for run in runs]
    assert {run.returncode for run in runs[:2]} <= {0, 6}, ends  # 6: the others were first everywhere
    assert runs[2].returncode in (-9, 0, 6), ends  # it may have ended before the blow
    declass("ingest", folder, other, *FAST, "--database", url, codes=(0, 6))  # what the killed one had taken
    tables = export(declass, tmp_path / "server", "--database", url)
    declass("ingest", folder, other, *FAST)
    assert known(tables) == known(export(declass, tmp_path / "sqlite"))
    assert len(tables["documents"]) == 4
    assert {r["outcome"] for r in tables["runs"]} <= {"done", "interrupted"}
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT count(*) FROM paths").fetchall() == [(6,)]
        assert conn.execute("SELECT count(*) FROM work WHERE state <> 'done'").fetchall() == [(0,)]


def test_who_cannot_be_let_in_is_told_so_and_no_password_is_shown(server: Server, declass: Command) -> None:
    server.ask("CREATE ROLE reader LOGIN PASSWORD 'Sesam'")
    rules = server.folder / "pg_hba.conf"
    rules.write_text(f"local all reader scram-sha-256\n{rules.read_text()}")
    server.ask("SELECT pg_reload_conf()")
    time.sleep(0.2)
    there = server.url("postgres", "reader")
    for wrong in (there.replace("reader@", "reader:Geh%40eim@"), f"{there}&password=Geheim"):
        done = declass("status", "--database", wrong, codes=(9,))
        assert "wrong user or password" in done.stderr
        assert "eheim" not in done.stderr and "Geh" not in done.stderr
    let_in = there.replace("reader@", "reader:Sesam@")
    assert "there is no archive" in declass("status", "--database", let_in, codes=(9,)).stderr
    done = declass("ingest", SAMPLES / "transcript-conversation.txt", *FAST, "--database", let_in, codes=(5,))
    assert "does not allow that" in done.stderr
    assert "Sesam" not in done.stderr


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        ("postgresql://postgres@/postgres?host=/no/such/place", 5, "cannot be reached"),
        ("postgresql://postgres:Geheim@127.0.0.1:1/postgres", 5, "cannot be reached"),
        ("postgresql://postgres:Geheim@host:port/name", 9, "not usable"),
        ("mysql://root:Geheim@host/name", 9, "not usable"),
    ],
)
def test_a_server_that_is_not_there_is_named(declass: Command, made: str, code: int, said: str) -> None:
    done = declass("status", "--database", made, codes=(code,))
    assert said in done.stderr and "Geheim" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_or_newer_is_named(server: Server, url: str, declass: Command) -> None:
    assert "does not exist" in declass("status", "--database", server.url("nowhere"), codes=(9,)).stderr
    declass("ingest", SAMPLES / "transcript-conversation.txt", *FAST, "--database", url)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer declass" in declass("search", "ice", "--database", url, codes=(9,)).stderr


def test_a_password_is_never_kept(server: Server, url: str, declass: Command, tmp_path: Path) -> None:
    secret = url.replace("postgres@", "postgres:Geheim@")
    declass("ingest", SAMPLES / "transcript-conversation.txt", *FAST, "--database", secret)
    tables = export(declass, tmp_path / "out", "--database", secret)
    [run] = tables["runs"]
    assert ":***@" in run["command"] and ":***@" in json.dumps(run["settings"])
    assert not [p for p in (tmp_path / "out").iterdir() if b"Geheim" in p.read_bytes()]
    assert "Geheim" not in declass("doctor", "--database", secret, codes=(0, 3)).stdout
