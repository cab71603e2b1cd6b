"""The vocabularies of others that exports are written in, closed as the project's own are."""

from __future__ import annotations

from samtaler_kg.terms import BASE, PREFIXES, Namespace

#: Who made the data, as CITATION.cff names them; what counts them; the licence of the data.
MAKERS = f"{BASE}id/agent/contributors"
SOFTWARE = f"{BASE}id/agent/samtaler-kg"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

#: RDF Data Cube (W3C Recommendation, 16 January 2014).
QB = Namespace(
    "http://purl.org/linked-data/cube#",
    [
        "AttributeProperty", "CodedProperty", "ComponentSpecification", "DataSet", "DataStructureDefinition",
        "DimensionProperty", "MeasureProperty", "Observation", "Slice", "SliceKey", "attribute", "codeList", "component",
        "componentProperty", "componentRequired", "concept", "dataSet", "dimension", "measure", "measureType",
        "observation", "order", "slice", "sliceKey", "sliceStructure", "structure",
    ],
)  # fmt: skip
#: A common attribute of the SDMX content-oriented guidelines; the common dimensions stand in ``queries/cubes.toml``.
SDMX_ATTRIBUTE = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#", ["unitMeasure"])

#: The cube schema of cube.link, with its meta and relation vocabularies.
CUBE = Namespace(
    "https://cube.link/",
    [
        "Constraint", "Cube", "KeyDimension", "MeasureDimension", "Observation", "ObservationSet", "Undefined",
        "observation", "observationConstraint", "observationSet", "observedBy",
    ],
)  # fmt: skip
META = Namespace("https://cube.link/meta/", ["dimensionRelation", "relatesTo"])
RELATION = Namespace("https://cube.link/relation/", ["ConfidenceLowerBound", "ConfidenceUpperBound"])
#: In the form that cube.link's own constraints ask for, with http.
SCHEMA = Namespace(
    "http://schema.org/",
    ["Organization", "SoftwareApplication", "contributor", "creator", "description", "license", "name", "publisher"],
)
QUDT = Namespace("http://qudt.org/schema/qudt/", ["NominalScale", "RatioScale", "scaleType"])

#: Catalogues: DCAT 2 (W3C Recommendation, 4 February 2020), agents, checksums.
DCAT = Namespace(
    "http://www.w3.org/ns/dcat#",
    ["Catalog", "Dataset", "Distribution", "byteSize", "dataset", "distribution", "keyword", "mediaType", "theme"],
)
FOAF = Namespace("http://xmlns.com/foaf/0.1/", ["Agent", "name"])
SPDX = Namespace(
    "http://spdx.org/rdf/terms#",
    ["Checksum", "algorithm", "checksum", "checksumAlgorithm_sha256", "checksumValue"],
)

#: Descriptions of linked data sets: VoID (W3C Interest Group Note, 3 March 2011).
VOID = Namespace(
    "http://rdfs.org/ns/void#",
    [
        "Dataset", "Linkset", "class", "classPartition", "classes", "distinctObjects", "distinctSubjects", "entities",
        "exampleResource", "linkPredicate", "objectsTarget", "properties", "property", "propertyPartition",
        "subjectsTarget", "subset", "triples", "uriSpace", "vocabulary",
    ],
)  # fmt: skip

#: The prefixes of an export: the project's own, and those of the vocabularies above.
EXPORT_PREFIXES: dict[str, str] = {
    **PREFIXES,
    "cube": CUBE.base,
    "dcat": DCAT.base,
    "foaf": FOAF.base,
    "meta": META.base,
    "qb": QB.base,
    "qudt": QUDT.base,
    "relation": RELATION.base,
    "schema": SCHEMA.base,
    "sdmx-attribute": SDMX_ATTRIBUTE.base,
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sh": "http://www.w3.org/ns/shacl#",
    "spdx": SPDX.base,
    "void": VOID.base,
}
