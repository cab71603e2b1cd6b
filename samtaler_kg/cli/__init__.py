"""The command ``samtaler``: a few lines over a verb each. Commands load when they are called, so that help is fast."""

from __future__ import annotations

import sys

import click

from samtaler_kg.cli.frame import LANG, Lazy, common, run, settle
from samtaler_kg.version import VERSION
from samtaler_kg.words import say

#: Every command and the module that holds it; its help stands under ``help.<command>`` in the text files.
COMMANDS = {
    "memo": "memo",
    "ask": "ask",
    "count": "count",
    "bounds": "bounds",
    "draw": "draw",
    "sparql": "sparql",
    "show": "show",
    "export": "export",
    "link": "link",
    "agreement": "agreement",
    "swim": "swim",
    "init": "init",
    "check": "check",
    "add": "add",
    "retract": "retract",
    "history": "history",
    "impact": "impact",
    "build": "build",
    "release": "release",
    "new": "new",
}


class Commands(Lazy):
    """Every command."""

    members = COMMANDS


@click.group(cls=Commands, help=say("help.samtaler", LANG), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="samtaler", help=say("help.version", LANG))
@common
def samtaler(lang: str | None, base: str | None) -> None:
    """Set language and base for every command."""
    settle(lang, base)


def main() -> None:
    """Run the command line; the exit codes are those of ``samtaler --help``."""
    sys.exit(run(samtaler))


