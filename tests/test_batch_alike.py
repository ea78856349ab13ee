"""Near-identical answers are found, whoever else says something similar."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import CHOICE, RUBRIC, Run, many, ticked

from evaluator.batch import CandidateResult
from evaluator.batch.alike import Alike, alike

ROOT = Path(__file__).resolve().parent.parent
LETTERS = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
BASE = "接到投诉后我会先听客户把话说完，再说一声抱歉，接着去系统里查这一单是哪天发出、卡在哪个站点，当天给客户一个准信，实在慢就补发一份，过两天再打电话问收到没有。"


def essay(rng, size):
    return "".join(rng.choices(LETTERS, k=size))


def edited(rng, text, edits):
    letters = list(text)
    for _ in range(edits):
        letters[rng.randrange(len(letters))] = rng.choice(LETTERS)
    return "".join(letters)


def groups_of(texts, **options):
    return [group.candidates for group in alike(many(texts), **options)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BASE, BASE),
        (BASE, BASE.replace("，", ", ").replace("。", "")),
        (BASE, "  " + BASE.replace("，", "，\n")),
        (BASE, BASE.replace("客户", "顾客", 1)),
        (BASE, BASE[:-1] + "，谢谢。"),
        ("客戶來電話時先讓他把話說完，再道歉並查單號", "客户来电话时先让他把话说完，再道歉并查单号"),
    ],
)
def test_the_same_answer_in_another_dress_is_found(one, other):
    (group,) = alike(many([one, "我没有做过客服，不太清楚这种情况怎么办才好", other]))
    assert group.candidates == ("c0", "c2")
    assert group.similarity >= 0.9


@pytest.mark.parametrize(
    "texts",
    [
        [BASE, BASE[:40] + "这之后的做法我要问过主管才知道，因为每一家公司的赔付标准都不一样，我不会乱答应人。"],
        ["真诚道歉，退款或换货", "真诚道歉，退款或换货"],
        ["", "", "   "],
        [BASE],
        [],
    ],
    ids=["only the beginning", "too short to tell", "blank", "alone", "nobody"],
)
def test_answers_that_differ_are_short_or_blank_are_no_group(texts):
    assert groups_of(texts) == []


def test_objective_answers_are_alike_by_nature():
    people = tuple(CandidateResult(place, str(place), answers={"late-choice": ticked("A")}) for place in range(3))
    assert alike(Run(people=people, rubrics=(CHOICE,))) == ()


def test_a_chain_of_small_changes_is_one_group_and_the_weakest_link_is_told():
    rng = random.Random(3)
    chain = [essay(rng, 200)]
    for _ in range(4):
        chain.append(edited(rng, chain[-1], 8))
    (group,) = alike(many(chain))
    assert group.candidates == ("c0", "c1", "c2", "c3", "c4")
    assert 0.9 <= group.similarity < 1


def test_the_shared_text_is_what_all_have_in_common_as_the_first_wrote_it():
    texts = ["嗯：" + BASE, BASE.replace("补发一份", "退他运费"), BASE.replace("一声抱歉", "对不起了")]
    (group,) = alike(many(texts))
    assert group.shared.startswith("接到投诉后我会先听客户把话说完，再说 … 接着去系统里查")
    assert "补发一份" not in group.shared
    assert group.shared.endswith("过两天再打电话问收到没有")


@pytest.mark.parametrize(
    ("texts", "source"),
    [
        (["客户怒气冲冲地投诉商品坏了，你怎么处理？不知道。"] * 2, "question"),
        ([BASE, BASE + "完。"], "reference"),
        (["我先去仓库翻监控，看是谁装错了箱子，然后亲自把对的那一箱送到他家门口"] * 2, ""),
    ],
)
def test_what_was_copied_from_the_question_or_the_reference_is_told_apart(texts, source):
    rubric = RUBRIC.model_copy(update={"reference": BASE})
    (group,) = alike(many(texts, rubric))
    assert group.source == source


def test_answers_to_different_questions_are_never_one_group():
    run = many([BASE, BASE])
    twin = RUBRIC.model_copy(update={"id": "twin"})
    answers = [dict(person.answers) for person in run.people]
    people = (run.people[0], CandidateResult(1, "c1", answers={"twin": answers[1]["complaint"]}))
    assert alike(Run(people=people, rubrics=(RUBRIC, twin))) == ()


@given(st.integers(0, 10_000), st.integers(16, 400))
def test_a_copy_with_few_edits_is_found_among_others(seed, size):
    rng = random.Random(seed)
    others = [essay(rng, size) for _ in range(6)]
    copy = edited(rng, others[2], size // 40)
    assert ("c2", "c6") in groups_of([*others, copy])


@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=8))
def test_any_text_is_survived_and_groups_name_at_least_two(texts):
    for group in alike(many(texts)):
        assert len(group.candidates) >= 2
        assert 0.9 <= group.similarity <= 1


def test_a_whole_class_that_copied_one_text_is_one_group():
    rng = random.Random(5)
    text = essay(rng, 160)
    texts = [edited(rng, text, 2) for _ in range(300)] + [essay(rng, 160) for _ in range(50)]
    (group,) = groups_of(texts)
    assert len(group) == 300


def test_few_pairs_are_compared_however_many_answers_there_are(monkeypatch):
    module = sys.modules["evaluator.batch.alike"]
    compared = []
    ratio = module.fuzz.ratio
    monkeypatch.setattr(module.fuzz, "ratio", lambda *texts, **more: compared.append(1) or ratio(*texts, **more))
    rng = random.Random(7)
    phrases = [essay(rng, 12) for _ in range(15)]
    texts = ["".join(rng.choice(phrases) if rng.random() < 0.3 else essay(rng, 10) for _ in range(20))
             for _ in range(600)]  # fmt: skip
    alike(many(texts))
    assert len(compared) < 600 * 599 / 2 / 20


def test_groups_do_not_depend_on_the_process():
    code = (
        "import sys; sys.path.insert(0, 'tests'); import random; from small_run import many;"
        "from evaluator.batch.alike import alike; from test_batch_alike import essay, edited;"
        "rng = random.Random(9); base = [essay(rng, 150) for _ in range(20)];"
        "print(alike(many(base + [edited(rng, one, 6) for one in base])))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}, cwd=str(ROOT),
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1
    assert "c19" in runs.pop()


def test_a_group_is_a_value():
    assert Alike("q", ("a", "b"), 1.0, "x") == Alike("q", ("a", "b"), 1.0, "x", "")
