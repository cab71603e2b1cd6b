"""Tables of mappings: read strictly, every fault told at its line, all at once; nothing said that is not in a row."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.build import assemble
from samtaler_kg.links import Link, LinkSet, Plan, held, read, table, triples
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged
from samtaler_kg.terms import PREFIXES, code_iri, id_iri
from tests.unit.conftest import problems

HEAD = """#mapping_set_id: https://example.org/set
#license: https://example.org/licence
#curie_map:
#  unit: https://w3id.org/samtaler/code/unit/
#  study: https://w3id.org/samtaler/id/study/
#  skos: http://www.w3.org/2004/02/skos/core#
#  semapv: https://w3id.org/semapv/vocab/
#  x: http://example.org/x/
"""
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_date\n"
ROW = "unit:odds-ratio\tskos:closeMatch\tx:ratio\tsemapv:LexicalMatching\t0.85\t2026-11-30\n"
FIRST = 10  # the line of the first row

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "made-up.sssom.tsv"
        path.write_bytes(text.encode())
        return path

    return written


@pytest.fixture(scope="module")
def plan(base: Base) -> Plan:
    return Plan.of(base)


def test_a_sound_table_is_read(write: Write, plan: Plan) -> None:
    found = read(write(HEAD + COLUMNS + ROW), plan)
    assert (found.iri, found.license) == ("https://example.org/set", "https://example.org/licence")
    (link,) = found.links
    assert link.subject == code_iri("unit", "odds-ratio")
    assert link.object == "http://example.org/x/ratio"
    assert link.cells["confidence"] == "0.85"
    assert link.where.line == FIRST


@pytest.mark.parametrize("mark", ["# ", "#"])
def test_a_head_may_stand_with_or_without_a_space(write: Write, plan: Plan, mark: str) -> None:
    text = HEAD.replace("#", mark, 1) if mark == "#" else "".join(f"# {line[1:]}\n" for line in HEAD.splitlines())
    assert len(read(write(text + COLUMNS + ROW), plan).links) == 1


def test_windows_line_ends_a_byte_order_mark_and_whole_iris_are_read(write: Write, plan: Plan) -> None:
    row = ROW.replace("x:ratio", "https://doi.org/10.1/a(b)c")
    found = read(write("\ufeff" + (HEAD + COLUMNS + row).replace("\n", "\r\n")), plan)
    assert [link.object for link in found.links] == ["https://doi.org/10.1/a(b)c"]


FAULTS: dict[str, tuple[str, str, int, str]] = {
    "a prefix that is not declared": (HEAD + COLUMNS + ROW.replace("x:", "y:"), "unknown-prefix", FIRST, "object_id"),
    "a subject that is no IRI": (HEAD + COLUMNS + ROW.replace("unit:odds", "odds "), "no-iri", FIRST, "subject_id"),
    "a predicate of another kind": (
        HEAD + COLUMNS + ROW.replace("close", "nearly"),
        "not-of-sssom",
        FIRST,
        "predicate_id",
    ),
    "a predicate for studies only": (
        HEAD + COLUMNS + ROW.replace("skos:closeMatch", "http://purl.org/dc/terms/isVersionOf"),
        "not-of-sssom",
        FIRST,
        "predicate_id",
    ),
    "a justification of no list": (
        HEAD + COLUMNS + ROW.replace("Lexical", "Wishful"),
        "not-of-sssom",
        FIRST,
        "mapping_justification",
    ),
    "a confidence above one": (HEAD + COLUMNS + ROW.replace("0.85", "1.01"), "bad-confidence", FIRST, "confidence"),
    "a confidence in percent": (HEAD + COLUMNS + ROW.replace("0.85", "85%"), "bad-confidence", FIRST, "confidence"),
    "a confidence below nought": (HEAD + COLUMNS + ROW.replace("0.85", "-0.1"), "bad-confidence", FIRST, "confidence"),
    "a confidence that is no number": (
        HEAD + COLUMNS + ROW.replace("0.85", "nan"),
        "bad-confidence",
        FIRST,
        "confidence",
    ),
    "a day that is none": (HEAD + COLUMNS + ROW.replace("11-30", "11-31"), "bad-value", FIRST, "mapping_date"),
    "an empty predicate": (HEAD + COLUMNS + ROW.replace("skos:closeMatch", ""), "empty-cell", FIRST, "predicate_id"),
    "a row cut short": (HEAD + COLUMNS + ROW.replace("\t2026-11-30", ""), "bad-row", FIRST, ""),
    "a quotation mark left open": (HEAD + COLUMNS + ROW.replace("x:ratio", '"x:ratio'), "unreadable-file", FIRST, ""),
    "a column that SSSOM has not": (
        HEAD + COLUMNS.replace("confidence", "sureness") + ROW,
        "unknown-column",
        FIRST - 1,
        "",
    ),
    "a column twice": (HEAD + COLUMNS.replace("mapping_date", "confidence") + ROW, "key-twice", FIRST - 1, ""),
    "no column of objects": (HEAD + COLUMNS.replace("object_id", "comment") + ROW, "sssom-column-lacks", FIRST - 1, ""),
    "no table": (HEAD, "sssom-column-lacks", FIRST - 1, ""),
    "no licence": (HEAD.replace("#license: https://example.org/licence\n", "") + COLUMNS + ROW, "head-lacks", 1, ""),
    "a licence in words": (
        HEAD.replace("https://example.org/licence", "free for all") + COLUMNS + ROW,
        "no-iri",
        2,
        "license",
    ),
    "a key that no head has": (HEAD.replace("license", "licence") + COLUMNS + ROW, "unknown-key", 2, "licence"),
    "a prefix twice": (HEAD + "#  x: http://example.org/z/\n" + COLUMNS + ROW, "key-twice", FIRST - 1, "curie_map.x"),
    "prefixes that are no list": (
        HEAD.partition("#curie_map")[0] + "#curie_map: none\n" + COLUMNS + ROW,
        "sssom-head-value",
        3,
        "curie_map",
    ),
    "a prefix without its IRI": (
        HEAD.replace("http://example.org/x/", "somewhere") + COLUMNS + ROW,
        "no-iri",
        4,
        "curie_map.x",
    ),
    "a table called like a study": (
        HEAD.replace("https://example.org/set", "https://w3id.org/samtaler/id/study/one") + COLUMNS + ROW,
        "bad-id",
        1,
        "mapping_set_id",
    ),
    "a head that is no YAML": (HEAD.replace("#curie_map:", "#curie_map: ["), "", 0, ""),
    "an alias in the head": (HEAD.replace("#curie_map:", "#comment: &a b\n#curie_map:"), "", 0, ""),
    "a control character": (HEAD + COLUMNS + ROW.replace("ratio", "rat\x00io"), "bad-character", FIRST, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_at_its_place(write: Write, plan: Plan, fault: str) -> None:
    text, name, line, key = FAULTS[fault]
    told = problems(lambda: read(write(text), plan))
    assert told
    if name:
        assert (name, line, key) in {(p.name, p.where.line, p.where.key) for p in told}
    assert {p.where.file.rpartition("/")[2] for p in told} == {"made-up.sssom.tsv"}


def test_all_faults_are_told_at_once(write: Write, plan: Plan) -> None:
    rows = ROW.replace("x:", "y:") + ROW.replace("0.85", "7") + ROW.replace("close", "nearly").replace("11-30", "1")
    told = problems(lambda: read(write(HEAD.replace("license", "licence") + COLUMNS + rows), plan))
    assert {p.name for p in told} == {"head-lacks", "unknown-key", "unknown-prefix", "bad-confidence", "bad-value"}


def test_a_table_has_bounds(write: Write, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in (("MAX_TABLE", 100), ("MAX_HEAD", 3), ("MAX_LINKS", 1), ("MAX_CELL", 5)):
        with monkeypatch.context() as patch:
            patch.setattr(table, name, limit)
            told = problems(lambda: read(write(HEAD + COLUMNS + ROW + ROW), plan))
            assert {p.name for p in told} <= {"too-large", "too-much"}, name


def test_a_file_that_is_no_text_is_told(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_bytes(b"#\xff")
    assert [p.name for p in problems(lambda: read(path, plan))] == ["not-utf8"]
    assert [p.name for p in problems(lambda: read(tmp_path / "none.sssom.tsv", plan))] == ["unreadable-file"]


def made(*rows: tuple[str, str, str], name: str = "set") -> LinkSet:
    full = [(code_iri("unit", s) if "/" not in s else s, PREFIXES["skos"] + p, o) for s, p, o in rows]
    links = tuple(Link(*row, {}, table.Where("made-up", n)) for n, row in enumerate(full, start=1))
    return LinkSet(f"https://example.org/{name}", "https://example.org/licence", {}, links, name)


KNOWN = {code_iri("unit", code) for code in ("days", "weeks", "odds-ratio")}
STUDIES = {id_iri("study", "one"), id_iri("study", "two")}
ONE, OTHER = "http://example.org/o", "http://example.org/p"


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([("days", "exactMatch", ONE), ("weeks", "closeMatch", ONE), ("days", "closeMatch", OTHER)], []),
        ([("day", "exactMatch", ONE)], ["mapping-of-nothing"]),
        ([(id_iri("study", "three"), "exactMatch", ONE)], ["mapping-of-nothing"]),
        ([("days", "exactMatch", code_iri("unit", "weeks"))], ["mapping-to-ours"]),
        ([("days", "exactMatch", ONE), ("days", "exactMatch", ONE)], ["mapping-twice"]),
        ([("days", "exactMatch", ONE), ("days", "relatedMatch", ONE)], ["mapping-clashes"]),
        ([("days", "relatedMatch", ONE), ("days", "exactMatch", ONE)], ["mapping-clashes"]),
        ([("days", "exactMatch", ONE), ("weeks", "exactMatch", ONE)], ["mapping-joins"]),
        ([(id_iri("study", "one"), "exactMatch", ONE), (id_iri("study", "two"), "exactMatch", ONE)], []),
    ],
)
def test_mappings_are_held_against_the_base_and_each_other(rows: list[tuple[str, str, str]], names: list[str]) -> None:
    told = held([made(*rows)], KNOWN, STUDIES)
    assert [problem.name for problem in told] == names
    for problem in told:
        assert problem.what("en") and problem.mend("da")
        assert problem.where.line == len(rows)


def test_two_files_are_held_against_each_other() -> None:
    one, other = made(("days", "exactMatch", ONE)), made(("days", "exactMatch", ONE), name="other")
    assert [problem.name for problem in held([one, other], KNOWN, STUDIES)] == ["mapping-twice"]


def test_two_tables_have_two_names() -> None:
    told = held([made(), made(("days", "exactMatch", ONE))], KNOWN, STUDIES)
    assert [(problem.name, problem.where.key) for problem in told] == [("id-twice", "mapping_set_id")]


def test_faults_of_head_and_header_are_told_together(write: Write, plan: Plan) -> None:
    told = problems(lambda: read(write(HEAD.replace("license", "licence") + COLUMNS.replace("fid", "fad") + ROW), plan))
    assert {p.name for p in told} == {"head-lacks", "unknown-key", "unknown-column"}


def test_a_line_ends_where_an_editor_ends_it(write: Write, plan: Plan) -> None:
    row = ROW.replace("2026-11-30", "a\u2028b\x85c")
    text = HEAD + COLUMNS.replace("mapping_date", "comment") + row
    assert [link.cells["comment"] for link in read(write(text), plan).links] == ["a\u2028b\x85c"]
    told = problems(lambda: read(write(text + row.replace("0.85", "7")), plan))
    assert [p.where.line for p in told] == [FIRST + 1]


def test_a_mapping_is_said_plainly_and_as_a_thing_of_its_own(write: Write, plan: Plan) -> None:
    said = {str(triple) for triple in triples([read(write(HEAD + COLUMNS + ROW), plan)], plan)}
    node = f"<{id_iri('mapping', 'unit/odds-ratio/closeMatch/http%3A%2F%2Fexample.org%2Fx%2Fratio')}>"
    ours, skos = f"<{code_iri('unit', 'odds-ratio')}>", PREFIXES["skos"]
    assert f"{ours} <{skos}closeMatch> <http://example.org/x/ratio>" in said
    assert f"{node} <{PREFIXES['owl']}annotatedSource> {ours}" in said
    assert f'{node} <{PREFIXES["sssom"]}confidence> "0.85"^^<{PREFIXES["xsd"]}decimal>' in said
    assert f'{node} <{PREFIXES["dcterms"]}created> "2026-11-30"^^<{PREFIXES["xsd"]}date>' in said
    assert f"<https://example.org/set> <{PREFIXES['sssom']}mappings> {node}" in said
    assert len(said) == 11


def test_a_study_is_made_no_concept_by_its_mapping(write: Write, plan: Plan) -> None:
    """The domain of the SKOS mappings is a concept; the node of the mapping says the same without it."""
    rows = ROW.replace("unit:odds-ratio", "study:one") + ROW.replace("unit:odds-ratio", "study:one").replace(
        "skos:closeMatch", "http://purl.org/dc/terms/isVersionOf"
    )
    said = triples([read(write(HEAD + COLUMNS + rows), plan)], plan)
    about = [t.predicate.value for t in said if t.subject == ox.NamedNode(id_iri("study", "one"))]
    assert about == [PREFIXES["dcterms"] + "isVersionOf"]
    assert sum(t.predicate.value == PREFIXES["owl"] + "annotatedSource" for t in said) == 2


def test_every_row_of_the_shipped_tables_is_a_mapping_of_the_graph(base: Base) -> None:
    """Counted without the reader of tables."""
    rows = 0
    for path in (base.data / "links").glob("*.sssom.tsv"):
        rows += sum(not line.startswith(("#", "subject_id")) for line in path.read_text("utf-8").splitlines())
    said = list(ox.parse(path=str(base.graph / "links.nt"), format=ox.RdfFormat.N_TRIPLES))
    kind = ox.NamedNode(PREFIXES["sssom"] + "Mapping")
    assert sum(quad.object == kind for quad in said) == rows == 74


def test_a_base_with_a_faulty_table_is_not_built_and_all_its_faults_are_told(repo: Path, tmp_path: Path) -> None:
    shutil.copytree(repo / "tests" / "queries" / "given", tmp_path / "data")
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(repo / name, target_is_directory=True)
    links = tmp_path / "data" / "links"
    (links / "faulty.sssom.tsv").write_text(HEAD + COLUMNS + ROW.replace("0.85", "2"), encoding="utf-8")
    (links / "unknown.sssom.tsv").write_text(HEAD + COLUMNS + ROW.replace("odds", "even"), encoding="utf-8")
    (links / "beside.tsv").write_text("x", encoding="utf-8")
    with pytest.raises(Damaged) as told:
        assemble(Base(tmp_path))
    assert {(p.name, p.where.file) for p in told.value.problems} == {
        ("bad-confidence", "data/links/faulty.sssom.tsv"), ("wrong-place", "data/links/beside.tsv"),
    }  # fmt: skip
    for name in ("faulty.sssom.tsv", "beside.tsv"):
        (links / name).unlink()
    with pytest.raises(Damaged) as told:
        assemble(Base(tmp_path))
    assert [(p.name, p.where.line, p.where.key) for p in told.value.problems] == [
        ("mapping-of-nothing", FIRST, "subject_id")
    ]
