"""The keyboard, as the page shows it and as its script reads it from there."""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """`keys` as `KeyboardEvent.key` names them; `action` is known to the script; `text` is a key of the catalogs."""

    keys: tuple[str, ...]
    action: str
    text: str
    shown: str = ""
    """Where that reads better than the names."""


FORM = (
    Key(("Ctrl+Enter",), "submit", "key_submit", "Ctrl/⌘ + Enter"),
    Key(("/",), "search", "key_search"),
    Key(("?",), "help", "key_help"),
    Key(("Escape",), "leave", "key_leave", "Esc"),
)
RESULT = (
    Key(("ArrowDown",), "next", "key_next", "↓"),
    Key(("ArrowUp",), "previous", "key_previous", "↑"),
    Key(("1",), "hit", "key_hit"),
    Key(("2",), "partial", "key_partial"),
    Key(("3",), "missed", "key_missed"),
    Key(("u",), "undo", "key_undo"),
    Key(("n",), "note", "key_note"),
    Key(("f",), "flag", "key_flag"),
    Key(("c",), "copy", "key_copy"),
    Key(("Ctrl+Enter",), "submit", "key_confirm", "Ctrl/⌘ + Enter"),
    Key(("?",), "help", "key_help"),
    Key(("Escape",), "leave", "key_leave", "Esc"),
)
READING = tuple(key for key in RESULT if key.action in {"next", "previous", "help", "leave"})
"""For a result that is not kept, so that nothing can be said of it."""
