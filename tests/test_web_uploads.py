"""Files that are handed in: hostile names, wrong kinds, bombs; every one ends in words that say what to do."""

import io
import re
import zipfile

import pytest
from small_rubric import RUBRIC
from web_batches import fields_of, hand_in, send, started, table, until
from web_client import opened

from evaluator.web import Limits
from evaluator.web.uploads import Uploads, shown_name


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"), ("C:\\Users\\me\\答卷.csv", "答卷.csv"), ("a\x00\x1b[31m\nb.csv", "a[31mb.csv"),
        ("\u202egnp.csv", "gnp.csv"), ("x" * 500 + ".csv", "x" * 116 + ".csv"), ("..", "file"), ("", "file"), ("...csv", "csv"),
    ],
)  # fmt: skip
def test_a_name_is_shown_without_folders_and_tricks(given, shown):
    assert shown_name(given) == shown


@pytest.mark.parametrize(
    "name", ["../../../../tmp/evil.csv", "..\\..\\evil.csv", "<script>alert(1)</script>.csv", "a'\"><img src=x>.csv"]
)
def test_a_hostile_name_reaches_neither_the_disk_nor_the_page(browser, tmp_path, name):
    before = {path for path in tmp_path.rglob("*") if "uploads" not in path.parts}
    path = started(browser, table(), name)
    until(browser, path)
    for place in (path, "/batches"):
        text = browser.get(place).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "../" not in text
    saved = browser.get(f"{path}/download/csv").headers["content-disposition"]
    assert "\n" not in saved
    assert "/" not in saved.replace("utf-8''", "")
    [folder] = (tmp_path / "uploads").iterdir()
    assert {one.name for one in folder.iterdir()} == {"file.csv", "name", "choices.json"}
    new = {one.name for one in tmp_path.rglob("*") if "uploads" not in one.parts} - {one.name for one in before}
    assert not [one for one in new if "evil.csv" in one]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("answers.exe", b"MZ", "这种文件读不了"),
        ("answers", b"a,b", "这种文件读不了"),
        ("empty.csv", b"", "空"),
        ("blank.csv", b"\n\n \n", "空"),
        ("damaged.xlsx", b"PK\x03\x04 no archive", "已损坏"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n", "图片"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("array.jsonl", b'[{"a": 1}]', "JSON 数组"),
        ("slides.zip", zipped(**{"ppt/slides.xml": "x"}), "演示文稿"),
        ("outside.zip", zipped(**{"../evil.txt": "x"}), "指向外面"),
        ("bomb.zip", zipped(**{"a.txt": b"0" * 60_000_000}), "压缩炸弹"),
        ("other.csv", "姓名,城市\n张三,北京".encode(), "没有一列对上题目"),
        ("nothing.csv", "今天天气不错".encode(), "题目"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_what_to_do(browser, tmp_path, name, content, said):
    reply = hand_in(browser, content, name)
    assert reply.status_code in {200, 422}
    assert said in reply.text
    inside = reply.text.partition("<main")[2].partition("</main>")[0]
    assert " --" not in inside  # what to do in the page, not with options of a command
    assert not re.search(r"\bfile\.\w+[ :：]", inside)  # the name that it has for its owner
    assert not list((tmp_path / "runs").glob("*"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(browser):
    bomb = zipped(**{"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": b" " * 1_100_000_000})
    assert len(bomb) < 10_000_000
    reply = hand_in(browser, bomb, "bomb.xlsx")
    assert reply.status_code == 422
    assert "bomb.xlsx" in reply.text


def test_no_file_is_asked_for_again(browser):
    reply = browser.client.post("/batches", data={"csrf": browser.token()}, files={"other": ("a", b"")})
    assert reply.status_code == 422
    assert "还没有选文件" in reply.text


def test_a_file_beyond_the_limit_is_refused_with_what_to_do(tmp_path):
    with opened(tmp_path, limits=Limits(max_upload=2_000)) as browser:
        reply = hand_in(browser, table() + b"x" * 3_000)
        assert reply.status_code == 413
        assert "evaluator batch" in reply.text
        assert hand_in(browser, table()).status_code == 200
        assert not [one for one in (tmp_path / "uploads").iterdir() if len(list(one.iterdir())) < 3]


def test_a_file_of_many_columns_is_shown_and_mended(browser):
    header = ["考号", RUBRIC.id, *(f"列{number}" for number in range(200))]
    content = "\n".join([",".join(header), ",".join(["A01", "真诚道歉", *("x" for _ in range(200))])]).encode()
    reply = hand_in(browser, content)
    assert reply.status_code == 200
    again = send(browser, reply, "look", **{"role.C": "ignored"})
    assert again.status_code == 200
    assert fields_of(again)["role.C"] == "ignored"


def test_uploads_are_found_by_their_id_alone(tmp_path):
    uploads = Uploads(tmp_path)
    (tmp_path / "0123456789abcdef").mkdir()
    (tmp_path / "0123456789abcdef" / "file.csv").write_bytes(b"x")
    assert uploads.get("0123456789abcdef").name == "file.csv"
    for wrong in ("", "..", "../0123456789abcdef", "0123456789ABCDEF", "0123456789abcdef/", "zz"):
        assert uploads.get(wrong) is None
        uploads.forget(wrong)
    uploads.forget("0123456789abcdef")
    assert uploads.get("0123456789abcdef") is None
