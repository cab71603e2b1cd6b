"""Taking studies in: what is written and stamped, what is refused; how a study is retracted and its history told."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import samtaler_kg as sk
from samtaler_kg import check
from samtaler_kg.build import differences
from samtaler_kg.cards import Card, Data, Grammar, read_text
from samtaler_kg.graph import Graph
from samtaler_kg.intake import NotTaken, add, given, history, impact, init, retract
from samtaler_kg.intake.against import conflicts
from samtaler_kg.lines import lines
from samtaler_kg.places import VARIABLE, Base
from samtaler_kg.problems import Damaged, Problem, Refused, SamtalerError, Severity
from tests.faults.changes import CARD, NEW, state
from tests.unit.conftest import Run

TRIAL = "dnk-hurtigt-i-gang-2"
MEMBER = "maibom-rosholm-2017-early-meetings"


@pytest.fixture
def card(tmp_path: Path) -> Callable[..., Path]:
    """A file with a card that may be taken in; every old text is replaced by the new one behind it."""

    def written(*changed: str, name: str = "new.yaml") -> Path:
        text = CARD
        for old, new in zip(changed[::2], changed[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def told(error: pytest.ExceptionInfo[SamtalerError]) -> list[str]:
    for problem in error.value.problems:
        assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    return [problem.name for problem in error.value.problems]


def stands(base: Base, name: str = NEW, country: str = "FIN") -> Data:
    path = base.data / "studies" / country / f"{name}.yaml"
    found, problems = read_text(path.read_text(encoding="utf-8"), "study")
    assert found is not None
    assert problems == []
    return found.data


def count(base: Base, **where: str) -> int:
    from samtaler_kg.ask import ask

    (row,) = [*ask(Graph(base), "count-results", "coded", None, where).records()] or [{"results": 0}]
    return int(str(row["results"]))


# Taking in


def test_a_card_is_written_stamped_and_in_the_graph(own_base: Base, card: Callable[..., Path]) -> None:
    path = card()
    receipt = add(own_base, given([path], own_base))
    (taken,) = receipt.taken
    assert (taken.kind, taken.id, taken.event, taken.holds) == ("study", NEW, "added", 1)
    assert taken.file == f"data/studies/FIN/{NEW}.yaml"
    data = stands(own_base)
    (event,) = data.pop("history")
    assert event == {
        "event": "added",
        "at": receipt.at,
        "came_from": [f"new.yaml sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"],
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["at"])
    given_card, _ = read_text(path.read_text(encoding="utf-8"), "study")
    assert given_card is not None
    assert data == given_card.data
    assert differences(own_base) == []
    assert count(own_base, study=NEW) == 1


def test_a_name_is_recorded_only_where_it_is_given(own_base: Base, card: Callable[..., Path]) -> None:
    receipt = add(own_base, given([card()], own_base), by="  Ann\n Other ")
    assert stands(own_base)["history"][0]["by"] == "Ann Other"
    assert receipt.by == "Ann Other"
    retract(own_base, NEW, "a mistake")
    assert "by" not in stands(own_base)["history"][1]
    with pytest.raises(Refused) as refused:
        add(own_base, given([card(NEW, "other")], own_base), by="A\x00nn")
    assert told(refused) == ["bad-character"]


def test_several_cards_are_taken_in_together_or_not_at_all(own_base: Base, card: Callable[..., Path]) -> None:
    names = [f"{NEW}-{word}" for word in "abc"]
    paths = [
        card(NEW, name, "synthetic study", f"study {name}", "Tester", f"Tester{name[-1]}", name=f"{name}.yaml")
        for name in names
    ]
    before = state(own_base)
    wrong = card("verdict: positive", "verdict: pos", name="wrong.yaml")
    with pytest.raises(NotTaken) as error:
        add(own_base, given([*paths, wrong], own_base))
    assert "unknown-code" in told(error)
    assert state(own_base) == before
    receipt = add(own_base, given(paths, own_base))
    assert [taken.id for taken in receipt.taken] == names
    assert differences(own_base) == []


def test_one_name_twice_is_not_taken_in(own_base: Base, card: Callable[..., Path]) -> None:
    before = state(own_base)
    with pytest.raises(NotTaken) as error:
        add(own_base, given([card(name="a.yaml"), card("country: FIN", "country: SWE", name="b.yaml")], own_base))
    assert "id-twice" in told(error)
    assert state(own_base) == before


def test_what_is_in_the_base_already_is_not_taken_in(own_base: Base, card: Callable[..., Path]) -> None:
    add(own_base, given([card()], own_base))
    before = state(own_base)
    for again in (card(), own_base.data / "studies" / "FIN" / f"{NEW}.yaml"):
        with pytest.raises(NotTaken) as error:
            add(own_base, given([again], own_base))
        assert {"name-taken", "history-given"} & set(told(error))
    with pytest.raises(NotTaken) as error:
        add(own_base, given([card(f"id: {NEW}\ntitle", "id: other\ntitle")], own_base))
    assert f"{NEW}-r1" in "".join(problem.focus for problem in error.value.problems)
    assert state(own_base) == before


def test_a_result_of_the_base_is_not_brought_again_by_another_study(own_base: Base, card: Callable[..., Path]) -> None:
    add(own_base, given([card()], own_base))
    found = check.check(own_base, [card_at(card(f"id: {NEW}\ntitle", "id: other\ntitle"))])
    blocking = [(p.name, p.where.key) for p in found if p.severity is Severity.BLOCKS]
    assert blocking == [("name-taken", "results[0].id")]


def test_a_card_that_stands_there_and_was_never_built_is_not_written_over(
    own_base: Base, card: Callable[..., Path]
) -> None:
    path = own_base.data / "studies" / "SWE" / f"{NEW}.yaml"
    path.write_text(CARD.replace("country: FIN", "country: SWE"), encoding="utf-8")
    before = state(own_base)
    for again in (path, card()):
        with pytest.raises(NotTaken) as error:
            add(own_base, given([again], own_base))
        assert told(error) == ["name-taken"]
    assert state(own_base) == before


def test_a_card_that_could_not_be_read_again_is_not_written(own_base: Base) -> None:
    before = state(own_base)
    with pytest.raises(Refused) as refused:
        retract(own_base, MEMBER, "long " * 100_000)
    assert told(refused) == ["card-too-large"]
    assert state(own_base) == before


@pytest.mark.parametrize("gone", ["graph", "graph/manifest.json", "graph/coded.nt"])
def test_without_a_whole_graph_nothing_is_taken_in(own_base: Base, card: Callable[..., Path], gone: str) -> None:
    path = own_base.data / gone
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    found = given([card()], own_base)
    for act in (
        lambda: add(own_base, found),
        lambda: retract(own_base, MEMBER, "x"),
        lambda: history(own_base, MEMBER),
    ):
        with pytest.raises(Damaged) as error:
            act()
        assert told(error)[0] in ("graph-missing", "graph-damaged")


def test_what_a_card_refers_to_must_be_there(own_base: Base, card: Callable[..., Path]) -> None:
    path = card("verification: full", "verification: full\nactivity: coding-2026-12")
    with pytest.raises(NotTaken) as error:
        add(own_base, given([path], own_base))
    (problem,) = error.value.problems
    assert (problem.where.line, problem.where.key) == (16, "activity")


def test_the_last_look_before_a_card_is_taken_in(base: Base) -> None:
    """Most of this a rule of the shapes says before; whatever those are, these two must never pass."""
    grammar = Grammar.of(base)
    missing = CARD.replace("verification: full", "verification: full\nactivity: coding-2026-12")
    taken = CARD.replace(f"{NEW}-r1", f"{MEMBER}-r1")
    with lines(base.graph / "coded.nt") as coded:
        (problem,) = conflicts([card_of(missing)], grammar, coded)
        assert (problem.name, problem.facts["value"], problem.where.line) == ("no-such", "coding-2026-12", 16)
        assert problem.facts["hint"] == "coding-2026-11, second-coding-2026-11"
        (problem,) = conflicts([card_of(taken)], grammar, coded)
        assert (problem.name, problem.facts["value"]) == ("name-taken", f"{MEMBER}-r1")
        (problem,) = conflicts([card_of(CARD.replace(NEW, MEMBER))], grammar, coded)
        assert (problem.name, problem.facts["value"]) == ("name-taken", MEMBER)
        assert conflicts([card_of(CARD)], grammar, coded) == []


def test_a_card_does_not_say_who_took_it_in(own_base: Base, card: Callable[..., Path], tmp_path: Path) -> None:
    given_history = "history:\n  - event: added\n    at: 2020-01-01T00:00:00Z\n    by: Somebody\nresults:"
    with pytest.raises(NotTaken) as error:
        add(own_base, given([card("results:", given_history)], own_base))
    assert told(error) == ["history-given"]
    assert [p.name for p in check.check(own_base, [card_at(tmp_path / "new.yaml")])] == ["history-given"]


@pytest.mark.parametrize("name", ["../../x", "..", ".hidden", "a/b", "/etc/x", "x\\y", "a b"])
def test_a_name_that_climbs_out_is_not_taken_in(own_base: Base, card: Callable[..., Path], name: str) -> None:
    before = state(own_base)
    with pytest.raises(NotTaken) as error:
        add(own_base, given([card(f"id: {NEW}\ntitle", f"id: {name}\ntitle")], own_base))
    assert "bad-id" in told(error)
    assert state(own_base) == before


def test_a_warning_is_told_recorded_and_does_not_stop(own_base: Base, card: Callable[..., Path]) -> None:
    warned = card("Tester, Tess", "Maibom, Jonas", "country: FIN", "country: DNK", "year: 2024", "year: 2017")
    receipt = add(own_base, given([warned], own_base))
    assert receipt.warnings
    recorded = stands(own_base, country="DNK")["history"][0]["warned"]
    assert recorded == sorted({problem.shape.rpartition("/")[2] for problem in receipt.warnings})
    assert history(own_base, NEW).happened[-1].warned == tuple(recorded)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff", b"id: [", b""])
def test_a_file_that_cannot_be_read_is_refused(own_base: Base, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "card.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        given([path], own_base)
    assert told(refused)
    assert not isinstance(refused.value, NotTaken)


def test_a_base_whose_graph_is_not_what_the_cards_give_is_not_built_upon(
    own_base: Base, card: Callable[..., Path]
) -> None:
    path = own_base.data / "studies" / "DNK" / f"{MEMBER}.yaml"
    path.write_text(path.read_text("utf-8").replace("year: 2017", "year: 2016"), encoding="utf-8")
    before = state(own_base)
    with pytest.raises(SamtalerError) as error:
        retract(own_base, MEMBER, "a mistake")
    assert told(error) == ["graph-differs"]
    (own_base.queries / "rules" / "more.rq").write_text(
        '#+ asks.en = "?"\n#+ asks.da = "?"\n#+ layers = ["coded"]\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }', "utf-8"
    )
    with pytest.raises(SamtalerError) as error:
        add(own_base, given([card()], own_base))
    assert told(error) == ["graph-differs"]
    assert state(own_base) == before


# Trials


def trial(base: Base, tmp_path: Path, *changed: str) -> Path:
    text = (base.data / "trials" / f"{TRIAL}.yaml").read_text(encoding="utf-8")
    for old, new in zip(changed[::2], changed[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    return path


MORE = f"members:\n  - study_id: {NEW}\n    basis: stated\n"


def test_a_study_comes_with_the_trial_that_it_rests_on(
    own_base: Base, card: Callable[..., Path], tmp_path: Path
) -> None:
    paths = [card(), trial(own_base, tmp_path, "members:\n", MORE)]
    receipt = add(own_base, given(paths, own_base), by="Ann")
    assert [(taken.kind, taken.event) for taken in receipt.taken] == [("study", "added"), ("trial", "extended")]
    assert differences(own_base) == []
    told_of = history(own_base, TRIAL)
    assert (told_of.kind, told_of.happened[-1].event, told_of.happened[-1].by) == ("trial", "extended", "Ann")
    text = (own_base.data / "trials" / f"{TRIAL}.yaml").read_text(encoding="utf-8")
    assert text.rstrip().endswith(f"- study_id: {NEW}\n    basis: stated")


def test_a_trial_of_the_base_is_extended_and_not_changed(own_base: Base, tmp_path: Path) -> None:
    for changed in (("label: ", "label: Another "), (f"  - study_id: {MEMBER}\n    basis: stated\n", "")):
        with pytest.raises(NotTaken) as error:
            add(own_base, given([trial(own_base, tmp_path, *changed)], own_base))
        assert told(error) == ["trial-differs"]
        assert {p.name for p in check.check(own_base, [card_at(tmp_path / "trial.yaml", "trial")])} == {"trial-differs"}


def test_studies_that_a_new_trial_joins_become_one_cluster(own_base: Base, tmp_path: Path) -> None:
    members = "".join(f"  - study_id: {name}\n    basis: stated\n" for name in (MEMBER, "mauer-2006-kundenzentrum"))
    path = tmp_path / "joined.yaml"
    path.write_text(f"id: joined\nlabel: Two joined\nkind: shared-data\nmembers:\n{members}", encoding="utf-8")
    add(own_base, given([path], own_base))
    assert differences(own_base) == []
    rows = [triple for triple in Graph(own_base).conclusions("coded") if triple.predicate.value.endswith("#cluster")]
    clusters = {t.subject.value.rpartition("/")[2]: t.object.value for t in rows}  # type: ignore[union-attr]
    assert clusters[MEMBER] == clusters["mauer-2006-kundenzentrum"] == clusters[f"{MEMBER}-r1"]


# Retracting


def test_a_retracted_study_stays_and_counts_no_more(own_base: Base, run: Run) -> None:
    before = count(own_base), count(own_base, country="DNK")
    results = sum("same_effect_as" not in result for result in stands(own_base, MEMBER, "DNK")["results"])
    old = (own_base.data / "studies" / "DNK" / f"{MEMBER}.yaml").read_text(encoding="utf-8")
    retract(own_base, MEMBER, "The table\nwas misread", by="Ann")
    assert (before[0] - count(own_base), before[1] - count(own_base, country="DNK")) == (results, results)
    new = (own_base.data / "studies" / "DNK" / f"{MEMBER}.yaml").read_text(encoding="utf-8")
    added = new.partition("history:\n")[2].partition("results:\n")[0]
    assert new.replace(f"history:\n{added}", "") == old
    assert added.splitlines()[-1] == "    why: The table was misread"
    assert differences(own_base) == []
    last = history(own_base, f"{MEMBER}-r1").happened[-1]
    assert (last.event, last.by, last.why) == ("retracted", "Ann", "The table was misread")
    assert "study retracted" in run("--base", str(own_base.root), "ask", "scope-exclusions").out
    assert "Retracted: yes" in run("--base", str(own_base.root), "show", MEMBER).out


def test_a_comment_in_a_card_stays_where_it_is(own_base: Base) -> None:
    path = own_base.data / "studies" / "DNK" / f"{MEMBER}.yaml"
    text = (
        path.read_text(encoding="utf-8").replace("results:\n", "# Read twice.\nresults:\n").replace("year:", "year:  ")
    )
    path.write_text(text, encoding="utf-8")
    retract(own_base, MEMBER, "a mistake")
    new = path.read_text(encoding="utf-8")
    assert re.sub(r"history:\n(  .*\n)+", "", new) == text
    assert "why: a mistake\n# Read twice.\nresults:" in new
    assert differences(own_base) == []


def test_a_retraction_needs_a_study_a_reason_and_happens_once(own_base: Base) -> None:
    for name, why, problem in (
        ("mauer-2006", "x", "no-such"),
        ("../../x", "x", "no-such"),
        (MEMBER, " ", "no-reason"),
        (MEMBER, "a\x07", "no-reason"),
    ):
        with pytest.raises(Refused) as refused:
            retract(own_base, name, why)
        assert told(refused) == [problem]
        if name == "mauer-2006":
            assert "mauer-2006-kundenzentrum" in str(refused.value.problems[0].facts["hint"])
    retract(own_base, MEMBER, "x")
    with pytest.raises(Refused) as refused:
        retract(own_base, MEMBER, "x")
    assert told(refused) == ["retracted-already"]


def test_the_history_of_what_was_never_stamped(base: Base) -> None:
    told_of = history(base, MEMBER)
    assert [event.event for event in told_of.happened] == ["coded"]
    assert told_of.happened[0].words["da"] == "Første kodning, november 2026"
    assert not told_of.retracted
    with pytest.raises(Refused) as refused:
        history(base, "nobody")
    assert told(refused) == ["no-such"]


# A base of one's own


def test_a_copy_of_the_shipped_base(base: Base, tmp_path: Path) -> None:
    made = init(tmp_path / "deep" / "own")
    assert differences(made) == []
    assert state(made) == {name: mark for name, mark in state(base).items() if "/." not in f"/{name}" or name == "."}


def test_an_empty_base_takes_its_first_study_and_still_knows_the_memo(
    tmp_path: Path, card: Callable[..., Path], run: Run
) -> None:
    (tmp_path / "own").mkdir()
    made = init(tmp_path / "own", empty=True)
    assert differences(made) == []
    assert count(made) == 0
    add(made, given([card()], made))
    assert differences(made) == []
    assert count(made) == 1
    ran = run("--base", str(made.root), "memo", "--json")
    assert ran.code == 0
    assert sum(figure["published"] == figure["reconstructed"] for figure in json.loads(ran.out)) > 20


def test_a_folder_that_is_not_empty_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(Refused) as refused:
            init(folder)
        assert told(refused) == ["not-empty"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_base_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(Refused) as refused:
        init(tmp_path / "own")
    assert told(refused) == ["unwritable"]
    assert list(tmp_path.iterdir()) == []


# Impact, the library, the commands


def test_an_impact_is_what_happens_then_and_writes_nothing(own_base: Base, card: Callable[..., Path]) -> None:
    found = given([card("country: FIN", "country: DNK", "year: 2024", "year: 2020")], own_base)
    before = state(own_base)
    told_of = impact(own_base, found)
    assert state(own_base) == before
    was = count(own_base, country="DNK")
    add(own_base, found)
    (everything,) = [
        each
        for each in told_of.counts
        if (each.rule, each.scope, each.by, each.outcome_group) == ("memo", "all", "region", "memo-three")
        and each.group == "denmark"
    ]
    assert everything.before is not None
    assert everything.after is not None
    assert everything.after["results"] == everything.before["results"] + 1
    assert count(own_base, country="DNK") == was + 1
    claims = {figure.claim: figure for figure in told_of.figures}
    assert claims["M07"].came == [f"{NEW}-r1"]
    assert claims["M07"].after == {"numerator": 20, "denominator": 26}
    assert not claims["M08"].changed or claims["M08"].after["denominator"] == claims["M08"].before["denominator"]  # type: ignore[index]
    assert {
        figure.claim for figure in impact(own_base, [card_of(CARD.replace(NEW, "later").replace("Tess", "Bo"))]).figures
    } == set(claims)


def card_at(path: Path, kind: str = "study") -> Card:
    found, _ = read_text(path.read_text(encoding="utf-8"), kind)
    assert found is not None
    return found


def card_of(text: str) -> Card:
    found, _ = read_text(text.replace("synthetic study", "study of another kind"), "study")
    assert found is not None
    return found


def test_the_library_takes_in_and_sees_it(own_base: Base, card: Callable[..., Path]) -> None:
    kg = sk.open(own_base.root)
    before = len(kg.ask("studies"))
    assert kg.impact(card()).studies == (NEW,)
    receipt = kg.add(card(), by="Ann")
    assert receipt.taken[0].id == NEW
    assert len(kg.ask("studies")) == before + 1
    kg.retract(NEW, "a mistake")
    assert kg.history(NEW).retracted
    assert kg.ask("studies").set_index("study").loc[NEW, "results"] == 0
    data = card_of(CARD.replace(NEW, "from-python").replace("Tester, Tess", "Another, Ann")).data
    assert kg.add(data).taken[0].id == "from-python"


def test_the_commands_tell_the_same_as_json(own_base: Base, card: Callable[..., Path], run: Run) -> None:
    own = ("--base", str(own_base.root))
    ran = run(*own, "add", str(card()), "--by", "Ann", "--json")
    body = json.loads(ran.out)
    assert (ran.code, body["taken"][0]["id"], body["by"], body["warnings"]) == (0, NEW, "Ann", [])
    ran = run(*own, "retract", NEW, "--why", "a mistake", "--json")
    assert json.loads(ran.out)["taken"][0]["event"] == "retracted"
    ran = run(*own, "history", NEW, "--json")
    assert [event["event"] for event in json.loads(ran.out)["history"]] == ["added", "retracted"]
    ran = run(*own, "impact", str(card(NEW, "later", "synthetic", "other", "Tester", "Other")), "--json")
    body = json.loads(ran.out)
    assert ran.code == 0
    assert {"rule", "scope", "by", "group", "outcome_group", "changed", "turned", "before", "after"} == set(
        body["counts"][0]
    )
    assert any(each["changed"] for each in body["counts"])


@pytest.mark.parametrize("command", ["add", "impact"])
def test_exit_codes(own_base: Base, card: Callable[..., Path], run: Run, command: str) -> None:
    own = ("--base", str(own_base.root), command)
    assert run(*own, str(card("verdict: positive", "verdict: pos"))).code == 1
    assert run(*own, str(card("verdict: positive", "verdict: [pos"))).code == 2
    assert run(*own, "nowhere.yaml").code == 2
    assert run(*own).code == 2
    assert run("--base", "nowhere", command, str(card())).code in (2, 3)


def test_the_base_may_be_named_by_the_environment(
    own_base: Base, card: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(own_base.root))
    assert run("add", str(card())).code == 0
    assert stands(own_base)["id"] == NEW


def test_every_problem_of_this_room_names_a_way_out(own_base: Base) -> None:
    for name in ("base-busy", "base-unwritable", "unfinished", "graph-exchanged", "kind-stays-out"):
        problem = Problem(name, facts={"seconds": 1, "reason": "x", "kind": "claim", "hint": "study"})
        assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    with pytest.raises(NotTaken) as error:
        add(own_base, [Card("claim", {"id": "M99"})])
    assert told(error) == ["kind-stays-out"]
