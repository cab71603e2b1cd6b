"""The network of studies and trials: every cluster of more than one study, and where its studies contradict each other.

A card for each cluster: trials at the left, their studies at the right, a line for each tie. The layout is a list and
no simulation, so it is the same every time and no name lies on another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import Finding, agreed, findings
from samtaler_kg.draw.request import Request, listed
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import FAINT, LOOKS, MARGIN, PAPER, SHADE, SMALL, SOFT, TINY, Look
from samtaler_kg.draw.symbols import symbol
from samtaler_kg.network import network
from samtaler_kg.terms import id_iri

QUERIES = ("network-nodes", "network-ties", "trials", "trials-with-contradictory-readings", "result-facets")

COLUMNS, GAP, ROW = 3, 24.0, 22.0
HUB, NODE = 17.0, 74.0
"""Where trials and studies stand from the left edge of a card."""

SIGN = 26.0
"""Width of a column of numbers or signs."""

_TRIAL = Look("#44546A", "#1F2A36", "up", ink=PAPER)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: its trials, each with its studies, and the outcomes that they read differently."""

    name: str
    trials: Mapping[str, tuple[str, ...]]
    disputed: Mapping[str, tuple[str, ...]]

    @property
    def studies(self) -> list[str]:
        """Every study of the cluster, those of its first trial first."""
        return list(dict.fromkeys(study for studies in self.trials.values() for study in studies))


def draw(request: Request) -> Sheet:
    """Cards in columns, the largest cluster first."""
    found = findings(request)
    sheet = Sheet()
    y = page.head(sheet, request)
    wide = (sheet.width - 2 * MARGIN - GAP * (COLUMNS - 1)) / COLUMNS
    bottoms = [y] * COLUMNS
    clusters = _clusters(request)
    for cluster in clusters:
        column = bottoms.index(min(bottoms))
        card = _Card(sheet, request, cluster, found, MARGIN + column * (wide + GAP), wide)
        bottoms[column] = card.drawn(bottoms[column]) + 18
    kept = [f for f in found if any(f.study in cluster.studies for cluster in clusters)]
    notes = [request.say(f"draw.notes.{note}") for note in ("network-disputed", "network-bound")]
    page.foot(sheet, request, max(bottoms), _entries(request), notes, [page.coded_source(request, kept, *QUERIES)])
    return sheet


def _clusters(request: Request) -> list[Cluster]:
    ties = network(request.graph)
    tested: dict[str, dict[str, list[str]]] = {}
    wanted = {str(row["study"]) for row in request.rows("studies", request.filters)}
    for start, end, data in ties.edges(data=True):
        trial, study = sorted((start, end), key=lambda node: not node.startswith("trial/"))
        name = study.removeprefix("study/")
        if data["kind"] == "sam:evaluates" and name in wanted:
            cluster = str(ties.nodes[study]["cluster"])
            tested.setdefault(cluster, {}).setdefault(trial.removeprefix("trial/"), []).append(name)
    disputed = {
        (str(row["trial"]), str(row["outcome"]))
        for row in request.rows("trials-with-contradictory-readings", request.filters)
    }
    clusters = [_cluster(request, name, trials, disputed) for name, trials in tested.items()]
    several = [cluster for cluster in clusters if len(cluster.studies) > 1]
    return sorted(several, key=lambda cluster: (-len(cluster.studies), cluster.name))


def _cluster(
    request: Request, name: str, trials: Mapping[str, Sequence[str]], disputed: Collection[tuple[str, str]]
) -> Cluster:
    def named(study: str) -> str:
        return request.names[study].casefold()

    ordered = {trial: tuple(sorted(trials[trial], key=named)) for trial in sorted(trials)}
    outcomes = {
        code: tuple(trial for trial in ordered if (trial, code) in disputed)
        for code in request.graph.codes.by_list["outcome"]
    }
    return Cluster(name, ordered, {code: on for code, on in outcomes.items() if on})


@dataclass(frozen=True)
class _Card:
    """One cluster on its way to the sheet."""

    sheet: Sheet
    request: Request
    cluster: Cluster
    found: Sequence[Finding]
    left: float
    wide: float

    @property
    def right(self) -> float:
        return self.left + self.wide

    @property
    def _group(self) -> str:
        return " + ".join(self.request.trials[trial] for trial in self.cluster.trials)

    def drawn(self, y: float) -> float:
        """Names of trials, disputed outcomes, then trials and studies with their ties; gives the height below."""
        y = self._titles(y)
        y = self._disputes(y)
        studies = self.cluster.studies
        places = {study: y + (n + 0.5) * ROW for n, study in enumerate(studies)}
        hubs = self._hubs(places)
        for trial, members in self.cluster.trials.items():
            for study in members:
                ends = (self.left + HUB, hubs[trial]), (self.left + NODE, places[study])
                self.sheet.line(*ends, colour=FAINT, width=1.2)
        for n, (trial, at) in enumerate(hubs.items(), start=1):
            self._hub(trial, at, n)
        for study, at in places.items():
            self._study(study, at)
        return y + len(studies) * ROW + 4

    def _titles(self, y: float) -> float:
        several = len(self.cluster.trials) > 1
        names = [self._title(trial) for trial in self.cluster.trials]
        broken = [lettering.lines(name, SMALL, self.wide - 40, True) for name in names]
        high = sum(map(len, broken)) * 17 + 11
        self.sheet.area(self.left, y, self.wide, high, SHADE)
        at = y + 18
        for n, words in enumerate(broken, start=1):
            if several:
                self.sheet.label(self.left + 10, at, str(n), SMALL, bold=True, on=SHADE)
            for word in words:
                self.sheet.label(self.left + (26 if several else 10), at, word, SMALL, bold=True, on=SHADE)
                at += 17
        return y + high + 5

    def _title(self, trial: str) -> str:
        """The name of a trial, and the countries of its studies."""
        members = self.cluster.trials[trial]
        countries = dict.fromkeys(f.country for f in self.found if f.study in members)
        return listed([self.request.trials[trial], *(self.request.label("country", code) for code in countries)])

    def _disputes(self, y: float) -> float:
        """A line for each outcome that studies of a trial read differently, with the letter of its column."""
        for n, outcome in enumerate(self.cluster.disputed):
            name = self.request.inner("outcome", outcome)
            words = self.request.say("draw.network.disputed", letter=_letter(n), outcome=name)
            self.sheet.label(self.left + 10, y + 13, lettering.shortened(words, TINY, self.wide - 20), TINY)
            y += 16
        y += 4
        for n in range(len(self.cluster.disputed)):
            self.sheet.label(self._column(n), y + 12, _letter(n), TINY, bold=True, colour=SOFT, side="center")
        head = self.request.say("draw.network.results")
        self.sheet.label(self._column(-1), y + 12, head, TINY, bold=True, colour=SOFT, side="center")
        return y + 18

    def _column(self, n: int) -> float:
        """The middle of the column of the n-th disputed outcome; -1 is the number of results."""
        return self.right - SIGN * (len(self.cluster.disputed) - n) + SIGN / 2 - 4

    def _hubs(self, places: Mapping[str, float]) -> dict[str, float]:
        """The heights of the trials: each in the middle of its studies, and apart from each other."""
        hubs: dict[str, float] = {}
        for trial, members in self.cluster.trials.items():
            middle = sum(places[study] for study in members) / len(members)
            hubs[trial] = max([middle, *(at + 34 for at in hubs.values())])
        return hubs

    def _hub(self, trial: str, y: float, n: int) -> None:
        members = self.cluster.trials[trial]
        words = f"{self._title(trial)}: {self.request.count('studies', len(members))}"
        facts = {"trial": trial, "studies": len(members), "kind": "trial"}
        mark = self.sheet.mark(self._group, words, id_iri("trial", trial), **facts)
        self.sheet.box(self.left + HUB - 11, y - 11, 22, 22, _TRIAL, mark)
        if len(self.cluster.trials) > 1:
            middle = self.left + HUB
            self.sheet.label(
                middle, y + 4.5, str(n), SMALL, bold=True, colour=PAPER, on=_TRIAL.fill, side="center", mark=mark
            )

    def _study(self, study: str, y: float) -> None:
        held = [finding for finding in self.found if finding.study == study]
        read = {outcome: self._reading(study, outcome, held) for outcome in self.cluster.disputed}
        mark = self._mark(study, held, read)
        self.sheet.circle(self.left + NODE, y, 5.5, LOOKS["plain"], mark)
        room = self.wide - NODE - 14 - SIGN * (len(read) + 1)
        name = lettering.name(self.request.names[study], SMALL, room)
        self.sheet.label(self.left + NODE + 12, y + 4, name, SMALL, mark=mark)
        self.sheet.label(self._column(-1), y + 4, str(len(held)), TINY, colour=SOFT, side="center", mark=mark)
        for n, direction in enumerate(read.values()):
            if direction:
                symbol(self.sheet, direction, self._column(n), y, 12, mark)

    def _reading(self, study: str, outcome: str, held: Sequence[Finding]) -> str:
        """What a study says of a disputed outcome; empty where it says nothing or is on none of the trials disputed."""
        on = any(study in self.cluster.trials[trial] for trial in self.cluster.disputed[outcome])
        verdicts = [finding.verdict for finding in held if finding.outcome == outcome]
        return agreed(verdicts) if on and verdicts else ""

    def _mark(self, study: str, held: Sequence[Finding], read: Mapping[str, str]) -> int:
        told = [self.request.count("results", len(held))]
        for outcome, direction in read.items():
            if direction:
                words = self.request.say(f"draw.directions.{direction}").lower()
                told.append(f"{self.request.inner('outcome', outcome)} {words}")
        trials = [trial for trial, members in self.cluster.trials.items() if study in members]
        words = f"{self.request.names[study]} ({listed(told)})"
        facts = {"study": study, "trials": trials, "results": len(held), "disputed": dict(read)}
        return self.sheet.mark(self._group, words, id_iri("study", study), **facts, kind="study")


def _letter(n: int) -> str:
    return chr(ord("a") + n)


def _entries(request: Request) -> list[page.Entry]:
    def trial(sheet: Sheet, x: float, y: float) -> None:
        sheet.box(x - 9, y - 9, 18, 18, _TRIAL)

    def study(sheet: Sheet, x: float, y: float) -> None:
        sheet.circle(x, y, 5.5, LOOKS["plain"])

    signs = [page.direction_entry(request, name) for name in ("positive", "none", "negative", "mixed")]
    return [
        page.Entry(trial, request.say("draw.network.trial")),
        page.Entry(study, request.say("draw.network.study")),
        *signs,
    ]
