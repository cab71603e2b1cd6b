"""Pictures: every one in both languages and all forms, nothing cut or overlapping, readable, linked, the same bytes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from samtaler_kg.draw import FORMATS, PICTURES, Drawing, drawing, lettering
from samtaler_kg.draw.sheet import Label, Line, Shape
from samtaler_kg.draw.style import FAVOURS, LOOKS, contrast
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from samtaler_kg.terms import BASE
from samtaler_kg.words import LANGUAGES

pytest.importorskip("matplotlib")

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"

#: What is drawn beside every picture as it is by default: other scopes, units, fields and narrower looks.
VARIANTS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("figure-1", {"unit": "trial", "scope": "all"}),
    ("figure-1", {"mechanism": "programme"}),
    ("figure-2", {"unit": "trial", "region": "denmark"}),
    ("figure-2", {"period": "2016-2022"}),
    ("gap-map", {"rows": "outcome", "scope": "all", "unit": "trial"}),
    ("gap-map", {"rows": "country", "columns": "outcome", "region": "denmark"}),
    ("gap-map", {"rows": "purpose"}),
    ("harvest", {"scope": "all"}),
    ("harvest", {"rows": "country", "height": "verification", "unit": "trial"}),
    ("effect-direction", {"scope": "all"}),
    ("effect-direction", {"unit": "trial"}),
    ("effect-direction", {"country": "DNK|SWE", "outcome": "employment"}),
    ("forest", {"unit": "trial"}),
    ("forest", {"country": "DNK"}),
    ("timeline", {"scope": "all"}),
    ("timeline", {"unit": "trial", "scope": "all"}),
    ("timeline", {"region": "denmark"}),
    ("trial-network", {"scope": "memo"}),
    ("trial-network", {"country": "DNK"}),
)
DRAWN = [*((name, {}) for name in PICTURES), *VARIANTS]

drawn = pytest.mark.parametrize(
    ("name", "asked", "lang"),
    [
        pytest.param(name, asked, lang, id="-".join([name, *asked.values(), lang]))
        for name, asked in DRAWN
        for lang in (LANGUAGES if not asked else ("da",))  # Danish words are the longer ones
    ],
)
by_default = pytest.mark.parametrize("lang", LANGUAGES)
every_picture = pytest.mark.parametrize("name", PICTURES)

GRAPH = Graph(shipped())


@cache
def _made(name: str, lang: str, asked: tuple[tuple[str, str], ...]) -> Drawing:
    given = dict(asked)
    scope, unit = given.pop("scope", None), given.pop("unit", "result")
    return drawing(GRAPH, name, lang, scope, unit, given)  # type: ignore[arg-type]


def made(name: str, lang: str, asked: Mapping[str, str] | None = None) -> Drawing:
    return _made(name, lang, tuple((asked or {}).items()))


@cache
def svg(name: str, lang: str) -> bytes:
    return made(name, lang).saved()


class Box(NamedTuple):
    """Where something stands on a sheet, in units from its upper left corner."""

    item: Label | Shape
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, inside: float) -> bool:
        """Whether two boxes overlap by more than a hair."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide > inside and high > inside


def texts(picture: Drawing) -> list[Box]:
    """The extents of every text as matplotlib renders it."""
    key = id(picture.sheet)
    if key not in _TEXTS:
        _TEXTS[key] = _texts(picture)
    return _TEXTS[key]


#: The extents already measured, by sheet: each sheet is kept by `_made`.
_TEXTS: dict[int, list[Box]] = {}


def _texts(picture: Drawing) -> list[Box]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from samtaler_kg.draw.render import figure, settled

    with settled():
        canvas = FigureCanvasAgg(figure(picture.sheet))
        renderer = canvas.get_renderer()
        artists = [artist for artist in canvas.figure.axes[0].get_children() if isinstance(artist, Text)]
        extents = [artist.get_window_extent(renderer) for artist in artists if artist.get_text()]
    labels = [item for item in picture.sheet.items if isinstance(item, Label)]
    high = picture.sheet.height
    return [
        Box(label, box.x0, high - box.y1, box.x1, high - box.y0) for label, box in zip(labels, extents, strict=True)
    ]


def shapes(picture: Drawing) -> Iterator[Box]:
    """The extents of every shape that shows a mark."""
    for item in picture.sheet.items:
        if isinstance(item, Shape) and item.mark is not None:
            across, down = zip(*item.points, strict=True)
            r = item.radius
            yield Box(item, min(across) - r, min(down) - r, max(across) + r, max(down) + r)


@drawn
def test_no_text_is_cut_and_no_two_texts_overlap(name: str, asked: Mapping[str, str], lang: str) -> None:
    picture = made(name, lang, asked)
    found = texts(picture)
    sheet = picture.sheet
    cut = [box.item for box in found if not (box.left >= 0 and box.right <= sheet.width and 0 <= box.top < box.bottom)]
    assert cut == []
    assert [box.item for box in found if box.bottom > sheet.height] == []
    overlapping = [(a.item, b.item) for a, b in combinations(found, 2) if a.meets(b, 1.5)]
    assert overlapping == []


def test_an_overlap_a_cut_and_a_covered_text_are_seen() -> None:
    plain = drawing(GRAPH, "figure-2", "en")
    sheet = plain.sheet
    first = next(item for item in sheet.items if isinstance(item, Label))
    sheet.label(first.x + 20, first.y + 6, "over the title", first.size)
    sheet.label(sheet.width - 5, 300, "beyond the edge")
    sheet.circle(first.x + 60, first.y, 20, LOOKS["plain"], mark=0)
    found = _texts(plain)
    assert [box.item.text for box in found if box.meets(found[0], 1.5)][1:] == ["over the title"]  # type: ignore[union-attr]
    assert found[-1].right > sheet.width
    assert any(box.meets(found[0], 2.5) for box in shapes(plain))


@drawn
def test_no_mark_lies_on_the_text_of_another(name: str, asked: Mapping[str, str], lang: str) -> None:
    picture = made(name, lang, asked)
    labels = texts(picture)
    covered = [
        (label.item, shape.item)
        for shape in shapes(picture)
        for label in labels
        if label.item.mark != shape.item.mark and label.meets(shape, 2.5)
    ]
    assert covered == []


@drawn
def test_everything_stands_on_the_sheet(name: str, asked: Mapping[str, str], lang: str) -> None:
    sheet = made(name, lang, asked).sheet
    for item in sheet.items:
        points = ((item.x, item.y),) if isinstance(item, Label) else item.points
        assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in points), item


@by_default
@every_picture
def test_every_text_has_contrast_and_is_large_enough(name: str, lang: str) -> None:
    labels = [item for item in made(name, lang).sheet.items if isinstance(item, Label)]
    assert [label for label in labels if contrast(label.colour, label.on) < 4.5] == []
    assert min(label.size for label in labels) >= 10


@every_picture
def test_what_a_text_says_it_stands_on_is_what_it_stands_on(name: str) -> None:
    """The colour behind a text is that of the last shape drawn under its middle."""
    picture = made(name, "en")
    boxes = {id(box.item): box for box in texts(picture)}
    for place, item in enumerate(picture.sheet.items):
        if not isinstance(item, Label):
            continue
        box = boxes[id(item)]
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        below = [shape for shape in picture.sheet.items[:place] if isinstance(shape, Shape) and _holds(shape, x, y)]
        ground = below[-1].fill if below else "#FFFFFF"
        assert item.on == ground, (item, below[-1:])


def _holds(shape: Shape, x: float, y: float) -> bool:
    if shape.radius:
        (left, top), r = shape.points[0], shape.radius
        return (left - x) ** 2 + (top - y) ** 2 < r * r
    across, down = zip(*shape.points, strict=True)
    return len(shape.points) == 4 and min(across) < x < max(across) and min(down) < y < max(down)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0000FF", "#FFFFFF") == pytest.approx(8.59, abs=0.01)


def test_no_direction_is_told_by_colour_alone() -> None:
    directions = ["positive", "none", "negative", "mixed", "neither", "unknown"]
    assert set(FAVOURS.values()) <= set(directions)
    assert len({LOOKS[name].shape for name in directions}) == len(directions)
    filled = [(LOOKS[name].hatch, LOOKS[name].fill == "#FFFFFF") for name in directions[:4]]
    assert len(set(filled)) == 4
    assert len({LOOKS[name].hatch for name in ("plain", "one-country", "one-study")}) == 3


@by_default
@every_picture
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_renders(name: str, lang: str, form: str) -> None:
    raw = svg(name, lang) if form == "svg" else made(name, lang).saved(form, dots=30)
    begins = {"svg": b"<?xml", "png": b"\x89PNG\r\n", "pdf": b"%PDF-"}
    assert raw.startswith(begins[form])
    assert len(raw) > 5000
    for trace in (b"Matplotlib", b"matplotlib", b"CreationDate", b"<dc:date>"):
        assert trace not in raw


@by_default
@every_picture
def test_every_mark_is_a_link_with_words(name: str, lang: str) -> None:
    picture = made(name, lang)
    root = ET.fromstring(svg(name, lang))
    links = list(root.iter(f"{SVG}a"))
    told = {(link.get(HREF), link.findtext(f"{SVG}title")) for link in links}
    assert told == {(mark.link, mark.words) for mark in picture.sheet.marks}
    kinds = ("result", "study", "cluster", "trial", "query")
    assert {mark.link.startswith(tuple(f"{BASE}id/{kind}/" for kind in kinds)) for mark in picture.sheet.marks} == {
        True
    }
    assert all(link.get("aria-label") == link.findtext(f"{SVG}title") for link in links)
    assert [link for link in links if len(link) < 2] == []
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names))


@by_default
@every_picture
def test_the_svg_has_a_text_alternative_and_keeps_to_itself(name: str, lang: str) -> None:
    picture = made(name, lang)
    raw = svg(name, lang).decode()
    root = ET.fromstring(raw)
    assert root.get("role") == "graphics-document document"
    assert root.get("lang") == lang
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (title.get("id"), description.get("id"))
    assert title.text == picture.title
    assert f"{title.text}\n{description.text}\n" == picture.alt
    assert "<style" not in raw
    assert "<image" not in raw
    assert set(re.findall(r"url\((.)", raw)) <= {"#"}


@every_picture
def test_both_languages_are_spoken_and_danish_has_its_comma(name: str) -> None:
    danish, english = (made(name, lang) for lang in LANGUAGES)
    assert danish.title != english.title
    shown = [item.text for item in danish.sheet.items if isinstance(item, Label)]
    assert any(set("æøåÆØÅ") & set(text) for text in shown)
    assert [text for text in shown if re.search(r"\d\.\d", text)] == []
    facts = [
        [{k: v for k, v in row.items() if isinstance(v, int | float)} for row in p.data] for p in (danish, english)
    ]
    if name not in {"effect-direction", "harvest"}:  # rows there stand in the order of the language's own names
        assert facts[0] == facts[1]


RENDER = """
import hashlib, sys
from samtaler_kg.draw import PICTURES, drawing
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
graph = Graph(shipped())
for name in PICTURES:
    print(name, hashlib.sha256(drawing(graph, name, "da").saved("svg")).hexdigest())
for form in ("png", "pdf"):
    print(form, hashlib.sha256(drawing(graph, "harvest", "da").saved(form)).hexdigest())
"""


def test_the_bytes_are_the_same_in_every_process() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RENDER],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    one, other = (run.communicate(timeout=120)[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert len(one.splitlines()) == len(PICTURES) + 2
    assert one == other
    here = hashlib.sha256(made("harvest", "da").saved("png")).hexdigest()
    assert f"png {here}" in one.splitlines()


def test_a_reader_s_own_settings_of_matplotlib_change_nothing() -> None:
    import matplotlib

    before = svg("figure-2", "en")
    lettering.font.cache_clear()
    lettering.width.cache_clear()
    strange = {
        "font.size": 30,
        "font.style": "italic",
        "svg.fonttype": "path",
        "hatch.linewidth": 9,
        "text.usetex": True,
    }
    with matplotlib.rc_context(strange):
        assert drawing(GRAPH, "figure-2", "en").saved() == before


def test_lines_and_shapes_never_have_a_mark_that_is_not_there() -> None:
    for name in PICTURES:
        sheet = made(name, "en").sheet
        used = {item.mark for item in sheet.items if isinstance(item, Label | Line | Shape)} - {None}
        assert used == set(range(len(sheet.marks)))
