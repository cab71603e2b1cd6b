"""Options of name=value pairs, several of which may stand behind one: ``--where region=denmark verdict=none``."""

from __future__ import annotations

from collections.abc import Iterable

import click

from samtaler_kg.problems import Problem, Refused

#: The options that take several pairs, each of its own.
SEVERAL = ("--where", "--assume")

#: The options whose words, up to the next option, are one value.
ONE_VALUE = ("--given",)


class PairsCommand(click.Command):
    """A command that reads the words behind a pairs option, up to the next option, as that option's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its words, or join them, and parse as usual."""
        return super().parse_args(ctx, spread(args))


def spread(args: Iterable[str]) -> list[str]:
    """The arguments with a pairs option before each pair.

    >>> spread(["--where", "a=1", "b=2", "--json"]), spread(["--given", "a=1", "=2"])
    (['--where', 'a=1', '--where', 'b=2', '--json'], ['--given', 'a=1 =2'])
    """
    told: list[str] = []
    option, words = "", 0
    for word in args:
        if word.startswith("-"):
            option, words = word, 0
            told.append(word)
            continue
        words += 1
        if words > 1 and option in ONE_VALUE:
            told[-1] += f" {word}"
            continue
        told += [option, word] if words > 1 and option in SEVERAL else [word]
    return told


def pairs(values: Iterable[str]) -> dict[str, str]:
    """Pairs as a mapping; a name given twice means either value. Raises Refused with every word that is no pair."""
    given: dict[str, str] = {}
    problems = []
    for pair in values:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            problems.append(Problem("bad-pair", facts={"value": pair}))
        else:
            given[name] = f"{given[name]}|{value}" if name in given else value
    if problems:
        raise Refused(problems)
    return given
