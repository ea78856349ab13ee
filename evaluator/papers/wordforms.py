"""What a Word document holds in forms that mammoth passes over, put into forms that it reads."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def word_name(root: ET.Element, name: str) -> str:
    """The full name of a WordprocessingML element in this document, which may be transitional or strict."""
    return f"{root.tag.rpartition('}')[0]}}}{name}"


def make_readable(root: ET.Element) -> None:
    """Rewrite the main part of a document in place.

    Of each alternative one is kept, so that no text box is read twice. Fields and directions give way to what stands in
    them, formulas and phonetic guides to their characters, drawings to the text boxes in them. References to notes go.
    """
    _choose(root)
    for parent in list(root.iter()):
        for index, child in reversed(list(enumerate(parent))):
            local = child.tag.rpartition("}")[2]
            if local in {"footnoteReference", "endnoteReference"}:
                del parent[index]
            elif rewrite := _FORMS.get(local):
                parent[index] = rewrite(root, child)


def run(root: ET.Element, text: str) -> ET.Element:
    """A run (`w:r`) that says `text`."""
    made = ET.Element(word_name(root, "r"))
    made.append(_text(root, text))
    return made


def _choose(root: ET.Element) -> None:
    for alternatives in list(root.iter(f"{_COMPATIBILITY}AlternateContent")):
        fallback = alternatives.find(f"{_COMPATIBILITY}Fallback")
        choice = alternatives.find(f"{_COMPATIBILITY}Choice")
        if fallback is None and choice is not None:
            choice.tag = f"{_COMPATIBILITY}Fallback"
            fallback = choice
        alternatives[:] = [] if fallback is None else [fallback]


def _text(root: ET.Element, text: str) -> ET.Element:
    made = ET.Element(word_name(root, "t"), {SPACE: "preserve"})
    made.text = text
    return made


def _formula(root: ET.Element, formula: ET.Element) -> ET.Element:
    return run(root, "".join(formula.itertext()))


def _base(root: ET.Element, ruby: ET.Element) -> ET.Element:
    base = ruby.find(word_name(root, "rubyBase"))
    return _text(root, "" if base is None else "".join(base.itertext()))


def _contents(root: ET.Element, wrapper: ET.Element) -> ET.Element:
    wrapper.tag = word_name(root, "smartTag")
    return wrapper


def _boxes(root: ET.Element, drawing: ET.Element) -> ET.Element:
    boxes = list(drawing.iter(word_name(root, "txbxContent")))
    if not boxes:
        return drawing
    picture = ET.Element(word_name(root, "pict"))
    picture.extend(boxes)
    return picture


_FORMS: dict[str, Callable[[ET.Element, ET.Element], ET.Element]] = {
    "oMath": _formula,
    "oMathPara": _formula,
    "ruby": _base,
    "fldSimple": _contents,
    "dir": _contents,
    "bdo": _contents,
    "drawing": _boxes,
}
