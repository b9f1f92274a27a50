"""The user's files are the old ones or the new ones, whatever happens while they are written."""

import errno
import hashlib
import os
import resource
import signal
import sys
import threading

import pytest

from shapedoc.core.report import Edit, File, Finding, Fix, Report, Safety, Span, Target
from shapedoc.suggest import applying
from shapedoc.suggest.applying import apply_fixes

OLD = "import torch\r\n\r\nx = a + b\r\n" + "y = 1  # é\r\n" * 5_000
SAFE = {Safety.SAFE}


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.py"
    path.write_bytes(OLD.encode())
    return path


def report(path, new="a.T", safety=Safety.SAFE, column=5):
    """A finding on line 3, whose fix puts `new` where a name stands."""
    span = Span(str(path), 3, column, 3, column + 1)
    old = OLD.splitlines()[2][column - 1]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    finding = Finding("SD102", "sizes differ", span, fixes=(Fix("", (Edit(span, new, old),), safety),))
    return Report(Target("net.py:Net"), findings=(finding,), files=(File(os.path.realpath(path), digest),))


def new(text="a.T"):
    return OLD.replace("a +", f"{text} +").encode()


def ended(work):
    """The wait status of a process that did some work and nothing else."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def leftovers(path):
    return sorted(item.name for item in path.parent.iterdir() if item.name not in (path.name, "link.py"))


def test_a_safe_fix_is_written_and_all_else_kept(net):
    net.chmod(0o754)
    [applied] = apply_fixes([report(net), report(net)], SAFE, net.parent)
    assert not applied.problem and applied.count == 1
    assert net.read_bytes() == new() and net.stat().st_mode & 0o777 == 0o754
    assert leftovers(net) == []


@pytest.mark.parametrize("safety", [Safety.UNSAFE, Safety.MANUAL])
def test_what_is_not_trusted_is_not_written(net, safety):
    assert apply_fixes([report(net, safety=safety)], SAFE, net.parent) == []
    assert net.read_bytes() == OLD.encode()
    assert apply_fixes([report(net, safety=Safety.UNSAFE)], {*SAFE, Safety.UNSAFE}, net.parent)


def killed_at(number, work):
    """Kill the process at the n-th thing that it asks of the system; whether it came so far."""
    seen = 0

    def hook(event, arguments):
        nonlocal seen
        if event in ("open", "os.rename", "os.chmod", "os.chown", "os.remove", "tempfile.mkstemp"):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    def hooked():
        sys.addaudithook(hook)
        work()

    return os.WIFSIGNALED(ended(hooked))


def test_killed_at_any_point_it_leaves_the_old_file_or_the_new_one(net):
    import filelock  # noqa: F401  so that importing it is no such point

    seen = set()
    for number in range(1, 100):
        net.write_bytes(OLD.encode())
        traced = report(net)
        if not killed_at(number, lambda traced=traced: apply_fixes([traced], SAFE, net.parent)):
            break
        assert net.read_bytes() in (OLD.encode(), new())
        seen.add(net.read_bytes())
    assert number > 5 and OLD.encode() in seen
    assert net.read_bytes() == new()


def test_killed_once_the_name_is_taken_it_leaves_the_new_file(net, monkeypatch):
    replace = os.replace

    def replaced(*paths):
        replace(*paths)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(os, "replace", replaced)
    assert os.WIFSIGNALED(ended(lambda: apply_fixes([report(net)], SAFE, net.parent)))
    assert net.read_bytes() == new()


def test_a_full_disk_leaves_the_old_file(net, tmp_path_factory):
    told = tmp_path_factory.mktemp("told")

    def work():
        traced = report(net)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        [applied] = apply_fixes([traced], SAFE, net.parent)
        (told / "problem").write_text(applied.problem)

    ended(work)
    assert (told / "problem").read_text() == f"cannot be written: {os.strerror(errno.EFBIG)}"
    assert net.read_bytes() == OLD.encode() and leftovers(net) == []


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_step_that_fails_leaves_the_old_file(net, monkeypatch, step):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    traced = report(net)
    monkeypatch.setattr(os, step, fail)
    [applied] = apply_fixes([traced], SAFE, net.parent)
    assert "space" in applied.problem
    assert net.read_bytes() == OLD.encode() and leftovers(net) == []


def test_a_read_only_file_stays_as_it_is(net):
    net.chmod(0o444)
    [applied] = apply_fixes([report(net)], SAFE, net.parent)
    assert "read-only" in applied.problem and net.read_bytes() == OLD.encode()


def test_a_link_stays_one_and_its_file_is_written(net, tmp_path_factory):
    link = net.parent / "link.py"
    target = tmp_path_factory.mktemp("elsewhere") / "real.py"
    net.rename(target)
    link.symlink_to(target)
    [applied] = apply_fixes([report(link)], SAFE, net.parent)
    assert not applied.problem and link.is_symlink()
    assert target.read_bytes() == new() and not target.is_symlink()


def test_a_file_that_was_edited_since_is_refused(net):
    traced = report(net)
    net.write_bytes(OLD.encode() + b"z = 1\n")
    [applied] = apply_fixes([traced], SAFE, net.parent)
    assert "edited" in applied.problem and net.read_bytes() == OLD.encode() + b"z = 1\n"


def test_an_edit_in_the_last_moment_is_kept(net, monkeypatch):
    def edited(descriptor):
        net.write_bytes(b"the user's own\n")

    traced = report(net)
    monkeypatch.setattr(os, "fsync", edited)
    [applied] = apply_fixes([traced], SAFE, net.parent)
    assert "edited" in applied.problem
    assert net.read_bytes() == b"the user's own\n" and leftovers(net) == []


def test_what_no_run_has_read_is_refused(net):
    traced = report(net)
    [applied] = apply_fixes([Report(traced.target, findings=traced.findings)], SAFE, net.parent)
    assert applied.problem and net.read_bytes() == OLD.encode()


def test_one_file_that_is_refused_keeps_no_other_back(net):
    other = net.parent / "other.py"
    other.write_bytes(OLD.encode())
    refused = report(other)
    other.write_bytes(b"edited\n")
    first, second = apply_fixes([refused, report(net)], SAFE, net.parent)
    assert (bool(first.problem), bool(second.problem)) == (False, True)
    assert net.read_bytes() == new()


def test_of_two_runs_at_once_one_writes_and_the_other_is_told(net, monkeypatch):
    """Both have traced the same file, and would change it in different places."""
    reports = [report(net), report(net, new="b.T", column=9)]
    inside, most, guard = 0, 0, threading.Lock()
    applied_one = applying._applied

    def counting(*arguments):
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        try:
            return applied_one(*arguments)
        finally:
            with guard:
                inside -= 1

    monkeypatch.setattr(applying, "_applied", counting)
    results = []
    runs = [
        threading.Thread(target=lambda own=own: results.extend(apply_fixes([own], SAFE, net.parent)))
        for own in reports
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert most == 1
    assert sorted(bool(each.problem) for each in results) == [False, True]
    assert net.read_bytes() in (new(), OLD.replace("+ b", "+ b.T").encode())


def test_two_processes_at_once_leave_one_of_two_whole_files(net):
    reports = [report(net), report(net, new="b.T", column=9)]
    children = []
    for own in reports:
        child = os.fork()
        if child == 0:
            try:
                apply_fixes([own], SAFE, net.parent)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert net.read_bytes() in (new(), OLD.replace("+ b", "+ b.T").encode())
