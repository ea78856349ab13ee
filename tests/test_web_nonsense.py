"""Requests that mean nothing, at every route of a page that has something to lose."""

import random
import re
import string
import time
from pathlib import Path

from small_rubric import ANSWER, RUBRIC
from soaking import often
from web_client import opened

from evaluator.batch.answers import Answers
from evaluator.web import Limits
from evaluator.web.routes import ROUTES

TEMPLATES = Path(__file__).resolve().parent.parent / "evaluator" / "web" / "templates"
FIELDS = sorted({name for file in TEMPLATES.rglob("*.j2") for name in re.findall(r'name="(\w+)"', file.read_text())})
CSV = f'学号,{RUBRIC.question}\n001,"{ANSWER}"\n002,不知道\n'
REMOVES = ("/delete", "/purge", "/forget", "/put-back", "/restore")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
WRONG = ("1", "-1", "x", "%00", "..%2f..", "%ff", "0" * 400)
REQUESTS = often(400, 5_000)


def nonsense(chance):
    letters = string.printable + "中文𠮷\x00\u202e%/.."
    return "".join(chance.choice(letters) for _ in range(chance.randint(0, 30)))


def handed_in(browser):
    """Id of a finished batch."""
    asked = {"content": CSV.encode(), "headers": {"content-type": "application/octet-stream"}}
    run = browser.client.post("/api/batches?name=a.csv", **asked).json()["id"]
    for _ in range(600):
        if browser.get(f"/api/batches/{run}").json()["state"] == "finished":
            return run
        time.sleep(0.05)
    raise AssertionError(run)


def kept(browser, run, grade_id):
    """All that must be the same afterwards."""
    with browser.client.app.state.runs.using(run) as journal:
        answers = [(row.candidate, row.text, row.grade) for row in Answers(journal).of(RUBRIC.id)]
        faults = (journal.audit.verify().fault, browser.store.audit.verify().fault)
    return browser.store.get(grade_id), answers, faults


def request(chance, browser, token, right):
    """One request: method, path and what goes with it; `right` are values that are really there, by name."""
    route = chance.choice([one for one in ROUTES if not one.path.endswith(REMOVES)])

    def value(name):
        return chance.choice(WRONG) if chance.random() < 0.2 else right.get(name, "x")

    path = re.sub(r"\{(\w+)\}", lambda found: value(found[1]), route.path)
    method = chance.choice(METHODS if chance.random() < 0.1 else sorted(route.methods))
    known = [*right.values(), "hit", "final", "on", "0", "1"]
    fields = {name: chance.choice([nonsense(chance), chance.choice(known)]) for name in chance.sample(FIELDS, 12)}
    fields["csrf"] = nonsense(chance) if chance.random() < 0.1 else token
    how = {
        "params": {chance.choice(["q", "rubric", "most", "token", "show", "next"]): nonsense(chance)},
        "headers": {"accept-language": chance.choice(["zh", "en;q=x", "*", "," * 50, "zh-TW;q=1.5"])},
        "follow_redirects": False,
    }
    if method not in {"GET", "HEAD", "OPTIONS"}:
        file = {"file": (nonsense(chance) + chance.choice([".csv", ".xlsx", ".docx", ""]), nonsense(chance).encode())}
        bodies = [{"data": fields}, {"json": fields}, {"content": nonsense(chance).encode()}]
        how |= chance.choice([{"data": fields}, {"data": fields, "files": file}, *bodies])
    return method, path, how


def test_nonsense_is_never_a_mistake_of_ours_and_damages_nothing(tmp_path):
    chance = random.Random(7)
    with opened(tmp_path, limits=Limits(scores_at_once=10_000)) as browser:
        grade_id, run = browser.scored(ANSWER), handed_in(browser)
        before, token = kept(browser, run, grade_id), browser.token()
        right = {"grade_id": grade_id, "run": run, "rubric": RUBRIC.id, "rubric_id": RUBRIC.id, "key": "1"}
        for number in range(REQUESTS):
            method, path, how = request(chance, browser, token, right)
            reply = browser.client.request(method, path, **how)
            assert reply.status_code < 500, (number, method, path, how, reply.text[:300])
        assert kept(browser, run, grade_id) == before
        assert before[2] == ("", "")
        assert browser.get(f"/grades/{grade_id}").status_code == 200
