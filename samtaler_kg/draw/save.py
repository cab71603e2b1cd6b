"""A sheet as the bytes of a file: SVG, PNG or PDF, the same bytes whenever and wherever they are made."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Literal, get_args

from samtaler_kg.draw.render import UNITS, figure, settled
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.svg import Told, finished

Format = Literal["svg", "png", "pdf"]

#: The forms a picture can be saved in, the default first.
FORMATS: tuple[Format, ...] = get_args(Format)


def saved(sheet: Sheet, told: Told, form: Format, dots: int = UNITS) -> bytes:
    """The sheet in a form. *dots* are pixels to the inch of a PNG; 100 make it as wide as the sheet has units."""
    target = BytesIO()
    with settled():
        made = figure(sheet)
        made.savefig(target, format=form, metadata=_metadata(told)[form], dpi=dots if form == "png" else UNITS)
    raw = target.getvalue()
    return finished(raw, sheet.marks, told) if form == "svg" else raw


def _metadata(told: Told) -> dict[Format, dict[str, Any]]:
    """Title and text alternative, and neither a date nor the version of a program."""
    return {
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None, "Title": told.title, "Description": told.alt},
        "pdf": {
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
            "Title": told.title,
            "Subject": told.alt,
        },
    }
