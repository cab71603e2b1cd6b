"""The command ``samtaler``: a few lines over a verb each. Commands load when they are called, so that help is fast."""

from __future__ import annotations

import importlib
import sys
from typing import cast

import click

from samtaler_kg.cli.frame import LANG, common, run, settle
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


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of telling."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"samtaler_kg.cli.{COMMANDS[cmd_name]}")
        return cast(click.Command, module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section(say("help.commands", LANG)):
            formatter.write_dl([(name, say(f"help.{name}.short", LANG)) for name in COMMANDS])


@click.group(cls=Commands, help=say("help.samtaler", LANG), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="samtaler", help=say("help.version", LANG))
@common
def samtaler(lang: str | None, base: str | None) -> None:
    """Set language and base for every command."""
    settle(lang, base)


def main() -> None:
    """Run the command line; the exit codes are those of ``samtaler --help``."""
    sys.exit(run(samtaler))


