"""What comes of two scores: within the tolerance their mean, beyond it the word of a third person (仲裁)."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.second_marking import Standing, standing_of, with_judge, with_oneself
from evaluator.report.labels import number
from evaluator.store import deciding
from evaluator.web.authors import author_of, gone_on
from evaluator.web.deciding import Refused
from evaluator.web.questions import Question, key_in, question
from evaluator.web.reviewing.acting import Form, form_of
from evaluator.web.showing import page
from evaluator.web.subjects import shown_of
from evaluator.web.terms import Terms, keep


def view(request: Request) -> Response:
    """All answers that were marked twice, how far the scores agree, and on which terms."""
    with question(request) as asked:
        found = _standings(asked)
        return page(
            request,
            "reviewing/scores",
            asked=asked,
            standings=found,
            agreeing=[one for one in found if one.within and not one.settled],
            disputed=[one for one in found if one.to_arbitrate],
            settled=[one for one in found if one.settled],
            judge=with_judge(asked.rows, asked.rubric),
            oneself=with_oneself(
                {key: acts for key, acts in asked.review.answers.second_marks().items() if _is_of(asked, key)},
                asked.rubric,
            ),
            done="done" in request.query_params,
            author=author_of(request),
            keys=(),
        )


def accept(asked: Question, form: Form) -> str:
    """The mean counts, of all that lie within the tolerance and wait."""
    log = asked.review.journal.audit
    for one in _standings(asked):
        if one.proposed is None or one.automatic is None or one.settled:
            continue
        given = form.say("review_comma").join(number(mark.score) for mark in one.marks)
        reason = form.say("scores_mean_reason", judge=number(one.automatic), people=given)
        deciding.mark(log, one.row.subject, "final", one.proposed, author=form.author, reason=reason)
        deciding.confirm(log, one.row.subject, author=form.author, text=reason)
    return f"{asked.address}/scores"


def set_terms(asked: Question, form: Form) -> str:
    """Tolerance in points, the other two in per cent."""
    tolerance = form.number("tolerance", asked.rubric.max_score)
    checked, again = form.number("checked", 100), form.number("again", 100)
    if tolerance is None or checked is None or again is None:
        raise Refused("terms_range", most=number(asked.rubric.max_score))
    keep(
        asked.review.journal,
        asked.rubric,
        Terms(tolerance=tolerance, checked=checked / 100, again=again / 100),
        form.author,
    )
    return f"{asked.address}/scores#terms"


def arbitrate(request: Request) -> Response:
    """Both scores beside the answer, for somebody who gave neither."""
    with question(request) as asked:
        return _shown(request, asked, key_in(str(request.path_params["key"])))


async def decide(request: Request) -> Response:
    """The score that counts, by a third person, with a reason."""
    form = await form_of(request)

    def done() -> Response:
        with question(request) as asked:
            key = key_in(str(request.path_params["key"]))
            one = _standing(asked, key)
            score = form.number("score", asked.rubric.max_score)
            if problem := _problem(asked, one, form, score):
                return _shown(request, asked, key, problem, form)
            log, reason = asked.review.journal.audit, form.text("reason")
            deciding.mark(log, one.row.subject, "final", score, author=form.author, reason=reason)
            deciding.confirm(log, one.row.subject, author=form.author, text=form.say("arbitrate_done"))
            waiting = [other for other in _standings(asked) if other.to_arbitrate and other.row.key != key]
            target = f"arbitrate/{waiting[0].row.key}" if waiting else "scores?done=" + quote(str(key))
            return gone_on(f"{asked.address}/{target}", form.author)

    return await asyncio.to_thread(done)


def _problem(asked: Question, one: Standing, form: Form, score: float | None) -> str:
    if not form.author:
        return form.say("name_missing")
    if any(mark.author == form.author for mark in one.marks):
        return form.say("arbitrate_third", author=form.author)
    if score is None:
        return form.say("final_range", most=number(asked.rubric.max_score))
    return "" if form.text("reason") else form.say("final_reason")


def _shown(request: Request, asked: Question, key: int, problem: str = "", form: Form | None = None) -> Response:
    shown = shown_of(asked, key)
    return page(
        request,
        "reviewing/arbitrate",
        422 if problem else 200,
        asked=asked,
        one=_standing(asked, key),
        shown=shown,
        author=form.author if form else author_of(request),
        back=f"{asked.address}/arbitrate/{key}",
        problem=problem,
        given=form.fields if form else {},
        keys=(),
    )


def _standing(asked: Question, key: int) -> Standing:
    found = standing_of(asked.row(key), asked.rubric, asked.terms.tolerance)
    if found is None:
        raise HTTPException(404, "no_grade")
    return found


def _standings(asked: Question) -> tuple[Standing, ...]:
    made = (standing_of(row, asked.rubric, asked.terms.tolerance) for row in asked.rows)
    return tuple(one for one in made if one is not None)


def _is_of(asked: Question, subject: str) -> bool:
    return subject.endswith(f"/{asked.rubric.id}")
