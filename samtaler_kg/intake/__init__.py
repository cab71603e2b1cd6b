"""A new study at the door: taken in or not, wholly; retracted with a reason; and what it changes, told beforehand.

``init`` makes a base to write into, ``add`` and ``retract`` change it, ``history`` tells what happened to a card, and
``impact`` what a card would change. ``given`` reads the files that a reader hands in.
"""

from samtaler_kg.intake.drafts import NotTaken
from samtaler_kg.intake.given import Given, given
from samtaler_kg.intake.history import Happening, History, history
from samtaler_kg.intake.impact import Counted, Figure, Impact, impact
from samtaler_kg.intake.start import init
from samtaler_kg.intake.taking import Receipt, Taken, add, retract

__all__ = [
    "Counted",
    "Figure",
    "Given",
    "Happening",
    "History",
    "Impact",
    "NotTaken",
    "Receipt",
    "Taken",
    "add",
    "given",
    "history",
    "impact",
    "init",
    "retract",
]
