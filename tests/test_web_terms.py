"""On which terms a question is reviewed: kept with the run, and who set them stands in its log."""

import json

from reviewed_run import SECOND, make_run
from small_rubric import RUBRIC
from web_client import opened

from evaluator.batch.journal import Journal
from evaluator.batch.queueing import CHECKED
from evaluator.web.terms import terms_of


def test_who_sets_the_terms_of_a_question_stands_in_the_log(tmp_path):
    path = make_run(tmp_path)
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        sent = {"tolerance": "2", "checked": "50", "again": "0", "author": "陈老师"}
        browser.post("/batches/run/review/complaint/terms", **sent)
    with Journal(path) as journal:
        (act,) = journal.audit.all()
        assert (act.kind, act.author) == ("note", "陈老师")
        assert json.loads(act.body["text"]) == {"tolerance": 2, "checked": 0.5, "again": 0}
        assert terms_of(journal, RUBRIC).checked == 0.5
        assert terms_of(journal, SECOND).checked == CHECKED


def test_a_run_without_questions_has_an_empty_matrix(tmp_path):
    make_run(tmp_path, rubrics=())
    with opened(tmp_path) as browser:
        assert browser.get("/batches/run/matrix").status_code == 200
        assert browser.get("/batches/run/matrix.csv").status_code == 200
        assert browser.get("/batches/run/review").status_code == 200
