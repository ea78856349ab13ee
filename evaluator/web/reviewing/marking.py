"""二评: a person marks whole answers without seeing what the judge made of them."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.answers import Row
from evaluator.batch.second_marking import SELF_CHECK, next_to_mark, to_mark
from evaluator.report.labels import number
from evaluator.store import deciding
from evaluator.web.authors import author_of, gone_on
from evaluator.web.questions import Question, key_in, question
from evaluator.web.reviewing import keyboard
from evaluator.web.reviewing.acting import Form, form_of
from evaluator.web.showing import page


def view(request: Request) -> Response:
    """The next answer to mark, of whoever marks in this browser."""
    with question(request) as asked:
        return _shown(request, asked, author_of(request))


async def mark(request: Request) -> Response:
    """A score; then the next answer. What is no score within 0 and full marks is shown again, with why."""
    form = await form_of(request)

    def done() -> Response:
        with question(request) as asked:
            row = asked.row(key_in(form.text("key")))
            score = form.number("score", asked.rubric.max_score)
            if not form.author or score is None:
                problem = (
                    form.say("final_range", most=number(asked.rubric.max_score))
                    if form.author
                    else form.say("name_missing")
                )
                return _shown(request, asked, form.author, row=row, problem=problem, form=form)
            again = any(mark.author == form.author for mark in row.said.second)
            reason = SELF_CHECK if again and form.text("again") else ""
            log = asked.review.journal.audit
            deciding.mark(log, row.subject, "second", score, author=form.author, reason=reason)
            return gone_on(f"{asked.address}/second?done={row.key}", form.author)

    return await asyncio.to_thread(done)


def _shown(
    request: Request,
    asked: Question,
    author: str,
    *,
    row: Row | None = None,
    problem: str = "",
    form: Form | None = None,
) -> Response:
    """Nothing on this page comes from a grade: whoever marks must not be led by it."""
    again = bool(form and form.text("again"))
    if row is None:
        marks = asked.review.answers.second_marks()
        row, again = next_to_mark(asked.rows, author, marks, again=asked.terms.again) or (None, False)
    done = request.query_params.get("done", "")
    before = next((one for one in asked.rows if str(one.key) == done), None)
    own = next((mark for mark in before.said.second if mark.author == author), None) if before else None
    written = to_mark(asked.rows)
    return page(
        request,
        "reviewing/second",
        422 if problem else 200,
        asked=asked,
        row=row,
        again=again,
        author=author,
        problem=problem,
        given=form.text("score") if form else "",
        before=before if own else None,
        own=own,
        marked=sum(bool(one.said.second) for one in written),
        written=len(written),
        keys=keyboard.MARKING,
    )
