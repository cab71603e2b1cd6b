"""The namespaces of the graph, closed: a mis-spelt term raises instead of silently meaning nothing."""

from __future__ import annotations

from collections.abc import Iterable

BASE = "https://w3id.org/samtaler/"

#: The one prefix table: stored queries, exports and messages use these prefixes with these IRIs.
PREFIXES: dict[str, str] = {
    "sam": BASE + "ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "country": "http://publications.europa.eu/resource/authority/country/",
    "language": "http://publications.europa.eu/resource/authority/language/",
    "sssom": "https://w3id.org/sssom/",
    "semapv": "https://w3id.org/semapv/vocab/",
}


class Namespace:
    """A closed set of terms: attribute access gives the IRI, an unknown name raises.

    >>> SKOS.prefLabel
    'http://www.w3.org/2004/02/skos/core#prefLabel'
    >>> SKOS.preferredLabel
    Traceback (most recent call last):
    AttributeError: http://www.w3.org/2004/02/skos/core# has no term 'preferredLabel'
    """

    def __init__(self, base: str, names: Iterable[str]) -> None:
        self.base = base
        self.names = frozenset(names)

    def __getattr__(self, name: str) -> str:
        """Return the IRI of *name*; raise AttributeError where the namespace does not list it."""
        if name in self.names:
            return self.base + name
        raise AttributeError(f"{self.base} has no term {name!r}")


#: The terms of the ontology that Python itself names; the full list is ``ontology/samtaler.ttl``.
SAM = Namespace(
    PREFIXES["sam"],
    [
        "Finding",
        "ForeignSource",
        "HighestPossible",
        "Layer",
        "LowestPossible",
        "Rule",
        "StoredQuery",
        "Study",
        "countedBy",
        "country",
        "counts",
        "evaluates",
        "fromLayer",
        "fromSource",
        "history",
        "identified",
        "inOutcomeGroup",
        "inRegion",
        "inScope",
        "memberStudy",
        "ofStudy",
        "ofTrial",
        "onClaim",
        "retracted",
    ],
)
DCTERMS = Namespace(
    PREFIXES["dcterms"],
    [
        "LicenseDocument", "LinguisticSystem", "MediaType", "MediaTypeOrExtent", "date", "description", "format",
        "identifier", "language", "license", "publisher", "rights", "source", "title", "type",
    ],
)  # fmt: skip
RDF = Namespace(PREFIXES["rdf"], ["Property", "first", "nil", "rest", "type"])
RDFS = Namespace(PREFIXES["rdfs"], ["comment", "label", "range", "seeAlso", "subClassOf", "subPropertyOf"])
SKOS = Namespace(
    PREFIXES["skos"],
    ["Concept", "ConceptScheme", "prefLabel", "definition", "hasTopConcept", "notation", "inScheme", "broader"],
)
PROV = Namespace(PREFIXES["prov"], ["wasGeneratedBy", "wasDerivedFrom"])
SH = Namespace(
    "http://www.w3.org/ns/shacl#",
    [
        "ClassConstraintComponent", "IRI", "Info", "MaxCountConstraintComponent", "MinCountConstraintComponent",
        "NodeShape", "PropertyShape", "Violation", "Warning", "class", "closed", "datatype", "declare", "equals",
        "focusNode", "ignoredProperties", "in", "lessThanOrEquals", "maxCount", "message", "minCount", "nodeKind", "or",
        "path", "prefixes", "property", "result", "resultPath", "resultSeverity", "select", "severity",
        "sourceConstraintComponent", "sourceShape", "sparql",
        "targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf", "value",
    ],
)  # fmt: skip
XSD = Namespace(
    PREFIXES["xsd"],
    ["boolean", "date", "dateTime", "decimal", "double", "hexBinary", "integer", "string"],
)


def code_iri(list_name: str, code: str) -> str:
    """IRI of a code of one of the project's own lists.

    >>> code_iri("verdict", "none")
    'https://w3id.org/samtaler/code/verdict/none'
    """
    return f"{BASE}code/{list_name}/{code}"


def id_iri(kind: str, identifier: str) -> str:
    """IRI of a stored thing.

    >>> id_iri("claim", "M07")
    'https://w3id.org/samtaler/id/claim/M07'
    """
    return f"{BASE}id/{kind}/{identifier}"


def graph_iri(name: str) -> str:
    """IRI of a named graph.

    >>> graph_iri("coded")
    'https://w3id.org/samtaler/graph/coded'
    """
    return f"{BASE}graph/{name}"


def short(iri: str) -> str:
    """The form of an IRI that a reader sees: codes and identifiers by their last part, other terms with their prefix.

    >>> short("https://w3id.org/samtaler/code/verdict/none"), short("https://w3id.org/samtaler/id/claim/M07/numerator")
    ('none', 'M07/numerator')
    >>> short("http://www.w3.org/2004/02/skos/core#broader"), short("https://example.org/x")
    ('skos:broader', 'https://example.org/x')
    """
    for part in ("code/", "id/"):
        if iri.startswith(BASE + part):
            return iri[len(BASE + part) :].partition("/")[2]
    if iri.startswith((PREFIXES["country"], PREFIXES["language"])):
        return iri.rpartition("/")[2]
    for prefix, base in PREFIXES.items():
        if iri.startswith(base) and len(iri) > len(base):
            return f"{prefix}:{iri[len(base) :]}"
    return iri
