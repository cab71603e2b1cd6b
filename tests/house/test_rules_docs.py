"""The table of rules in docs is what the shapes, their fixtures and the stored checks say."""

from __future__ import annotations

import os
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.check.shapes import Shape, Shapes, read
from samtaler_kg.places import Base
from samtaler_kg.words import Language, say

FILES: dict[Language, str] = {"en": "docs/rules.md", "da": "docs/regler.md"}

TEXTS: dict[Language, Mapping[str, str]] = {
    "en": {
        "title": "The rules that every card and every base must meet",
        "intro": (
            "Generated from `ontology/shapes`, `queries/checks` and `tests`; `tests/house/test_rules_docs.py` compares, "
            "and writes it anew where `SAMTALER_WRITE_RULES=1` is set. An error blocks, a warning and a note are told. "
            "The fixture is an entry that breaks the rule; `valid.…` beside it is the same entry, mended. In Danish: "
            "[regler.md](regler.md)."
        ),
        "head": "| rule | shape | severity | broken by | what to do |",
        "structure": "Structure",
        "statistics": "Statistics",
        "coherence": "Coherence",
        "duplicates": "Duplicates",
        "memo": "The memo",
        "reconstructed": "The reconstruction",
        "links": "Ties to elsewhere",
        "checks": "Checks over a whole graph",
        "check_head": "| check | asks | layers | broken by | what to do |",
        "only": "In fixtures only: {reason}",
        "count": "{shapes} shapes, {broken} of them broken by a fixture; {checks} stored checks.",
    },
    "da": {
        "title": "De regler, som hvert kort og hver base skal overholde",
        "intro": (
            "Dannet af `ontology/shapes`, `queries/checks` og `tests`; `tests/house/test_rules_docs.py` sammenligner, "
            "og skriver den igen, hvor `SAMTALER_WRITE_RULES=1` er sat. En fejl står i vejen, en advarsel og en "
            "bemærkning siges. Prøven er et kort, der bryder reglen; `valid.…` ved siden af er det samme kort, rettet. "
            "På engelsk: [rules.md](rules.md)."
        ),
        "head": "| regel | shape | alvor | brydes af | sådan rettes det |",
        "structure": "Opbygning",
        "statistics": "Statistik",
        "coherence": "Sammenhæng",
        "duplicates": "Dubletter",
        "memo": "Notatet",
        "reconstructed": "Rekonstruktionen",
        "links": "Koblinger til andre steder",
        "checks": "Kontroller over en hel graf",
        "check_head": "| kontrol | spørger | lag | brydes af | sådan rettes det |",
        "only": "Kun i prøvedata: {reason}",
        "count": "{shapes} shapes, hvoraf {broken} brydes af en prøve; {checks} gemte kontroller.",
    },
}

ORDER = ("structure", "statistics", "coherence", "duplicates", "memo", "reconstructed", "links")


def fixtures(repo: Path) -> Mapping[str, list[str]]:
    """The fixtures that break each shape, by the shape's name; those that break least besides come first."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for path in sorted((repo / "tests" / "shapes").glob("*/*.expected.toml")):
        base = path.name.removesuffix(".expected.toml")
        (entry,) = (other for other in path.parent.glob(f"{base}.*") if other.suffix in {".yaml", ".ttl"})
        told = tomllib.loads(path.read_text(encoding="utf-8"))["problem"]
        for name in {problem["shape"] for problem in told if "shape" in problem}:
            found[name].append((len(told), f"tests/shapes/{path.parent.name}/{entry.name}"))
    return {name: [path for _, path in sorted(paths)] for name, paths in found.items()}


def generated(base: Base, repo: Path, lang: Language) -> str:
    """The whole page."""
    words, broken = TEXTS[lang], fixtures(repo)
    shapes, checks = in_order(read(base)), Catalogue(base).all("checks")
    numbers = {"shapes": len(shapes), "broken": sum(s.name in broken for s in shapes), "checks": len(checks)}
    lines = [f"# {words['title']}", "", words["intro"], "", words["count"].format_map(numbers)]
    for file in ORDER:
        lines += ["", f"## {words[file]}", "", words["head"], "|---|---|---|---|---|"]
        lines += [row(shape, broken, lang) for shape in shapes if shape.file == file]
    lines += ["", f"## {words['checks']}", "", words["check_head"], "|---|---|---|---|---|"]
    lines += check_rows(base, repo, lang)
    return "\n".join(lines) + "\n"


def in_order(shapes: Shapes) -> list[Shape]:
    """The shapes as they stand in their files."""
    places = {str(triple.subject.value): n for n, triple in reversed(list(enumerate(shapes.triples)))}
    return sorted(shapes.by_iri.values(), key=lambda shape: places[shape.iri])


def row(shape: Shape, broken: Mapping[str, list[str]], lang: Language) -> str:
    """One rule."""
    rule = shape.rule[lang]
    if shape.fixture_only:
        rule += ". " + TEXTS[lang]["only"].format(reason=shape.fixture_only[lang])
    severity = say(f"severity.{shape.severity.value}", lang)
    first = broken.get(shape.name, [""])[0]
    return line(rule, f"`{shape.name}`", severity, linked(first), shape.mend[lang])


def check_rows(base: Base, repo: Path, lang: Language) -> Iterator[str]:
    """The stored checks."""
    for query in Catalogue(base).all("checks"):
        (first, *_) = sorted((repo / "tests" / "queries" / query.name).glob("expected.*fault*.csv"))
        told = linked(first.relative_to(repo).as_posix())
        yield line(f"`{query.name}`", query.asks[lang], ", ".join(query.layers), told, query.head["remedy"][lang])


def line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def linked(path: str) -> str:
    return f"[{Path(path).name}](../{path})" if path else "-"


@pytest.mark.parametrize("lang", FILES)
def test_the_table_of_rules_is_generated(repo: Path, base: Base, lang: Language) -> None:
    """Set SAMTALER_WRITE_RULES=1 to write it anew."""
    path, wanted = repo / FILES[lang], generated(base, repo, lang)
    if os.environ.get("SAMTALER_WRITE_RULES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == wanted


def test_no_rule_lacks_a_fixture(repo: Path, base: Base) -> None:
    assert [shape.name for shape in read(base).by_iri.values() if not fixtures(repo).get(shape.name)] == []
