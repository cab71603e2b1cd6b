"""Every command as records for the page of reference, as the command line itself tells it.

Help texts have the language that the command line starts with, so each language is told by a process of its own.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import TypedDict, cast

import click


class Told(TypedDict):
    """One command: its name with those above it, how it is typed, its text by paragraph, its options with their texts."""

    name: str
    usage: str
    text: list[str]
    options: list[tuple[str, str]]


def commands(lang: str) -> list[Told]:
    """Every command and what stands below it, in the order and the language of the command line."""
    words = {"SAMTALER_LANG": lang, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        [sys.executable, __file__], env=os.environ | words, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return cast(list[Told], json.loads(ran.stdout))


def told(command: click.Command, above: click.Context | None, name: str) -> Iterator[Told]:
    """The command, and where it is a group, all that are in it."""
    context = click.Context(command, info_name=name, parent=above, **command.context_settings)
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    yield {
        "name": context.command_path,
        "usage": " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        "text": [" ".join(part.split()) for part in text.split("\n\n") if part.strip()],
        "options": [record for record in records if record],
    }
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None, below
            yield from told(found, context, below)


if __name__ == "__main__":
    from samtaler_kg.cli import samtaler

    json.dump(list(told(samtaler, None, "samtaler")), sys.stdout, ensure_ascii=False)
