"""The written memo in a real browser: it renders in both languages and asks nothing of any other place."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from samtaler_kg.document import Writer, Written, write
from samtaler_kg.graph import Graph
from samtaler_kg.memo import Share
from samtaler_kg.words import LANGUAGES, Language
from tests.docs.browser import CHROMIUM, FLAGS, Recorder


@pytest.fixture
def proxy() -> Iterator[Recorder]:
    with Recorder() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def written(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(graph, tmp_path_factory.mktemp("memo"), LANGUAGES)


def page(written: Written, lang: Language, form: str = "html") -> Path:
    return next(path for path in written.files if path.name == f"memo.{lang}.{form}")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page is not opened in a browser")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_opens_and_asks_for_nothing(written: Written, lang: Language, proxy: Recorder, tmp_path: Path) -> None:
    port = proxy.server_address[1]
    words = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", f"--proxy-server=127.0.0.1:{port}", "--dump-dom"]
    done = subprocess.run(
        [*words, page(written, lang).as_uri()], capture_output=True, text=True, timeout=90, check=True
    )
    assert done.stdout.count('<tr id="M') == 23
    assert {"da": "Samtaler med ledige", "en": "Meetings with unemployed people"}[lang] in done.stdout
    # The browser asks its maker for the time and for updates on its own account; the page names no such host.
    assert "google" not in page(written, lang).read_text(encoding="utf-8")
    maker = re.compile(r"[A-Z]+ (https?://)?[\w.-]+\.(google|googleapis|gstatic)\.com[:/]")
    assert [line for line in proxy.asked if not maker.match(line)] == []


class Links(HTMLParser):
    """The ids, the links and whatever would be loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif tag == "a" and name == "href":
                self.links.append(value or "")
            elif name in {"src", "href", "srcset", "data", "action"}:
                self.loaded.append(f"{tag} {value}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_link_within_the_page_has_its_place(written: Written, lang: Language) -> None:
    links = Links(page(written, lang).read_text(encoding="utf-8"))
    assert len(links.ids) == len(set(links.ids))
    inside = {link[1:] for link in links.links if link.startswith("#")}
    assert inside <= set(links.ids)
    assert links.loaded == []
    assert "url(" not in page(written, lang).read_text(encoding="utf-8")


def test_no_mirror_is_a_link(written: Written, graph: Graph) -> None:
    links = Links(page(written, "en").read_text(encoding="utf-8")).links
    outside = {link for link in links if not link.startswith("#")}
    mirrors = {
        row["source_url"] for row in _sources(graph) if row["source_kind"] == "mirror" and row["source_url"] is not None
    }
    assert outside
    assert mirrors
    assert not outside & mirrors


def _sources(graph: Graph) -> list[dict[str, object]]:
    from samtaler_kg.ask import ask

    return [dict(row) for row in ask(graph, "result-sources").records()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_says_the_same_figures(written: Written, lang: Language) -> None:
    html, markdown = (page(written, lang, form).read_text(encoding="utf-8") for form in ("html", "md"))
    for share in ("19 of 25", "115 of 173") if lang == "en" else ("19 af 25", "115 af 173"):
        assert share in html
        assert share in markdown


def test_the_reconstruction_beside_the_figures_is_marked(graph: Graph, tmp_path: Path) -> None:
    text = page(write(graph, tmp_path, ["en"], "reconstructed"), "en").read_text(encoding="utf-8")
    assert "by construction" in text
    assert "Reconstruction (made to fit the published figures)" in text
    assert '<h2 id="sources">' not in text


def test_written_again_it_says_that_nothing_changed(graph: Graph, tmp_path: Path) -> None:
    first = write(graph, tmp_path, ["en"])
    second = write(graph, tmp_path, ["en"])
    assert first.changes is None
    assert second.changes == []
    assert "No figure has changed" in page(second, "en").read_text(encoding="utf-8")


def test_it_says_by_itself_what_changed_and_why(graph: Graph, tmp_path: Path) -> None:
    """An earlier state without one Danish positive result: 18 of 24 then, 19 of 25 now, and the result that came."""
    write(graph, tmp_path, ["en"])
    path = tmp_path / "memo.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    denmark = state["claims"]["M07"]
    came = denmark["numerator"].pop()
    denmark["denominator"].remove(came)
    denmark["coded"] = {"numerator": 18, "denominator": 24}
    path.write_text(json.dumps(state), encoding="utf-8")
    again = write(graph, tmp_path, ["en"])
    assert again.changes is not None
    assert [change.claim for change in again.changes] == ["M07"]
    text = page(again, "en").read_text(encoding="utf-8")
    assert "18 / 24 → 19 / 25" in text
    assert came in text.partition("18 / 24")[2][:400]


def test_the_evidence_that_changed_has_no_dead_link(graph: Graph, tmp_path: Path) -> None:
    """A figure without a row in the document (D01) and a result that no longer counts are named, not linked."""
    write(graph, tmp_path, ["en"])
    path = tmp_path / "memo.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    state["claims"]["D01"]["denominator"].append("synthetic-gone-r1")
    path.write_text(json.dumps(state), encoding="utf-8")
    text = page(write(graph, tmp_path, ["en"]), "en").read_text(encoding="utf-8")
    assert "D01: 134 / 198 → 134 / 198" in text
    assert "went: synthetic-gone-r1" in text
    links = Links(text)
    assert {link[1:] for link in links.links if link.startswith("#")} <= set(links.ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_sets_every_table_and_heading_apart(written: Written, lang: Language) -> None:
    """Without an empty line around it, a table swallows the sentence below it, or is none at all."""
    lines = page(written, lang, "md").read_text(encoding="utf-8").split("\n")
    seen = {"|": 0, "#": 0, ">": 0}
    code = False
    for before, line in itertools.pairwise(lines):
        code ^= before.startswith("```")
        kinds = [] if code else [kind for kind in seen if line.startswith(kind) != before.startswith(kind)]
        for kind in kinds:
            seen[kind] += 1
            assert not line or not before, f"{kind}: {before[:60]!r} above {line[:60]!r}"
    assert all(seen.values()), seen


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_studies_behind_a_count_of_studies_are_listed(written: Written, graph: Graph, lang: Language) -> None:
    from samtaler_kg.ask import ask

    studies = {str(row["study"]) for row in ask(graph, "results", scope="memo").records()}
    entry = page(written, lang).read_text(encoding="utf-8").partition('id="query-M01"')[2].partition("<h3")[0]
    named = re.findall(r'<a href="#[\w-]+">([\w-]+)</a>', entry)
    assert named == sorted(studies)
    assert len(named) == 87


def test_a_single_one_is_told_in_the_singular(written: Written) -> None:
    told = {lang: page(written, lang).read_text(encoding="utf-8") for lang in LANGUAGES}
    assert "1 of 25 Danish results is negative." in told["en"]
    assert "17 of 198 results are negative." in told["en"]
    assert "1 af 25 danske resultater er negativt." in told["da"]
    assert "17 af 198 resultater er negative." in told["da"]


def test_shares_are_rounded_as_everywhere_else(graph: Graph) -> None:
    """Half up, as readers round: 15 of 24 are 63 per cent, also in the written memo."""
    writer = Writer(graph, "en", "coded")
    assert writer._interval(writer.figures["M07"], Share(15, 24)).startswith("(63\N{NO-BREAK SPACE}%")


def test_nothing_is_cut_off_in_print(written: Written) -> None:
    """What scrolls on a screen cannot be scrolled on paper."""
    style = page(written, "en").read_text(encoding="utf-8").partition("@media print")[2].partition("</style>")[0]
    assert ".wide { overflow: visible; }" in style
