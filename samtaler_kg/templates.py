"""Pages that stand in a base as templates. A base may come from anybody, so they are filled in a sandbox."""

from __future__ import annotations

from pathlib import Path

from samtaler_kg.problems import Damaged, Problem, Where


def filled(path: Path, html: bool = False, trim: bool = True, **words: object) -> str:
    """The template in the file *path* with *words* filled in, as *html* with what they say made safe.

    With *trim* a line that holds a tag alone leaves no line. Raises Damaged where the file is not there, is no template,
    names what is not among the words, or reaches for what is not its own.
    """
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    pages = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(path.parent),
        undefined=jinja2.StrictUndefined,
        autoescape=html,
        trim_blocks=trim,
        lstrip_blocks=trim,
        keep_trailing_newline=True,
    )
    try:
        return pages.get_template(path.name).render(**words)
    except jinja2.TemplateError as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
