"""The declared counting rules over one graph, side by side: what each says, of how much, and with what caveat."""

from __future__ import annotations

from samtaler_kg.count.counting import Count, as_pandas, count
from samtaler_kg.count.leave_out import LeftOut, leave_one_out
from samtaler_kg.count.rules import Rule, read_rules

__all__ = ["Count", "LeftOut", "Rule", "as_pandas", "count", "leave_one_out", "read_rules"]
