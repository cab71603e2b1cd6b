"""The forms of export: the name of each, its files, the layers it is for, and the room that writes it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from samtaler_kg.graph import CARD_LAYERS, LAYERS, Graph, Layer
from samtaler_kg.problems import Problem, Refused, nearest

#: The files of an export: content by name, with slashes between folders.
Files = Mapping[str, bytes]

Writer = Callable[[Graph, Layer], Files]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its name, the function that writes it (``room.function`` in this folder), the layers it is for.

    A form that is no *folder* has one file; its name ends as readers of the form expect.
    """

    name: str
    writer: str
    layers: tuple[Layer, ...] = CARD_LAYERS
    folder: bool = False

    def write(self, graph: Graph, layer: Layer) -> Files:
        """The files of *layer* in this form. Raises Refused where the form is not for the layer."""
        if layer not in self.layers:
            facts = {"form": self.name, "layer": layer, "layers": ", ".join(self.layers)}
            raise Refused(Problem("form-not-for-layer", facts=facts))
        room, _, function = self.writer.partition(".")
        writer: Writer = getattr(importlib.import_module(f"samtaler_kg.exports.{room}"), function)
        return writer(graph, layer)


#: The layers that are the project's own to describe and to license.
DESCRIBED: tuple[Layer, ...] = (*CARD_LAYERS, "links")

#: Every form by its name, in the order of telling.
FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form("turtle", "rdf.turtle", LAYERS),
        Form("nquads", "rdf.nquads", LAYERS),
        Form("jsonld", "jsonld.jsonld"),
        Form("jsonld-framed", "framed.framed"),
        Form("csv", "table.csv_rows"),
        Form("csvw", "csvw.csvw", folder=True),
        Form("parquet", "parquet.parquet", folder=True),
        Form("xlsx", "xlsx.xlsx"),
        Form("bibtex", "references.bibtex", ("coded",)),
        Form("ris", "references.ris", ("coded",)),
        Form("csl-json", "references.csl_json", ("coded",)),
        Form("ro-crate", "crate.crate", folder=True),
        Form("trig", "rdf.trig", LAYERS),
        Form("cube", "cube_qb.qb", ("coded", "reconstructed"), folder=True),
        Form("cube-link", "cube_link.link", ("coded", "reconstructed"), folder=True),
        Form("dcat", "dcat.dcat", DESCRIBED),
        Form("void", "void.void", DESCRIBED),
    )
}


def form_named(name: str) -> Form:
    """The form called *name*. Raises Refused where there is none."""
    if name not in FORMS:
        raise Refused(Problem("unknown-form-of-export", facts={"value": name, "hint": nearest(name, FORMS)}))
    return FORMS[name]


def export(graph: Graph, layer: Layer, form: str) -> Files:
    """All that *layer* says in the form called *form*, as files by name.

    Raises Refused where there is no such form, or it is not for the layer.
    """
    return form_named(form).write(graph, layer)
