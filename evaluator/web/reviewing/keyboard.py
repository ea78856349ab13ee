"""The keys of the review: the help that is shown and the script read the same table."""

from __future__ import annotations

from evaluator.web.keys import RESULT, Key

REVIEW = (
    Key(("Ctrl+Enter",), "submit", "key_confirm_next", "Ctrl/⌘ + Enter"),
    Key(("ArrowRight", "l"), "person_next", "key_person_next", "→ l"),
    Key(("ArrowLeft", "h"), "person_previous", "key_person_previous", "← h"),
    Key(("j",), "question_next", "key_question_next"),
    Key(("k",), "question_previous", "key_question_previous"),
    Key(("s",), "final", "key_final"),
    *(key for key in RESULT if key.action != "submit"),
    Key(("/",), "find", "key_find"),
)
QUEUE = (
    Key(("ArrowRight", "l"), "person_next", "key_person_next", "→ l"),
    Key(("/",), "search", "key_search"),
    Key(("?",), "help", "key_help"),
    Key(("Escape",), "leave", "key_leave", "Esc"),
)
MARKING = (
    Key(("s",), "score_field", "key_final"),
    Key(("?",), "help", "key_help"),
    Key(("Escape",), "leave", "key_leave", "Esc"),
)
