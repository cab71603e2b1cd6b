"""What is to be drawn: of which graph, in which language, of which results; and the words and rows for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph
from samtaler_kg.tables import Value
from samtaler_kg.terms import id_iri
from samtaler_kg.words import Language
from samtaler_kg.words import say as told

Scope = Literal["memo", "all"]
Unit = Literal["result", "trial"]
Row = Mapping[str, Value]

#: The pictures that are called otherwise where each mark stands for a cluster.
_PER_TRIAL = {"harvest", "timeline", "effect-direction"}

#: The outcome group whose results are drawn together; all others only where outcomes are rows or columns.
TOGETHER = "memo-three"


@dataclass
class Request:
    """One picture asked for. *filters* are parameters of the stored query of results, *options* the picture's own."""

    graph: Graph
    name: str
    lang: Language
    scope: Scope
    unit: Unit
    filters: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of the picture."""
        per_trial = self.unit == "trial" and self.name in _PER_TRIAL
        return self.say(f"draw.pictures.{self.name}.title-trial" if per_trial else f"draw.pictures.{self.name}.title")

    def say(self, key: str, **facts: object) -> str:
        """The text with a dotted key; facts that are numbers are written as the language writes them."""
        return told(key, self.lang, **{name: self._fact(fact) for name, fact in facts.items()})

    def _fact(self, fact: object) -> object:
        return self.number(fact) if isinstance(fact, float) else fact

    def number(self, value: float | str) -> str:
        """A number as the language writes it: decimal comma or point, a true minus sign."""
        written = f"{value:g}" if isinstance(value, int | float) else str(value)
        return written.replace("-", "−").replace(".", "," if self.lang == "da" else ".")

    def count(self, thing: str, n: int) -> str:
        """A number with what is counted: ``1 result``, ``2 results``."""
        return self.say(f"draw.count.{thing}-{'one' if n == 1 else 'many'}", n=n)

    def sizes(self, results: int, studies: int, clusters: int) -> str:
        """Results, studies and clusters as one phrase."""
        return self.say(
            "draw.count.all",
            results=self.count("results", results),
            studies=self.count("studies", studies),
            clusters=self.count("clusters", clusters),
        )

    def label(self, code_list: str, code: str) -> str:
        """The label of a code with a capital letter; ranges of years with a dash between."""
        concept = self.graph.codes.by_list[code_list].get(code)
        text = concept.label(self.lang) if concept else code
        if code_list == "period":
            text = text.replace("-20", "–20")
        return text[:1].upper() + text[1:]

    def inner(self, code_list: str, code: str) -> str:
        """The label of a code as it stands inside a sentence."""
        concept = self.graph.codes.by_list[code_list].get(code)
        return concept.label(self.lang) if concept else code

    def rows(self, query: str, params: Mapping[str, str] | None = None, *, layer: str = "coded") -> list[Row]:
        """The rows of a stored query, of the scope asked for where the query knows scopes."""
        scope = self.scope if layer == "coded" and "scope" in self.graph.catalogue.find(query).params else None
        return list(ask(self.graph, query, layer, scope, dict(params or {})).records())

    def unscoped(self, query: str) -> list[Row]:
        """The rows of a stored query of all coded results, whatever the scope and the filters."""
        return list(ask(self.graph, query, "coded", "all").records())

    @property
    def narrowed(self) -> str:
        """What the filters leave, in words; empty where there are none."""
        catalogue = self.graph.catalogue
        parts = []
        for name, value in self.filters.items():
            title = catalogue.columns[name].title[self.lang] if name in catalogue.columns else name
            codes = catalogue.params[name].list
            words = [self.inner(codes, part) if codes else part for part in value.split("|")]
            parts.append(f"{title[:1].lower()}{title[1:]}: {self.say('draw.either').join(words)}")
        return "; ".join(parts)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """A short name for every study: first author and year as printed, told apart by letters where two agree."""
        rows = self.rows("studies", {})
        short = {str(row["study"]): self._short(row) for row in rows}
        alike: dict[str, list[str]] = {}
        for study, name in short.items():
            alike.setdefault(name, []).append(study)
        return {
            study: f"{name}{chr(ord('a') + alike[name].index(study))}" if len(alike[name]) > 1 else name
            for study, name in short.items()
        }

    def _short(self, row: Row) -> str:
        year = str(row["year"] or self.say("draw.no-year"))
        if not row["authors"]:
            return f"{row['study']}" if year in str(row["study"]) else f"{row['study']} {year}"
        people = str(row["authors"]).split("; ")
        family = [person.partition(",")[0].partition(" (")[0] for person in people]
        if len(people) == 2:
            return f"{family[0]} & {family[1]} {year}"
        several = len(people) > 2 or "co-authors" in people[0]
        return f"{family[0]} {self.say('draw.others')} {year}" if several else f"{family[0]} {year}"

    @cached_property
    def trials(self) -> Mapping[str, str]:
        """The name of every trial, reform or shared data set."""
        return {str(row["trial"]): str(row["label"]) for row in self.rows("trials")}

    @cached_property
    def clusters(self) -> Mapping[str, Sequence[str]]:
        """The trials of every cluster that has any."""
        of = {row["study"]: str(row["cluster"]) for row in self.unscoped("studies")}
        found: dict[str, list[str]] = {}
        for row in self.rows("trial-members"):
            found.setdefault(of[row["study"]], []).append(str(row["trial"]))
        return {cluster: list(dict.fromkeys(trials)) for cluster, trials in found.items()}

    def cluster(self, cluster: str) -> str:
        """The name of a cluster: of each of its trials, or of the study that stands alone."""
        named = " + ".join(self.trials[trial] for trial in self.clusters.get(cluster, ()))
        return named or self.names.get(cluster, cluster)


def query_iri(name: str) -> str:
    """The IRI of a stored query, where a mark that sums up many results leads.

    >>> query_iri("results").rpartition("/")[2]
    'results'
    """
    return id_iri("query", name)


def listed(parts: Sequence[str]) -> str:
    """Phrases as one, with commas between."""
    return ", ".join(part for part in parts if part)
