"""What every command shares: language, base, telling problems, exit codes, safe output."""

from __future__ import annotations

import errno
import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import click

from samtaler_kg import places, words
from samtaler_kg.problems import ExitCode, Problem, Refused, SamtalerError, Where
from samtaler_kg.words import Language, say

if TYPE_CHECKING:
    from samtaler_kg.graph import Graph

#: Columns of a table that nothing narrows.
WIDE = 10_000

Command = TypeVar("Command", bound=Callable[..., Any])


def _early() -> Language:
    """The language of help texts, which click needs before it reads the options."""
    arguments = sys.argv[1:]
    for n, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return words.language(argument.partition("=")[2])
        if argument == "--lang" and n + 1 < len(arguments):
            return words.language(arguments[n + 1])
    return words.language()


LANG: Language = _early()


def text(key: str, **facts: object) -> str:
    """A text in the reader's language."""
    return say(key, words.language(), **facts)


def settle(lang: str | None, base: str | None) -> None:
    """Keep the reader's choice of language and base for the whole run."""
    if lang:
        os.environ[words.VARIABLE] = lang
    if base:
        os.environ[places.VARIABLE] = base


def common(command: Command) -> Command:
    """Add ``--lang`` and ``--base``, which stand before or behind the command."""
    lang = click.option("--lang", type=click.Choice(words.LANGUAGES), help=say("help.lang", LANG))
    base = click.option("--base", type=click.Path(), metavar="DIR", help=say("help.base", LANG))
    return lang(base(command))


class Lazy(click.Group):
    """A group whose commands are imported when they are called, so that help is fast.

    ``members`` gives the module of each command by its name; its help stands under ``help.<prefix><name>``.
    """

    members: ClassVar[Mapping[str, str]]
    prefix: ClassVar[str] = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of telling."""
        return list(self.members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in self.members:
            return None
        module = importlib.import_module(f"samtaler_kg.cli.{self.members[cmd_name]}")
        return cast(click.Command, module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section(say("help.commands", LANG)):
            formatter.write_dl([(name, say(f"help.{self.prefix}{name}.short", LANG)) for name in self.members])


def opened() -> Graph:
    """The graph of the chosen base."""
    from samtaler_kg.graph import Graph

    return Graph(places.find())


def run(command: click.Command) -> int:
    """Run *command* and give its exit code; a problem is told on standard error, never as a traceback."""
    try:
        result = command.main(standalone_mode=False, prog_name="samtaler")
        return result if isinstance(result, int) else ExitCode.FINE
    except SamtalerError as error:
        tell(error.problems)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.REFUSED
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FINE


def tell(problems: list[Problem]) -> None:
    """Every problem on standard error: place, what, how to mend; as JSON where JSON was asked for."""
    lang = words.language()
    if "--json" in sys.argv or "json" in sys.argv:
        body = {"problems": [problem.as_record(lang) for problem in problems]}
        click.echo(json.dumps(body, ensure_ascii=False, indent=1), err=True)
        return
    for problem in problems:
        head = f"{problem.where}: " if str(problem.where) else ""
        severity = say(f"severity.{problem.severity.value}", lang)
        click.echo(f"{head}{severity}: {problem.what(lang)}", err=True)
        if problem.excerpt:
            click.echo(problem.excerpt, err=True)
        click.echo(f"  {say('problem.mend', lang, mend=problem.mend(lang))}", err=True)


def put_out(content: str | bytes, to: str | None) -> None:
    """Write to standard output, or whole or not at all to the file *to*. Raises Refused where it cannot be written."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    if not to:
        if sys.stdout is None:  # closed before the start, as by a shell's >&-
            raise Refused(Problem("unwritable", Where("-"), {"reason": os.strerror(errno.EBADF)}))
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    try:
        places.put(Path(to), raw)
    except OSError as error:
        raise Refused(Problem("unwritable", Where(to), {"reason": error.strerror or error})) from None


def note(line: str) -> None:
    """A line for the reader beside the answer: on standard error, so that the answer stays clean."""
    click.echo(line, err=True)


def progress() -> Callable[[str], None]:
    """Tell on a terminal what is being done; elsewhere say nothing."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda name: click.echo(f"\r\x1b[K{name[:100]}\r", err=True, nl=False)


def width() -> int:
    """Columns of the terminal; as many as needed where standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE


def grid(titles: list[str], rows: list[list[str]], right: set[int], caption: str = "", wide: bool = False) -> str:
    """A table as text, folded to the terminal, or as wide as needed where there is none or *wide* is asked for."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for n, title in enumerate(titles):
        table.add_column(title, justify="right" if n in right else "left", overflow="fold", no_wrap=n in right)
    for row in rows:
        table.add_row(*row)
    console = Console(width=WIDE if wide else width(), highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([caption, *lines] if caption else lines) + "\n"
