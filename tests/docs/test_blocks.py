"""The runner of blocks finds out a page that is wrong, and lets a page that is right be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Reader, as_told, blocks, faults

WRONG = {
    "output": ("```sh\necho one\n```\n```text\ntwo\n```\n", "but this was printed"),
    "exit code": ("```sh\nsamtaler show no-such-study\n```\n", "exit code 2"),
    "early failure": ("```sh\nfalse\ntrue\n```\n", "exit code 1"),
    "no failure": ("<!-- exit: 1 -->\n```sh\ntrue\n```\n", "exit code 0"),
    "value": ("```python\n1 + 1\n```\n```text\n3\n```\n", "but this was printed"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_page_that_is_wrong_is_found_out(fault: str, tmp_path: Path) -> None:
    page, told = WRONG[fault]
    (wrong,) = Reader(tmp_path).follow(blocks(page))
    assert told in wrong


def test_a_page_that_is_right_is_followed(tmp_path: Path) -> None:
    page = (
        "```{code-block} text\n:caption: saved.txt\n\nkept\n```\n"
        "```sh\nexport WORD=said\ncat saved.txt\n```\n```text\nke...\n```\n"
        '```sh\necho "$WORD"\n```\n```text\nsaid\n```\n'
        "```python\nnumber = 2\nnumber\n```\n```text\n2\n```\n```python\nprint(number + 1)\n```\n```text\n3\n```\n"
    )
    assert faults(blocks(page)) == []
    assert list(Reader(tmp_path).follow(blocks(page))) == []


def test_a_reader_stays_in_the_folder_that_a_block_leads_to(tmp_path: Path) -> None:
    page = '```sh\nmkdir inner\ncd inner\n```\n```sh\nbasename "$PWD"\n```\n```text\ninner\n```\n'
    assert list(Reader(tmp_path).follow(blocks(page))) == []


def test_a_block_that_nothing_would_hold_is_found_out() -> None:
    page = "```text\nprinted by nothing\n```\n\n```rust\nfn\n```\n\n```\nnothing said\n```\n"
    assert len(faults(blocks(page))) == 3
    assert not as_told("a\n...\nc\n", "a\nb\n")
