"""The pictures of the README, made anew: `PYTHONPATH=tests python tests/screenshots.py docs/img` (by hand, about a minute).

Everything in them is shipped: questions and sample answers of this repository, names made up here, the keyword judge.
Needs Chromium as the browser tests do; everything happens in a folder that is thrown away.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

from browser import ANSWER, PHONE, opened, serving
from find_chromium import found
from playwright.sync_api import sync_playwright

from evaluator.resources import folder
from evaluator.rubrics import read

PAPER = "customer-service-manager"
RUBRIC = "csm-02-performance-drop"
QUESTIONS = ("01-major-complaint", "02-performance-drop", "07-struggling-employee")
NAMES = ("林知远", "许若溪", "沈嘉禾", "顾明川", "陆小满", "程亦安", "苏木", "叶青禾")
"""Nobody's."""


def samples(rubric):
    lines = (folder("samples") / f"{PAPER}.jsonl").read_text("utf-8").splitlines()
    return [one["answer"] for one in map(json.loads, lines) if one["rubric"] == rubric]


def answers(path):
    """A table of eight candidates and three questions at `path`; the last two wrote what the first two did."""
    rubrics = [read(folder("rubrics") / PAPER / f"{name}.yaml").rubric for name in QUESTIONS]
    texts = [samples(one.id) for one in rubrics]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["考号", "姓名", *(one.question for one in rubrics)])
        for number, name in enumerate(NAMES):
            table.writerow([f"A{number + 1:02}", name, *(one[number % len(one)] for one in texts)])
    return path


def score(page, answer, candidate=""):
    page.goto(f"/?rubric={RUBRIC}")
    page.fill("#answer", answer)
    page.fill("#candidate", candidate)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/grades/*")


def run(page, table):
    """Hand the table in and score it; the address of the run."""
    page.goto("/batches")
    page.set_input_files("#file", str(table))
    paper = page.locator("#rubrics option", has_text="客服部经理面试").first.get_attribute("value")
    page.select_option("#rubrics", paper)
    page.click(".upload .primary")
    page.click("button[value=start]")
    page.wait_for_selector(".state-finished", timeout=60_000)
    return page.url


def say(page, form, **fields):
    """Fill in the form that is open within `form` and send it."""
    for name, value in fields.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def reviewed(page, address):
    """Decide on the first answers to the second question of a run; the address of its queue."""
    queue = f"{address}/review/{RUBRIC}"
    page.goto(queue)
    with page.expect_navigation():
        page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    say(page, ".line.active details[open]", reason="说出了考核方式的问题", author="周老师")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.keyboard.press("f")
    say(page, "details[data-flag][open]", text="与另一份很像", author="周老师")
    return f"{queue}?show=all"


def preview(page):
    """Other points for the first key point, up to who changes."""
    page.goto(f"/rubrics/{RUBRIC}/edit")
    for index, value in enumerate(("4", "2", "2")):
        page.fill(f'[name="key_points[{index}].points"]', value)
    page.wait_for_selector("#sum:not(.mark-missed)")
    page.click("text=下一步：看谁的得分会变")
    page.wait_for_selector("#effects")


def shoot(page, path, height):
    """The upper part of the window: what matters, and a file that is not large."""
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height})


def take(chromium, address, table, target):
    with opened(chromium, address) as page:
        score(page, ANSWER.rpartition("\n")[0], NAMES[1])
        grade = page.url
        shoot(page, target / "result.png", 820)
        queue = reviewed(page, run(page, table))
        preview(page)
        shoot(page, target / "who-changes.png", 780)
    with opened(chromium, address, color_scheme="dark") as page:
        page.goto(queue)
        shoot(page, target / "review.png", 600)
    with opened(chromium, address, viewport=PHONE) as page:
        page.goto(grade)
        shoot(page, target / "phone.png", PHONE["height"])


def main(target):
    """Write the pictures into `target`: PNG, 1280 pixels wide (the phone 360), one pixel a dot, each below 150 kB."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found(), args=["--no-sandbox"])
        with serving(Path(name), "--judge", "keyword") as address:
            take(chromium, address, answers(Path(name) / "客服经理一面.csv"), target)
        chromium.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
