"""The documentation is built without a warning, asks nothing of any other place, and can be read by everybody."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.cli import COMMANDS, samtaler
from samtaler_kg.codes import CodeLists
from samtaler_kg.codes import read as read_codes
from samtaler_kg.places import Base
from tests.docs.browser import CHROMIUM, FLAGS, Browser

DOCS = Path(__file__).resolve().parents[2] / "docs"

DANISH = {"fund.html", "regler.html"}


class Page(HTMLParser):
    """What a built page has: its language, ids, headings, links, what it loads, and pictures without words."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self.name, self.lang = name, ""
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.wordless: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.lang = told.get("lang", "") if tag == "html" else self.lang
        self.ids += [told["id"]] if "id" in told else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag == "a":
            self.links.append(told.get("href", ""))
        elif tag != "link" or told.get("rel") not in {"index", "search", "next", "prev", "author", "copyright"}:
            self.loaded += [told[name] for name in ("src", "href", "srcset", "data", "action") if name in told]
        if tag == "img" and not told.get("alt"):
            self.wordless.append(str(told))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    pytest.importorskip("sphinx", reason="Sphinx is not installed: pip install 'samtaler-kg[docs]'")
    folder = tmp_path_factory.mktemp("site")
    built = build(DOCS, folder)
    assert built.returncode == 0, built.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> list[Page]:
    """Every built page."""
    return [Page(path, path.relative_to(site).as_posix()) for path in sorted(site.rglob("*.html"))]


def build(docs: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build *docs* as the CI script does: a warning is an error, a reference that leads nowhere is a warning."""
    words = ["-W", "--keep-going", "-n", "-q", "-d", str(folder / "doctrees"), str(docs), str(folder / "html")]
    return subprocess.run([sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("fault", "told"), [("[x](missing.md)", "missing.md"), ("```{eval-rst}\n:py:func:`no.such`\n```", "no.such")]
)
def test_a_page_that_leads_nowhere_breaks_the_build(fault: str, told: str, tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="Sphinx is not installed: pip install 'samtaler-kg[docs]'")
    (tmp_path / "docs").mkdir()
    for name in ("conf.py", "_ext", "_static"):
        (tmp_path / "docs" / name).symlink_to(DOCS / name)
    (tmp_path / "docs" / "index.md").write_text(f"# Broken\n\n{fault}\n", encoding="utf-8")
    built = build(tmp_path / "docs", tmp_path)
    assert built.returncode != 0
    assert told in built.stderr


def find(pages: list[Page], name: str) -> Page:
    return next(page for page in pages if page.name == name)


def test_no_page_loads_anything_from_elsewhere(site: Path, pages: list[Page]) -> None:
    assert len(pages) > 25
    assert [(page.name, what) for page in pages for what in page.loaded if outside(what)] == []
    styles = list(site.rglob("*.css"))
    assert styles
    taken = [(path.name, what) for path in styles for what in loads(path.read_text(encoding="utf-8"))]
    assert [told for told in taken if outside(told[1])] == []


def outside(address: str) -> bool:
    return bool(re.match(r"(\w+:)?//", address))


def loads(style: str) -> list[str]:
    """What a style sheet loads."""
    return re.findall(r"""(?:url\(|@import\s+)["']?([^"')\s;]+)""", style)


def test_what_is_loaded_from_elsewhere_is_recognised() -> None:
    assert all(map(outside, ["https://example.org/a.js", "//example.org/a.css"]))
    assert not any(map(outside, ["../a.js", "a.css?v=1", "data:image/png;base64,x", "#top"]))
    assert loads('@import "a.css"; b { background: url(https://example.org/c.png) }') == [
        "a.css",
        "https://example.org/c.png",
    ]


def test_every_link_within_the_pages_has_its_place(site: Path, pages: list[Page]) -> None:
    ids = {page.name: set(page.ids) for page in pages}
    broken = []
    for page in pages:
        for link in page.links:
            place, _, anchor = link.partition("#")
            if outside(link) or link.startswith("mailto:"):
                continue
            target = (site / page.name).parent.joinpath(place).resolve() if place else site.resolve() / page.name
            name = target.relative_to(site.resolve()).as_posix()
            if not target.is_file() or (anchor and name in ids and anchor not in ids[name]):
                broken.append((page.name, link))
    assert broken == []


def test_no_id_is_given_twice_and_no_heading_skips_a_level(pages: list[Page]) -> None:
    written = [page for page in pages if page.name not in {"genindex.html", "py-modindex.html", "search.html"}]
    assert [page.name for page in written if len(page.ids) != len(set(page.ids))] == []
    skipping = [page.name for page in written if page.headings[:1] != [1] or page.headings.count(1) != 1]
    for page in written:
        skipping += [page.name for a, b in zip(page.headings, page.headings[1:], strict=False) if b > a + 1]
    assert skipping == []
    assert [(page.name, what) for page in pages for what in page.wordless] == []


def test_every_page_says_its_language(pages: list[Page]) -> None:
    danish = {page.name for page in pages if page.lang == "da"}
    assert danish == {page.name for page in pages if page.name.startswith("da/")} | DANISH
    assert {page.lang for page in pages} == {"da", "en"}


def test_every_term_and_every_code_has_an_anchor_of_its_name(pages: list[Page], base: Base) -> None:
    codes: CodeLists = read_codes(base)
    terms = {iri.partition("#")[2] for iri in codes.terms if "#" in iri}
    assert len(terms) > 140
    assert terms - set(find(pages, "reference/ontology.html").ids) == set()
    named = {f"{name}/{code}" for name, held in codes.by_list.items() for code in held}
    assert len(named) > 180
    assert named - set(find(pages, "reference/codes.html").ids) == set()


def test_every_label_and_definition_stands_in_the_reference(site: Path, base: Base) -> None:
    codes, shown = read_codes(base), words(site / "reference" / "ontology.html")
    told = [
        texts[lang] for found in (codes.terms, codes.definitions) for texts in found.values() for lang in ("da", "en")
    ]
    assert len(told) > 500
    assert [text for text in told if " ".join(text.split()) not in shown] == []
    shown = words(site / "reference" / "codes.html")
    told = [concept.labels[lang] for concept in codes.concepts.values() for lang in ("da", "en")]
    assert [text for text in told if " ".join(text.split()) not in shown] == []


@pytest.mark.parametrize(("name", "lang"), [("reference/questions.html", "en"), ("da/spoergsmaal.html", "da")])
def test_every_stored_question_stands_in_the_catalogue(site: Path, base: Base, name: str, lang: str) -> None:
    shown = words(site / name)
    for query in Catalogue(base).all():
        assert f"{query.name} {' '.join(query.asks['da' if lang == 'da' else 'en'].split())}" in shown


def words(path: Path) -> str:
    """The text of a page on one line, without its marks."""
    text = path.read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", re.sub(r"<a class=\"headerlink\".*?</a>", " ", text))
    for sign, mark in {
        "&lt;": "<",
        "&gt;": ">",
        "&#39;": "'",
        "&#x27;": "'",
        "&quot;": '"',
        "’": "'",
        "&amp;": "&",
    }.items():
        plain = plain.replace(sign, mark)
    return " ".join(plain.split())


@pytest.mark.parametrize("name", ["reference/commands.html", "da/kommandoer.html"])
def test_every_command_and_option_is_described(site: Path, name: str) -> None:
    text = (site / name).read_text(encoding="utf-8")
    told = list(every(samtaler, "samtaler"))
    assert {path.split()[1] for path, _ in told if " " in path} == set(COMMANDS)
    for path, command in told:
        assert re.search(rf"<h2>{path}<", text), path
        section = text.partition(f"<h2>{path}<")[2].partition("<h2>")[0]
        options = [max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)]
        assert [option for option in options if option not in section] == []


def every(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Each command with those below it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from every(below, f"{path} {name}")


needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: no page is opened in a browser"
)


@needs_browser
def test_every_page_opens_in_a_browser_and_asks_for_nothing(site: Path, pages: list[Page], tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    frames = '<link rel="icon" href="data:,">' + "".join(f'<iframe src="{page.name}"></iframe>' for page in pages)
    (tmp_path / "site" / "all-pages.html").write_text(frames, encoding="utf-8")
    with Browser(tmp_path / "site", tmp_path / "profile") as browser:
        browser.shown("all-pages.html")
        opened = {line.split()[1].lstrip("/") for line in browser.paths if line.startswith("200 ")}
        assert {page.name for page in pages} - opened == set()
        assert any(name.partition("?")[0].endswith("furo.css") for name in opened)
        assert [line for line in browser.paths if line[:3] not in {"200", "304"}] == []
        assert browser.elsewhere == []


@needs_browser
def test_a_page_that_asks_elsewhere_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    page = '<iframe src="inner.html"></iframe>'
    (tmp_path / "site" / "outer.html").write_text(page, encoding="utf-8")
    page = '<script src="http://outside.example/x.js"></script>'
    (tmp_path / "site" / "inner.html").write_text(page, encoding="utf-8")
    with Browser(tmp_path / "site", tmp_path / "profile") as browser:
        browser.shown("outer.html")
        assert [line for line in browser.elsewhere if "outside.example" in line]


@needs_browser
def test_the_search_finds_pages_without_a_server(site: Path, tmp_path: Path) -> None:
    address = f"{(site / 'search.html').as_uri()}?q=independence"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", "--dump-dom", address]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "methods/independence.html" in shown.partition('id="search-results"')[2]
