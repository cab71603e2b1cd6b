"""Where the card of a study or trial stands in a base: found through the built graph, without looking in folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samtaler_kg.cards import Card, read_text
from samtaler_kg.graph import Graph
from samtaler_kg.lines import Lines, lines
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.sources import shown
from samtaler_kg.terms import SAM, id_iri

#: The layer that cards are taken into.
LAYER = "coded"

#: The kinds of card that can be taken in, and the folder of data that each stands in.
FOLDERS = {"study": "studies", "trial": "trials"}


@contextmanager
def coded_lines(base: Base) -> Iterator[Lines]:
    """What the coded layer of *base* says, while the block runs. Raises Damaged where there is no graph."""
    name = f"{LAYER}.nt"
    if name not in Graph(base).manifest or not (base.graph / name).is_file():
        raise Damaged(Problem("graph-damaged", Where(str(base.graph / name)), {"file": name}))
    with lines(base.graph / name) as found:
        yield found


def study_file(base: Base, coded: Lines, name: str) -> Path | None:
    """The file of the study *name*; None where the graph has no such study."""
    for country in values(coded, id_iri("study", name), SAM.country):
        return base.data / FOLDERS["study"] / country.rpartition("/")[2] / f"{name}.yaml"
    return None


def values(coded: Lines, iri: str, prop: str) -> Iterator[str]:
    """The IRIs that the lines give as values of a property of *iri*."""
    start = f"<{iri}> <{prop}> <".encode()
    for line in coded.beginning(start):
        yield line[len(start) :].decode().rpartition(">")[0]


def study_of(coded: Lines, name: str) -> str:
    """The study that *name* means: itself, or the one that a result of that name belongs to."""
    prefix = id_iri("study", "")
    return next((iri.removeprefix(prefix) for iri in values(coded, id_iri("result", name), SAM.ofStudy)), name)


def text_of(base: Base, path: Path, kind: str) -> tuple[Card, str]:
    """The card in a file of the base, and the text that its editor left. Raises Damaged where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Damaged(Problem("unreadable-file", Where(shown(base, path)), {"reason": error})) from None
    card, problems = read_text(text, kind, shown(base, path))
    if card is None:
        raise Damaged(problems)
    return card, text


def must_be_known(coded: Lines, kind: str, name: str, path: Path | None) -> Path:
    """*path*, if there is one. Raises Refused where there is no *kind* of that *name*, with those of like names."""
    if path is None:
        facts = {"kind": kind, "value": name, "hint": near(coded, kind, name)}
        raise Refused(Problem("no-such", facts=facts))
    return path


def near(coded: Lines, kind: str, value: str) -> str:
    """The names most like *value* of those that stand around its place, as one phrase for a mend."""
    start = f"<{id_iri(kind, '')}".encode()
    around = coded.near(start + value.encode(errors="replace"), 40)
    found = {line[len(start) :].partition(b">")[0].decode() for line in around if line.startswith(start)}
    return nearest(value, [name for name in found if "/" not in name])
