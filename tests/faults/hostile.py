"""Entries that do harm, or try to: what each is made of, and the problem that must be told. Everything is made up.

``benchmarks.hostile`` prints the table of them all with the time and memory that each takes.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtaler_kg.forms.raw import regular

BASE = "https://w3id.org/samtaler/"
HUGE = 100_000_000
CARD = {"id": "made-up", "title": "A made-up study", "country": "DNK", "verification": "full"}
RESULT = {"mechanism": "net", "purpose": "mixed", "outcome": "employment", "verdict": "positive"}
RESULT |= {"favours": "intervention", "locator": "abstract", "source_url": "https://example.org/"}
TURTLE = f"@prefix sam: <{BASE}ontology#> .\n@prefix d: <http://purl.org/dc/terms/> .\n"
STUDY = f'<{BASE}id/study/made-up> a sam:Study ; d:title "A made-up study" .\n'
RDFXML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://example.org/#">'

Make = Callable[[Path], Iterable[Path]]


@dataclass(frozen=True)
class Case:
    """A hostile entry: what makes it, and the problem told of it; "" where it is read without one."""

    make: Make
    problem: str


CASES: dict[str, Case] = {}


def case(name: str, problem: str) -> Callable[[Make], Make]:
    """Enter a case under *name*."""

    def enter(make: Make) -> Make:
        CASES[name] = Case(make, problem)
        return make

    return enter


def text_case(name: str, problem: str, suffix: str, content: str | bytes | Callable[[], str | bytes]) -> None:
    """Enter a case of one file with some content."""

    def make(folder: Path) -> list[Path]:
        body = content() if callable(content) else content
        path = folder / f"entry{suffix}"
        path.write_bytes(body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body)
        return [path]

    CASES[name] = Case(make, problem)


def sparse(suffix: str) -> Make:
    """A file of a hundred million bytes that takes no room on the disk."""

    def make(folder: Path) -> list[Path]:
        path = folder / f"entry{suffix}"
        with path.open("wb") as stream:
            stream.truncate(HUGE)
        return [path]

    return make


for ending in (".yaml", ".json", ".jsonld", ".ttl", ".nt", ".rdf", ".csv", ".xlsx", ".ris", ".bib", ".csl"):
    CASES[f"100 MB {ending}"] = Case(sparse(ending), "too-large")
    if ending != ".xlsx":
        text_case(f"invalid UTF-8 {ending}", "not-utf8", ending, b"id: \xff\xfe\n")
        text_case(f"NUL {ending}", "bad-character", ending, '{"id": "a\0b"}')


def yaml(**keys: str) -> str:
    """A YAML card with some keys changed or added."""
    return "".join(f"{key}: {value}\n" for key, value in {**CARD, **keys}.items())


def laughs() -> str:
    """Nine anchors, each of which repeats the one before nine times."""
    lines = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


text_case("YAML aliases that double", "yaml-surprise", ".yaml", laughs())
text_case("YAML tag that makes an object", "yaml-surprise", ".yaml", yaml(title="!!python/object/apply:os.system [ls]"))
text_case("YAML nested 100,000 deep", "yaml-syntax", ".yaml", "a: " + "[" * 100_000)
text_case("YAML mappings 100,000 deep", "yaml-syntax", ".yaml", "a: " + "{a: " * 100_000)
text_case("YAML 100,000 empty forms", "missing-key", ".yaml", lambda: "results:\n" + "  - id:\n" * 50_000)
text_case("no-break space in a key", "unknown-key", ".yaml", yaml(**{"year\u00a0": "2015"}))
text_case("no-break space in a code", "unknown-code", ".yaml", yaml(language="en\u00a0"))
text_case("right-to-left mark in a code", "unknown-code", ".yaml", yaml(language="\u202een"))
text_case("right-to-left mark in a title", "hidden-character", ".yaml", yaml(title="safe\u202etxt.exe"))
text_case("byte order mark YAML", "", ".yaml", "\ufeff" + yaml())
text_case("mixed line ends", "", ".yaml", yaml().replace("\n", "\r\n", 1).replace("\nverification", "\rverification"))
text_case("id that climbs folders", "bad-id", ".yaml", yaml(id="../../x"))
text_case("id that climbs folders JSON", "bad-id", ".json", json.dumps({**CARD, "id": "../../x"}))
text_case("IRI with a space as id", "bad-id", ".json", json.dumps({**CARD, "id": "https://example.org/a b"}))

text_case("JSON nested 5 million deep", "too-much", ".json", lambda: "[" * 5_000_000)
text_case("JSON mappings nested deep", "too-much", ".json", lambda: '{"a":' * 1_000_000)
text_case("JSON of 4 million values", "too-much", ".json", lambda: "[" + "[]," * 3_000_000 + "[]]")
text_case("JSON text that never ends", "json-syntax", ".json", lambda: '{"id": "' + "a" * 9_000_000)
text_case("JSON backslashes without end", "json-syntax", ".json", lambda: '{"id": "' + "\\" * 9_000_001)
text_case("JSON number of a million digits", "bad-value", ".json", lambda: json.dumps({**CARD, "year": "1" * 400_000}))
text_case("JSON 100,000 equal keys", "key-twice", ".json", lambda: "{" + ",".join(['"id": "a"'] * 100_000) + "}")
text_case("JSON halves of surrogate pairs", "bad-character", ".json", '{"id": "\\ud800", "\\udfff": ""}')
text_case("JSON byte order mark", "", ".json", "\ufeff" + json.dumps(CARD))

ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
text_case(
    "XML billion laughs",
    "xml-doctype",
    ".rdf",
    f'<!DOCTYPE r [<!ENTITY l0 "lol">{ENTITIES}]>{RDFXML}<rdf:Description><a:b>&l9;</a:b></rdf:Description></rdf:RDF>',
)
text_case(
    "XML entity that reads a file",
    "xml-doctype",
    ".xml",
    f'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]>{RDFXML}<a:b>&f;</a:b></rdf:RDF>',
)
text_case("XML nested 100,000 deep", "too-much", ".rdf", lambda: RDFXML + "<rdf:Description><a:b>" * 100_000)
text_case("XML that is never closed", "xml-syntax", ".rdf", RDFXML + "<rdf:Description>")
text_case("XML of 2 million elements", "too-much", ".rdf", lambda: RDFXML + "<a:b/>" * 1_500_000 + "</rdf:RDF>")

text_case(
    "Turtle blank nodes 100,000 deep",
    "unreadable-rdf",
    ".ttl",
    lambda: "<http://a> <http://b> " + "[ <http://c> " * 100_000,
)
text_case("Turtle lists 100,000 deep", "unreadable-rdf", ".ttl", "<http://a> <http://b> " + "( " * 100_000)
text_case("Turtle IRI with a space", "unreadable-rdf", ".ttl", TURTLE + "<https://example.org/a b> a sam:Study .")
text_case("Turtle id that climbs folders", "bad-iri", ".ttl", f"{TURTLE}<{BASE}id/study/../../x> a sam:Study .")
text_case("Turtle base that climbs", "bad-iri", ".ttl", f"{TURTLE}@base <{BASE}id/study/> .\n<../../x> a sam:Study .")
text_case("Turtle NUL in a title", "bad-character", ".ttl", TURTLE + STUDY.replace("A made", "A\\u0000made"))


def skos(edges: Iterable[tuple[int, int]]) -> str:
    """A study and a tree of concepts beside it."""
    concept = f"{BASE}code/outcome/made-up-"
    lines = (f"<{concept}{a}> <http://www.w3.org/2004/02/skos/core#broader> <{concept}{b}> ." for a, b in edges)
    return TURTLE + STUDY + "\n".join(lines)


text_case("SKOS ring of two", "not-carried", ".ttl", skos([(1, 2), (2, 1)]))
text_case("SKOS ring of 50,000", "not-carried", ".ttl", lambda: skos((n, (n + 1) % 50_000) for n in range(50_000)))
text_case("SKOS tree of 50,000", "not-carried", ".ttl", lambda: skos((n, n // 2) for n in range(1, 50_000)))
text_case(
    "RDF of 400,000 statements", "too-much", ".nt", lambda: "".join(f"<a:{n}> <b:> <c:> .\n" for n in range(400_000))
)


def woven() -> str:
    """Nine thousand studies that share one result, which has nine thousand notes."""
    result = f"<{BASE}id/result/r>"
    notes = "".join(f'{result} sam:note "{n}" .\n' for n in range(9_000))
    return TURTLE + notes + "".join(f"<{BASE}id/study/s{n}> a sam:Study . {result} sam:ofStudy <{BASE}id/study/s{n}> .\n"
                                    for n in range(9_000))  # fmt: skip


text_case("RDF result of 9,000 studies", "several-values", ".ttl", woven)
text_case(
    "RDF blank nodes",
    "not-carried",
    ".ttl",
    TURTLE + STUDY + f"<{BASE}id/study/made-up> sam:authorship [ sam:position 1 ] .",
)


def jsonld(context: Any, **node: Any) -> str:
    """A JSON-LD document about one study."""
    said = {"@context": context, "id": f"{BASE}id/study/made-up", "type": "Study", "title": "Made up", **node}
    return json.dumps(said)


OWN = BASE + "context.jsonld"
text_case("JSON-LD IRI with a space", "bad-iri", ".jsonld", jsonld(OWN, id="https://example.org/a b"))
text_case("JSON-LD code that is none", "unknown-code", ".jsonld", jsonld(OWN, language="xx"))
text_case(
    "JSON-LD context in a value", "foreign-context", ".jsonld", jsonld(OWN, results=[{"@context": {}, "id": "x"}])
)
text_case("JSON-LD foreign context", "foreign-context", ".jsonld", jsonld({"title": "http://example.org/other"}))

text_case("BibTeX abbreviations that double", "too-much", ".bib", lambda: bib_bomb())
text_case("BibTeX braces 100,000 deep", "bib-syntax", ".bib", "@article{a, title = " + "{" * 100_000)
text_case("BibTeX of a million signs", "bib-syntax", ".bib", lambda: "@" * 1_000_000)
text_case("BibTeX 50,000 broken entries", "bib-syntax", ".bib", lambda: "@article{a,\n" * 50_000)
text_case("RIS of 400,000 stray lines", "ris-syntax", ".ris", lambda: "XX  - stray\n" * 400_000)
text_case("RIS that never ends", "ris-syntax", ".ris", lambda: "TY  - JOUR\nTI  - " + "a\n" * 1_000_000)


def bib_bomb() -> str:
    """Thirty abbreviations, each twice the one before."""
    lines = ['@string{s0 = "lol"}'] + [f"@string{{s{n} = s{n - 1} # s{n - 1}}}" for n in range(1, 60)]
    return "\n".join(lines) + "\n@article{a, title = s59}"


NAMESPACES = "".join(f' xmlns:a{n}="http://example.org/{n}#"' for n in range(50_000))
text_case("XML of 50,000 attributes", "too-much", ".rdf", lambda: RDFXML.replace(">", f"{NAMESPACES}/>"))


def studies(count: int) -> str:
    """Studies that say nothing but their class."""
    return TURTLE + "".join(f"<{BASE}id/study/s{n}> a sam:Study .\n" for n in range(count))


def many_classes() -> str:
    return f"{TURTLE}<{BASE}id/study/s> a " + ", ".join(f"sam:C{n}" for n in range(50_000)) + " ."


def many_properties() -> str:
    return TURTLE + STUDY + "".join(f"<{BASE}id/study/made-up> sam:p{n} 1 .\n" for n in range(50_000))


def equal_fields() -> str:
    return "@a{b, author = {" + "A and " * 300_000 + "B}, " + "title = 1," * 200_000 + "}"


text_case("RDF of 20,000 studies", "too-much", ".ttl", lambda: studies(20_000))
text_case("RDF thing of 50,000 classes", "not-carried", ".ttl", many_classes)
text_case("RDF of 50,000 unknown properties", "not-carried", ".ttl", many_properties)
text_case("JSON of 280,000 cards", "too-much", ".json", lambda: "[" + "{}," * 280_000 + "{}]")
text_case("JSON key of a million characters", "too-much", ".json", '{"' + "a" * 1_000_000 + '": 1}')
text_case("BibTeX of 200,000 equal fields", "too-much", ".bib", equal_fields)
text_case(
    "BibTeX of a million accents", "too-much", ".bib", lambda: "@article{a, title = {" + r"{\o}" * 1_200_000 + "}}"
)
text_case("RIS of 200,000 references", "too-much", ".ris", lambda: "TY  - JOUR\nER  - \n" * 200_000)


text_case("CSV quotation mark left open", "bad-csv", ".csv", lambda: 'study_id,title\n"a,b\n' + "x,y\n" * 100_000)
text_case("CSV cell of 5 MB", "bad-csv", ".csv", lambda: "study_id,title\na," + "x" * 5_000_000)
text_case("CSV of a million columns", "too-much", ".csv", lambda: "title," * 1_000_000 + "\n")
text_case("CSV of 2 million rows", "too-much", ".csv", lambda: "study_id,title\n" + "a,b\n" * 2_000_000)
text_case(
    "CSV header with no-break spaces",
    "unknown-column",
    ".csv",
    "study_id,title\u00a0,country,verification\na,b,DNK,full\n",
)
text_case("CSV mixed line ends", "", ".csv", "study_id,title,country,verification\r\na,b,DNK,full\nb,c,DNK,full\r")
text_case("CSV byte order mark", "", ".csv", "\ufeffstudy_id,title,country,verification\na,b,DNK,full\n")


def rows(count: int) -> str:
    """The rows of a table of results that belong to one study."""
    columns = ["result_id", "study_id", *RESULT]
    lines = (",".join([f"made-up-r{n}", "made-up", *RESULT.values()]) for n in range(count))
    return "\n".join([",".join(columns), *lines, ""])


@case("10,000 results CSV", "card-too-large")
def many_rows(folder: Path) -> list[Path]:
    (folder / "results.csv").write_text(rows(10_000), "utf-8")
    (folder / "studies.csv").write_text("study_id,title,country,verification\nmade-up,A study,DNK,full\n", "utf-8")
    return [folder / "studies.csv"]


@case("CSV results of 50,000 unknown studies", "row-without-study")
def strange_rows(folder: Path) -> list[Path]:
    many_rows(folder)
    (folder / "results.csv").write_text(re.sub(",made-up,", ",made-op,", rows(20_000)), "utf-8")
    return [folder / "studies.csv"]


def results(count: int) -> list[dict[str, str]]:
    return [{"id": f"made-up-r{n}", **RESULT} for n in range(count)]


def many_yaml() -> str:
    blocks = ("  - " + "\n    ".join(f"{key}: {value}" for key, value in result.items()) for result in results(10_000))
    return yaml() + "results:\n" + "\n".join(blocks) + "\n"


def many_turtle() -> str:
    coded = {"mechanism", "purpose", "outcome", "verdict", "favours"}

    def said(key: str, value: str) -> str:
        name = "sourceUrl" if key == "source_url" else key
        return f"sam:{name} <{BASE}code/{key}/{value}>" if key in coded else f'sam:{name} "{value}"'

    body = " ; ".join(said(key, value) for key, value in RESULT.items())
    study = f"<{BASE}id/study/made-up>"
    return TURTLE + STUDY + "".join(f"<{BASE}id/result/r{n}> sam:ofStudy {study} ; {body} .\n" for n in range(10_000))


text_case("10,000 results YAML", "too-large", ".yaml", many_yaml)
text_case("10,000 results JSON", "card-too-large", ".json", lambda: json.dumps({**CARD, "results": results(10_000)}))
text_case("10,000 results Turtle", "card-too-large", ".ttl", many_turtle)
text_case("two cards with one id JSON", "id-twice", ".json", json.dumps([CARD, CARD]))
text_case(
    "two cards with one id CSV", "id-twice", ".csv", "study_id,title,country,verification\n" + "a,b,DNK,full\n" * 2
)


@case("two cards with one id YAML", "id-twice")
def one_id(folder: Path) -> list[Path]:
    for name in ("one.yaml", "two.yaml"):
        (folder / name).write_text(yaml(), "utf-8")
    return [folder]


def book(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook whose sheet studies has the given parts; others are the usual ones."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    usual: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="studies" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>shared</t></si></sst>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in {**usual, **parts}.items():
            archive.writestr(
                name, content.replace("SST", f'sst xmlns="{main}"') if isinstance(content, str) else content
            )
    return stream.getvalue()


def sheet(rows: str, after: str = "") -> dict[str, str | bytes]:
    """The part of a sheet with a header of the required columns and some rows below."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    header = "".join(
        cell(f"{letter}1", name) for letter, name in zip("ABCD", ["study_id", *list(CARD)[1:]], strict=True)
    )
    body = f'<worksheet xmlns="{main}"><sheetData><row r="1">{header}</row>{rows}</sheetData>{after}</worksheet>'
    return {"xl/worksheets/sheet1.xml": body}


def cell(name: str, text: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def lying(raw: bytes, part: str, said: int) -> bytes:
    """An archive that says of one part that it unpacks to *said* bytes."""
    name = part.encode()
    at = raw.rfind(b"PK\x01\x02", 0, raw.rfind(name))
    return raw[: at + 24] + struct.pack("<I", said) + raw[at + 28 :]


def large() -> str:
    """A hundred million bytes of XML that say nothing."""
    return "<!--" + " " * 100_000_000 + "-->"


text_case("XLSX bomb that says so", "too-much", ".xlsx", lambda: book({**sheet(""), "xl/media/a.xml": large()}))
text_case(
    "XLSX bomb that says 1 kB",
    "bad-workbook",
    ".xlsx",
    lambda: lying(book({**sheet(""), "xl/b.xml": large()}), "xl/b.xml", 1_000),
)
text_case(
    "XLSX that says 4 GB",
    "too-much",
    ".xlsx",
    lambda: lying(book({**sheet(""), "xl/b.xml": "<a/>"}), "xl/b.xml", 2**32 - 2),
)
text_case("XLSX packed with LZMA", "bad-workbook", ".xlsx", lambda: book(sheet(""), zipfile.ZIP_LZMA))
text_case(
    "XLSX of 5,000 parts",
    "too-much",
    ".xlsx",
    lambda: book({**sheet(""), **{f"xl/p{n}.xml": "<a/>" for n in range(5_000)}}),
)
text_case(
    "XLSX with entities",
    "xml-doctype",
    ".xlsx",
    lambda: book({**sheet(""), "xl/sharedStrings.xml": f"<!DOCTYPE s [{ENTITIES}]><SST/>"}),
)
text_case("XLSX that is no archive", "bad-workbook", ".xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 1_000)
text_case("XLSX cut short", "bad-workbook", ".xlsx", lambda: book(sheet(""))[:900])
text_case("XLSX merged over all cells", "cells-merged", ".xlsx", lambda: book(sheet(
    f'<row r="2">{cell("A2", "a")}</row>', '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>')))  # fmt: skip
text_case("XLSX 50,000 merged ranges", "too-much", ".xlsx", lambda: book(sheet(
    "", "<mergeCells>" + '<mergeCell ref="A2:A3"/>' * 50_000 + "</mergeCells>")))  # fmt: skip
text_case(
    "XLSX cell in the last row",
    "missing-key",
    ".xlsx",
    lambda: book(sheet(f'<row r="1048576">{cell("B1048576", "x")}</row>')),
)
text_case("XLSX cells in the last column", "too-much", ".xlsx", lambda: book(sheet(
    "".join(f'<row r="{n}">{cell(f"XFD{n}", "x")}</row>' for n in range(2, 100_000)))))  # fmt: skip
text_case(
    "XLSX row number without end",
    "too-much",
    ".xlsx",
    lambda: book(sheet(f'<row r="99999999">{cell("A99999999", "x")}</row>')),
)
text_case("XLSX of 600,000 cells", "too-much", ".xlsx", lambda: book(sheet(
    "".join(f'<row r="{n}">{"<c><v>1</v></c>" * 4}</row>' for n in range(2, 150_000)))))  # fmt: skip
text_case("XLSX one long text in 100,000 cells", "too-much", ".xlsx", lambda: book({**sheet(
    "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 100_000))),
    "xl/sharedStrings.xml": "<SST><si><t>" + "_x0041_" * 4_000 + "</t></si></sst>"}))  # fmt: skip
text_case(
    "XLSX shared text that is not there",
    "bad-workbook",
    ".xlsx",
    lambda: book(sheet('<row r="2"><c r="A2" t="s"><v>9</v></c></row>')),
)
text_case("XLSX formula", "cell-formula", ".xlsx", lambda: book(sheet(
    '<row r="2"><c r="A2"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>1</v></c></row>')))  # fmt: skip
text_case("XLSX NUL by escape", "bad-character", ".xlsx", lambda: book(sheet(
    f'<row r="2">{cell("A2", "a")}{cell("B2", "x_x0000_")}{cell("C2", "DNK")}{cell("D2", "full")}</row>')))  # fmt: skip


@case("10,000 results XLSX", "card-too-large")
def many_cells(folder: Path) -> list[Path]:
    from samtaler_kg.cards import Card, Grammar
    from samtaler_kg.forms import as_files
    from samtaler_kg.places import shipped

    (content,) = as_files([Card("study", {**CARD, "results": results(10_000)})], "xlsx", Grammar.of(shipped())).values()
    (folder / "entry.xlsx").write_bytes(content)
    return [folder / "entry.xlsx"]


@case("a folder named like a card", "unknown-form")
def folder_as_card(folder: Path) -> list[Path]:
    (folder / "entry.yaml").mkdir()
    return [folder / "entry.yaml"]


@case("a pipe that nobody writes to", "unknown-form")
def pipe(folder: Path) -> list[Path]:
    paths = [folder / "entry.json", folder / "entry.yaml"]
    for path in paths:
        os.mkfifo(path)
    return paths


@case("a link to itself", "unreadable-file")
def ring(folder: Path) -> list[Path]:
    (folder / "entry.json").symlink_to(folder / "entry.json")
    return [folder / "entry.json"]


CASES["a file that is not there"] = Case(lambda folder: [folder / "gone.yaml"], "unreadable-file")
text_case("a form that is none", "unknown-form", ".exe", "MZ")


def measured(case: Case, folder: Path, seconds: float = 60) -> dict[str, Any]:
    """What a process of its own says of a case, and how large its file is. Raises where it crashes or takes too long."""
    paths = list(case.make(folder))
    command = [sys.executable, "-m", "tests.faults.reader", *(os.fsencode(path).decode("utf-8") for path in paths)]
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=seconds, check=True)
    size = paths[0].stat().st_size if regular(paths[0]) and paths[0].exists() else 0
    return {**json.loads(ran.stdout.splitlines()[-1]), "size": size}
