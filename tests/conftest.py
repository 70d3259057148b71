"""Options of the whole suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from pipeline.settings import Settings
from tests.servers import Server, running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="Write the golden documents anew; look at the diff.")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--regenerate") and os.environ.get("CI"):
        raise pytest.UsageError("--regenerate is refused in CI: a golden document is judged by a person")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, started when a test first asks for it."""
    with running() as made:
        yield made


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kinds of database that an archive can be kept in: a test that asks for a place runs on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def places(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Settings]:
    """Gives places for archives: folders that are not there yet, or databases with the tables of an empty archive."""

    def place() -> Settings:
        folder = tmp_path_factory.mktemp("place") / "A"
        if kind == "sqlite":
            return Settings(archive=folder)
        return Settings(archive=folder, database=request.getfixturevalue("server").archive())

    return place


@pytest.fixture
def place(kind: str, places: Callable[[], Settings], request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A place for an archive, cleared away after the test."""
    server: Server | None = request.getfixturevalue("server") if kind == "postgresql" else None
    made = places()
    yield made
    if server and made.database:
        server.drop(made.database)
