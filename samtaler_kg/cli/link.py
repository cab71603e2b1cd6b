"""``samtaler link``: ties to other vocabularies and bases. Its commands load when they are called."""

from __future__ import annotations

import importlib
from typing import cast

import click

from samtaler_kg.cli.frame import LANG, common, settle
from samtaler_kg.words import say

#: Every command of the group and the module that holds it; its help stands under ``help.link-<command>``.
COMMANDS = {
    "candidates": "link_candidates",
    "accept": "link_accept",
    "mappings": "link_mappings",
    "foreign": "link_foreign",
}


class Links(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of telling."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, importlib.import_module(f"samtaler_kg.cli.{COMMANDS[cmd_name]}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section(say("help.commands", LANG)):
            formatter.write_dl([(name, say(f"help.link-{name}.short", LANG)) for name in COMMANDS])


@click.group("link", cls=Links, help=say("help.link.long", LANG))
@common
def command(lang: str | None, base: str | None) -> None:
    """Set language and base for every command of the group."""
    settle(lang, base)
