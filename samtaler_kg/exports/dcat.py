"""A layer described for catalogues: DCAT 2 with what DCAT-AP-DK 2.0.2 asks for, as far as it is known.

What nobody has given (addresses, a contact, dates) is left out and told at the head of the file, never made up.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtaler_kg.exports.forms import FORMS, Files, Form
from samtaler_kg.exports.statements import Statements, remarks
from samtaler_kg.exports.vocabularies import DCAT, FOAF, LICENCE, MAKERS, SPDX
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import BASE, DCTERMS, PREFIXES, SKOS, XSD
from samtaler_kg.words import LANGUAGES, both, say

CATALOGUE = f"{BASE}id/catalogue"

#: The authority tables of the Publications Office of the EU, and the registry of media types.
EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"


def dcat(graph: Graph, layer: Layer) -> Files:
    """The catalogue, the layer as a data set, and each form that it can be written in as a distribution."""
    to = Statements()
    _catalogue(to)
    _dataset(layer, to)
    for form in FORMS.values():
        known = media().get(form.name, {})
        if layer in form.layers and not known.get("describes"):
            _distribution(graph, layer, form, known, to)
    return {f"{layer}.dcat.ttl": remarks(["describing.open", f"layers.{layer}"]) + to.turtle()}


def media() -> Mapping[str, Mapping[str, Any]]:
    """What is known of each form, by its name."""
    return tomllib.loads((Path(__file__).parent / "media.toml").read_text(encoding="utf-8"))


def data_set(layer: Layer) -> str:
    """The IRI of a layer with its conclusions, as a data set."""
    return f"{BASE}id/data-set/{layer}"


def _catalogue(to: Statements) -> None:
    to.kind(CATALOGUE, DCAT.Catalog)
    to.tell(CATALOGUE, DCTERMS.title, both("describing.catalogue"))
    to.tell(CATALOGUE, DCTERMS.description, both("describing.about"))
    to.tell(CATALOGUE, DCTERMS.description, both("describing.open"))
    _published(CATALOGUE, to)
    to.say(CATALOGUE, DCTERMS.license, LICENCE)
    to.kind(LICENCE, DCTERMS.LicenseDocument)
    to.kind(MAKERS, FOAF.Agent)
    to.tell(MAKERS, FOAF.name, both("cube.makers"))


def _dataset(layer: Layer, to: Statements) -> None:
    iri, theme = data_set(layer), f"{EU}data-theme/SOCI"
    to.say(CATALOGUE, DCAT.dataset, iri)
    to.kind(iri, DCAT.Dataset)
    to.value(iri, DCTERMS.identifier, iri)
    to.tell(iri, DCTERMS.title, both(f"describing.titles.{layer}"))
    to.tell(iri, DCTERMS.description, both(f"layers.{layer}"))
    if layer == "reconstructed":
        to.tell(iri, DCTERMS.description, both("notes.reconstructed"))
    _published(iri, to)
    to.say(iri, DCAT.theme, theme)
    to.kind(theme, SKOS.Concept)
    to.tell(theme, SKOS.prefLabel, both("describing.theme"))
    words = [text.split("; ") for text in both("describing.keywords").values()]
    for pair in zip(*words, strict=True):
        to.tell(iri, DCAT.keyword, dict(zip(LANGUAGES, pair, strict=True)))


def _published(iri: str, to: Statements) -> None:
    to.say(iri, DCTERMS.publisher, MAKERS)
    for code in ("DAN", "ENG"):
        to.say(iri, DCTERMS.language, PREFIXES["language"] + code)
        to.kind(PREFIXES["language"] + code, DCTERMS.LinguisticSystem)


def _distribution(graph: Graph, layer: Layer, form: Form, known: Mapping[str, Any], to: Statements) -> None:
    iri = f"{data_set(layer)}/{form.name}"
    to.say(data_set(layer), DCAT.distribution, iri)
    to.kind(iri, DCAT.Distribution)
    to.tell(iri, DCTERMS.title, {lang: f"{form.name}: {say(f'export.forms.{form.name}', lang)}" for lang in LANGUAGES})
    to.say(iri, DCTERMS.license, LICENCE)
    if not known:
        return
    to.say(iri, DCAT.mediaType, IANA + known["media_type"])
    to.kind(IANA + known["media_type"], DCTERMS.MediaType)
    to.say(iri, DCTERMS.format, f"{EU}file-type/{known['file_type']}")
    to.kind(f"{EU}file-type/{known['file_type']}", DCTERMS.MediaTypeOrExtent)
    if not form.folder:
        _checksum(iri, next(iter(form.write(graph, layer).values())), to)


def _checksum(iri: str, content: bytes, to: Statements) -> None:
    to.value(iri, DCAT.byteSize, str(len(content)), XSD.decimal)
    to.say(iri, SPDX.checksum, f"{iri}/checksum")
    to.kind(f"{iri}/checksum", SPDX.Checksum)
    to.say(f"{iri}/checksum", SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    to.value(f"{iri}/checksum", SPDX.checksumValue, hashlib.sha256(content).hexdigest(), XSD.hexBinary)
