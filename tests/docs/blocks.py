"""The fenced blocks of a page of documentation, and how they are run as a reader would run them.

``sh`` runs in a scratch folder with the real command, ``python`` in one namespace a page, and a ``text`` block right
behind either is what is printed (``...`` stands for anything). A block with a caption is a file that the reader saves.
A comment before a block says what is special: ``<!-- exit: 1 -->``, ``<!-- given: FILE -->``, ``<!-- no-run: why -->``.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

RUN = {"sh", "python"}

#: Directives of the site that hold no code.
DIRECTIVES = re.compile(r"\{(toctree|eval-rst|include|admonition)\}")

#: Files that a reader has made meanwhile; ``<!-- given: FILE -->`` takes them from here.
GIVEN = Path(__file__).parent / "given"


#: What stands before each block: it begins where the one before it ended, and ends at the first command that fails.
BEFORE = r"""exec 2>&1
[ ! -f {state} ] || . {state}
trap 'code=$?; {{ export -p; printf "cd %q\n" "$PWD"; }} >{state}; exit $code' EXIT
set -e
"""


@dataclass(frozen=True)
class Block:
    """One fenced block: the line it begins at, its language, its caption, its text and the marks before it."""

    line: int
    language: str
    caption: str
    text: str
    marks: dict[str, str]

    @property
    def first(self) -> str:
        """The first line, to tell the block by."""
        return self.text.partition("\n")[0]


def blocks(page: str) -> list[Block]:
    """Every fenced block of *page* in order."""
    found: list[Block] = []
    marks: dict[str, str] = {}
    for token in MarkdownIt("commonmark").parse(page):
        if token.type == "html_block":
            marks |= dict(re.findall(r"<!-- ([\w-]+): (.*?) -->", token.content))
        elif token.type == "fence":
            if not DIRECTIVES.match(token.info):
                found.append(_block(token.info, token.content, (token.map or [0])[0] + 1, marks))
            marks = {}
        elif token.type not in {"list_item_open", "bullet_list_open", "ordered_list_open"}:
            marks = {}
    return found


def _block(info: str, content: str, line: int, marks: dict[str, str]) -> Block:
    caption = ""
    if info.startswith("{code-block}"):
        info = info.removeprefix("{code-block}").strip()
        options, _, content = content.partition("\n\n")
        caption = options.removeprefix(":caption: ").strip()
    return Block(line, info, caption, content, marks)


def faults(found: list[Block]) -> list[str]:
    """The blocks that nothing would hold: of an unknown language, or printed text behind nothing that prints it."""
    wrong = []
    for before, block in zip([None, *found], found, strict=False):
        held = block.language in RUN or block.caption or "no-run" in block.marks
        printed = block.language == "text" and before is not None and runs(before)
        if not held and not printed:
            wrong.append(f"line {block.line}: {block.language or 'no language'}: {block.first}")
    return wrong


def runs(block: Block) -> bool:
    """Whether the block is run."""
    return block.language in RUN and not block.caption and "no-run" not in block.marks


@dataclass
class Reader:
    """Somebody who follows a page word for word in the folder *at*."""

    at: Path
    names: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.at / "bin").mkdir()
        command = self.at / "bin" / "samtaler"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m samtaler_kg "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        (self.at / "folder").mkdir()

    def follow(self, found: list[Block]) -> Iterator[str]:
        """Do what each block says; yields what was not as the page tells it."""
        for block, after in zip(found, [*found, None][1:], strict=True):
            if "given" in block.marks:
                shutil.copy(GIVEN / block.marks["given"], self.at / "folder")
            if block.caption:
                (self.at / "folder" / block.caption).write_text(block.text, encoding="utf-8")
            elif runs(block):
                want = after.text if after and after.language == "text" and "no-run" not in after.marks else None
                yield from self._held(block, want)

    def _held(self, block: Block, want: str | None) -> Iterator[str]:
        code, got = self.shell(block.text) if block.language == "sh" else (0, self.python(block.text))
        if code != int(block.marks.get("exit", "0")):
            yield f"line {block.line}: exit code {code}\n{block.text}{got}"
        elif want is not None and not as_told(want, got):
            yield f"line {block.line}: the page says\n{want}but this was printed\n{got}"

    def shell(self, text: str) -> tuple[int, str]:
        """The exit code and all that was printed; the first command that fails ends the block.

        What is exported, and the folder that one stands in, are still so in the next block.
        """
        state = shlex.quote(str(self.at / "environment"))
        path = os.pathsep.join([str(self.at / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
        settings = {name: value for name, value in os.environ.items() if not name.startswith("SAMTALER_")}
        ran = subprocess.run(
            ["bash", "-c", BEFORE.format(state=state) + text],
            cwd=self.at / "folder",
            env=settings | {"PATH": path},
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return ran.returncode, ran.stdout

    def python(self, text: str) -> str:
        """All that was printed, and the value of the last line, as a notebook shows it."""
        *body, last = ast.parse(text).body
        shown = isinstance(last, ast.Expr)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(self.at / "folder"):
            exec(compile(ast.Module(body if shown else [*body, last], []), "<page>", "exec"), self.names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<page>", "eval"), self.names)
                if value is not None:
                    print(value if isinstance(value, str) and "\n" in value else repr(value))
        return printed.getvalue()


def as_told(want: str, got: str) -> bool:
    """Whether *got* is *want*, the widths of columns aside; ``...`` in *want* stands for anything."""
    plain = [_narrow(text) for text in (want, got)]
    return doctest.OutputChecker().check_output(plain[0], plain[1], doctest.ELLIPSIS)


def _narrow(text: str) -> str:
    lines = [re.sub(r"(?<=\S)[ \t]+", " ", re.sub("─+", "─", line.rstrip())) for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)
