"""The story of a newcomer: a first card with four mistakes, mended in two rounds, taken in, seen, and retracted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samtaler_kg.intake import init
from samtaler_kg.places import Base
from tests.faults.changes import CARD, NEW
from tests.unit.conftest import Ran, Run

#: What is right, and what the newcomer wrote: a code and a key misspelt, a key forgotten, an address for a DOI.
MISTAKES = {
    "    verdict: positive\n": "    verdict: positve\n",
    "    outcome: employment\n": "    outcom: employment\n",
    "    locator: Table 1\n": "",
    "doi: 10.1234/synthetic\n": "doi: https://doi.org/10.1234/synthetic\n",
}
RIGHT = CARD.replace("language: en\n", "doi: 10.1234/synthetic\nlanguage: en\n")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The base that the newcomer made with ``samtaler init``."""
    return init(tmp_path_factory.mktemp("newcomer") / "base")


class Story:
    """What the newcomer types, and what the command answers."""

    def __init__(self, run: Run, base: Base, card: Path) -> None:
        self.run = run
        self.base = base
        self.card = card
        self.transcript: list[str] = []

    def write(self, *mistakes: str) -> None:
        text = RIGHT
        for right in mistakes:
            assert right in text
            text = text.replace(right, MISTAKES[right])
        self.card.write_text(text, encoding="utf-8")

    def types(self, *arguments: str) -> Ran:
        ran = self.run("--base", str(self.base.root), *arguments)
        shown = " ".join(Path(part).name if part == str(self.card) else part for part in arguments)
        told = (ran.out + ran.err).replace(f"{self.card.parent}/", "")
        self.transcript.append(f"$ samtaler {shown}\n{told}[{ran.code}]\n")
        return ran

    def problems(self, ran: Ran) -> dict[tuple[int, str], dict[str, str]]:
        """What ``check --json`` told, by line and key."""
        return {(told["where"]["line"], told["where"]["key"]): told for told in json.loads(ran.out)}


@pytest.fixture
def story(run: Run, own: Base, tmp_path: Path) -> Story:
    return Story(run, own, tmp_path / "my-first-study.yaml")


def test_a_newcomers_first_card(story: Story) -> None:
    locator = next(right for right in MISTAKES if "locator" in right)
    path = str(story.card)

    # Round one: four mistakes, each told with its line, its key and the way to mend it, in both languages.
    story.write(*MISTAKES)
    ran = story.types("check", path, "--json")
    told = story.problems(ran)
    assert ran.code == 1
    assert {key for _, key in told} >= {"doi", "results[0].verdict", "results[0].outcom"}
    lines = story.card.read_text(encoding="utf-8").splitlines()
    for (line, key), problem in told.items():
        if problem["name"] in ("unknown-key", "unknown-code"):
            assert key.rpartition(".")[2] in lines[line - 1]
    mends = " ".join(problem["mend"] for problem in told.values())
    assert "positive" in mends
    assert "outcome" in mends
    assert "locator" in json.dumps([*told.values()])
    danish = story.types("--lang", "da", "check", path)
    assert (danish.code, "mente du outcome" in danish.out) == (1, True)
    refused = story.types("add", path)
    assert (refused.code, refused.out) == (1, "")

    # Round two: three are mended, the fourth is still told and nothing else is.
    story.write(locator)
    ran = story.types("check", path, "--json")
    assert ran.code == 1
    assert "locator" in ran.out
    assert len(story.problems(ran)) == 1

    # All are mended: what would it change, and then in with it.
    story.write()
    assert story.types("check", path).code == 0
    impact = story.types("impact", path)
    assert impact.code == 0
    assert NEW in impact.out
    added = story.types("add", path)
    assert (added.code, NEW in added.out) == (0, True)
    assert story.types("build", "--check").code == 0

    # A reader sees it.
    shown = story.types("ask", "study-results", "-p", f"study={NEW}", "--format", "csv")
    assert f"{NEW}-r1" in shown.out
    assert NEW in story.types("ask", "studies", "-p", "country=FIN", "--format", "csv").out
    assert "Meetings" in story.types("show", f"{NEW}-r1").out

    # It is retracted: it stays, with the reason, and counts nowhere.
    assert story.types("retract", NEW, "--why", "Table 1 is about another group").code == 0
    told_of = story.types("history", NEW)
    assert "Table 1 is about another group" in told_of.out
    assert "my-first-study.yaml sha256:" in told_of.out
    counted = story.types("ask", "count-results", "-p", f"study={NEW}", "--format", "json")
    assert all(row["results"] == 0 for row in json.loads(counted.out)["rows"])
    assert (story.base.data / "studies" / "FIN" / f"{NEW}.yaml").is_file()
    assert story.types("build", "--check").code == 0
    print("\n".join(story.transcript))  # pytest -rP shows it
