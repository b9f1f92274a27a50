"""An answer is given again while what it depends on stays the same, and never otherwise."""

import hashlib
import json
import os
import threading
from dataclasses import replace

import pytest

from shapedoc.core.report import File, Reason, Report, Step, Stop, Target
from shapedoc.suggest.cache import Cache, default_folder, key_of

KEY = key_of("net.py:Net")


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "reports")


def reading(*paths):
    files = tuple(File(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths)
    return Report(Target("net.py:Net"), files=files, steps=(Step(0, "relu"),))


def test_a_report_comes_back_without_its_steps(cache, tmp_path):
    (tmp_path / "net.py").write_text("x = 1")
    cache.put(KEY, reading(tmp_path / "net.py"))
    held = cache.get(KEY)
    assert held.fresh and held.report == replace(reading(tmp_path / "net.py"), steps=())
    assert cache.get(key_of("net.py:Other")) is None


@pytest.mark.parametrize("change", [lambda path: path.write_text("x = 2"), lambda path: path.unlink()])
def test_a_change_of_a_file_that_was_read_makes_it_stale(cache, tmp_path, change):
    (tmp_path / "net.py").write_text("x = 1")
    cache.put(KEY, reading(tmp_path / "net.py"))
    change(tmp_path / "net.py")
    assert not cache.get(KEY).fresh


def test_a_new_time_and_an_old_content_are_no_change(cache, tmp_path):
    (tmp_path / "net.py").write_text("x = 1")
    cache.put(KEY, reading(tmp_path / "net.py"))
    os.utime(tmp_path / "net.py", (1, 1))
    assert cache.get(KEY).fresh


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"target": 3}', '{"target": {"name": 3}, "files": [1]}', '{"files": []}', "\0"],
)
def test_a_corrupt_entry_is_none(cache, text):
    cache.put(KEY, Report(Target("net.py:Net")))
    [entry] = cache.folder.rglob("*.json")
    entry.write_text(text)
    assert cache.get(KEY) is None
    cache.put(KEY, Report(Target("net.py:Net")))
    assert cache.get(KEY).fresh


@pytest.mark.parametrize("reason", list(Reason))
def test_an_end_that_need_not_come_again_is_not_kept(cache, reason):
    cache.put(KEY, Report(Target("net.py:Net"), stopped=Stop(reason, "")))
    assert (cache.get(KEY) is not None) == (reason in (Reason.FAULT, Reason.VALUE))


def test_a_report_on_a_file_that_changed_meanwhile_is_not_kept(cache):
    cache.put(KEY, Report(Target("net.py:Net"), files=(File("net.py", ""),)))
    assert cache.get(KEY) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    keys = [key_of(number) for number in range(5)]
    cache = Cache(tmp_path, largest=0)
    for age, key in enumerate(keys):
        cache.put(key, Report(Target("net.py:Net")))
        os.utime(tmp_path / key[:2] / f"{key[2:]}.json", (1000 - age, 1000 - age))
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.json"))
    cache.largest = size * 3 // 5
    assert cache.get(keys[4])  # a use makes it the newest
    cache.trim()
    assert [cache.get(key) is not None for key in keys] == [True, True, False, False, True]


def test_a_run_that_added_nothing_looks_at_no_entry(tmp_path, monkeypatch):
    cache = Cache(tmp_path, largest=0)
    monkeypatch.setattr("shapedoc.suggest.cache._entries", None)
    cache.trim()


def test_many_at_once_read_whole_entries_only(cache, tmp_path):
    (tmp_path / "net.py").write_text("x = 1")
    report = reading(tmp_path / "net.py")
    cache.put(KEY, report)
    wrong = []

    def work():
        for _ in range(200):
            cache.put(KEY, report)
            held = cache.get(KEY)
            if held is None or not held.fresh:
                wrong.append(held)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and not list(cache.folder.rglob("*.part"))


def test_a_cache_that_cannot_be_written_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "below")
    cache.put(KEY, Report(Target("net.py:Net")))
    assert cache.get(KEY) is None


def test_without_a_folder_nothing_is_known(monkeypatch):
    cache = Cache(None)
    cache.put(KEY, Report(Target("net.py:Net")))
    cache.trim()
    assert cache.get(KEY) is None


def test_the_folder_is_that_of_the_platform(monkeypatch, tmp_path):
    monkeypatch.delenv("SHAPEDOC_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder().name == "shapedoc"


def test_an_entry_is_json(cache):
    cache.put(KEY, Report(Target("net.py:Net")))
    [entry] = cache.folder.rglob("*.json")
    assert json.loads(entry.read_text())["target"]["name"] == "net.py:Net"
