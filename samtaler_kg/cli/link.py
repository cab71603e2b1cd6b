"""``samtaler link``: ties to other vocabularies and bases. Its commands load when they are called."""

from __future__ import annotations

import click

from samtaler_kg.cli.frame import LANG, Lazy, common, settle
from samtaler_kg.words import say

#: Every command of the group and the module that holds it; its help stands under ``help.link-<command>``.
COMMANDS = {
    "candidates": "link_candidates",
    "accept": "link_accept",
    "mappings": "link_mappings",
    "foreign": "link_foreign",
}


class Links(Lazy):
    """Every command of the group."""

    members = COMMANDS
    prefix = "link-"


@click.group("link", cls=Links, help=say("help.link.long", LANG))
@common
def command(lang: str | None, base: str | None) -> None:
    """Set language and base for every command of the group."""
    settle(lang, base)
