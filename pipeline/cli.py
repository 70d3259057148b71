"""The command `declass`: the group of its commands, and what an error becomes. The commands are in `commands/`."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from pipeline import __version__
from pipeline.commands.bag import bag
from pipeline.commands.census import census
from pipeline.commands.cite import cite
from pipeline.commands.compare import compare
from pipeline.commands.copy import copy
from pipeline.commands.correct import correct
from pipeline.commands.entities import entities
from pipeline.commands.export import export
from pipeline.commands.find import explain, search, show
from pipeline.commands.ingest import ingest
from pipeline.commands.keep import history, remove, verify
from pipeline.commands.look import doctor, stamps, status
from pipeline.commands.ocr import ocr
from pipeline.commands.relations import relations
from pipeline.commands.report import report
from pipeline.errors import DeclassError, Exit

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="declass", message="%(prog)s %(version)s")
def cli() -> None:
    """Scanned, declassified memos become an archive that can be searched, studied and trusted.

    \b
    declass ingest BOX12/             take in a folder of scans
    declass status --failed           what could not be read, and why
    declass search '"Bay of Pigs"'    find pages
    declass export CSV --format csv   tables for a study
    """


COMMANDS = (
    ingest, status, search, show, explain, stamps, census, entities, relations, compare, correct, report, export, cite, bag,
    remove, verify, history, copy, ocr, doctor,
)  # fmt: skip
for command in COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; every error becomes one message with advice, and its exit code."""
    told = logging.getLogger("declass")  # what work in the store says of itself when it takes long
    told.setLevel(logging.INFO)
    told.addHandler(handler := logging.StreamHandler())
    handler.setFormatter(logging.Formatter("declass: %(message)s"))
    try:
        cli.main(args=None if arguments is None else list(arguments), prog_name="declass", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.Abort:
        sys.exit(Exit.INTERRUPTED)
    except click.UsageError as error:
        error.show()
        sys.exit(Exit.ARGUMENTS)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.ARGUMENTS)
    except DeclassError as error:
        click.echo(f"declass: {error}", err=True)
        if error.advice:
            click.echo(error.advice, err=True)
        sys.exit(error.exit)
    except KeyboardInterrupt:
        click.echo("declass: interrupted; run the same command again to go on.", err=True)
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.OK)
    sys.exit(Exit.OK)


