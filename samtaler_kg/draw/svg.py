"""SVG as matplotlib writes it, made fit for readers: links with a mark's words, title and description, no waste."""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree as ET

from samtaler_kg.draw.lettering import FALLBACK
from samtaler_kg.draw.sheet import Mark

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"

_FONT = re.compile(r"\s*font-family:[^;\"]*;?")
_STILL = re.compile(r"rotate\(-?0 ")
_GROUP = f"{{{SVG}}}g"

#: matplotlib's note of itself, and a style that would reach beyond the picture where it stands inside a page.
_UNWANTED = (f"{{{SVG}}}metadata", f"{{{SVG}}}style")


class Told(NamedTuple):
    """What a picture says of itself as a whole."""

    name: str
    lang: str
    title: str
    alt: str
    width: float
    height: float


def finished(raw: bytes, marks: list[Mark], told: Told) -> bytes:
    """The SVG with its marks as links, its text alternative, and nothing of the program that wrote it."""
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    root = ET.fromstring(raw)
    for parent in list(root.iter()):
        for unwanted in [child for child in parent if child.tag in _UNWANTED]:
            parent.remove(unwanted)
    for parent in list(root.iter()):
        _unwrap(parent)
        _link(parent, marks, told.name)
    _strip(root)
    _introduce(root, told)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _unwrap(parent: ET.Element) -> None:
    """Take matplotlib's own links away: one for each artist, where a mark may have several."""
    for place, child in enumerate(list(parent)):
        if child.tag == f"{{{SVG}}}a":
            parent.remove(child)
            for offset, inner in enumerate(list(child)):
                parent.insert(place + offset, inner)


def _link(parent: ET.Element, marks: list[Mark], name: str) -> None:
    """Put neighbours that show one mark into one link with the mark's words."""
    children = list(parent)
    if not any(_mark(child) is not None for child in children):
        return
    parent[:] = []
    for number, run in groupby(children, _mark):
        if number is None:
            parent.extend(run)
            continue
        link = ET.SubElement(parent, f"{{{SVG}}}a", {f"{{{XLINK}}}href": marks[number].link})
        link.set("id", f"{name}-{number}" if not _seen(parent, f"{name}-{number}") else "")
        link.set("role", "link")
        link.set("aria-label", marks[number].words)
        ET.SubElement(link, f"{{{SVG}}}title").text = marks[number].words
        link.extend(run)


def _seen(parent: ET.Element, name: str) -> bool:
    return any(child.get("id") == name for child in parent)


def _mark(element: ET.Element) -> int | None:
    name = element.get("id", "")
    return int(name.removeprefix("mark-")) if element.tag == _GROUP and name.startswith("mark-") else None


def _strip(root: ET.Element) -> None:
    """Take away names that nothing refers to, and the font of each text: it stands once at the top."""
    text = ET.tostring(root, encoding="unicode")
    used = set(re.findall(r"#([\w-]+)", text))
    for element in root.iter():
        name = element.get("id")
        if name is not None and (not name or (element.tag != f"{{{SVG}}}a" and name not in used)):
            del element.attrib["id"]
        if _STILL.match(element.get("transform", "")):
            del element.attrib["transform"]
        if style := element.get("style"):
            element.set("style", _FONT.sub("", style).strip())


def _introduce(root: ET.Element, told: Told) -> None:
    """Size, language, role, title and description at the top."""
    names = {part: f"{told.name}-{part}" for part in ("title", "desc")}
    root.set("width", f"{told.width:g}")
    root.set("height", f"{told.height:g}")
    root.set("font-family", FALLBACK)
    root.set("stroke-linejoin", "round")
    root.set("lang", told.lang)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", told.lang)
    root.set("role", "graphics-document document")
    root.set("aria-labelledby", names["title"])
    root.set("aria-describedby", names["desc"])
    for place, (part, text) in enumerate(zip(("title", "desc"), (told.title, told.alt), strict=True)):
        element = ET.Element(f"{{{SVG}}}{part}", {"id": names[part]})
        element.text = text
        root.insert(place, element)
