"""Everything that user code can do to its process ends in a report."""

import sys
import time
from pathlib import Path

import pytest

from shapedoc.client.process import Worker
from shapedoc.core.report import Reason, Span
from shapedoc.core.request import Engine, Request

ROOT = str(Path(__file__).parents[2])
MEMORY = 256 << 20


@pytest.fixture(scope="module", autouse=True)
def runners_on_the_path():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", ROOT)
        yield


@pytest.fixture(scope="module")
def worker(runners_on_the_path):
    with Worker(sys.executable) as worker:
        yield worker


def request(runner, **options):
    options = {"timeout": 30.0, "memory": MEMORY} | options
    return Request("net.py:Net", runner=f"tests.worker.runners:{runner}", **options)


def test_a_report_comes_back_whole(worker):
    report = worker.run(request("clean", engine=Engine.SHAPE))
    assert report.exit_status == 0
    assert report.target.name == "net.py:Net"
    assert report.engine == "shape"
    assert [str(value) for step in report.steps for value in step.outputs] == ["x[b=2 3]"]


@pytest.mark.parametrize(
    ("runner", "reason"),
    [
        ("exits", Reason.EXIT),
        ("exits_hard", Reason.EXIT),
        ("exits_in_c", Reason.EXIT),
        ("segfaults", Reason.EXIT),
        ("aborts", Reason.EXIT),
        ("takes_python_memory", Reason.MEMORY),
        ("takes_torch_memory", Reason.MEMORY),
        ("is_killed", Reason.MEMORY),
        ("raises", Reason.ERROR),
        ("leaves_a_process_and_dies", Reason.EXIT),
    ],
)
def test_an_end_of_the_process_is_reported_with_the_last_step(worker, runner, reason):
    report = worker.run(request(runner))
    assert report.exit_status == 2
    assert report.stopped.reason is reason
    assert report.stopped.step == 7
    assert report.stopped.module == "blocks.0.mlp"
    assert report.stopped.span == Span("/nets/net.py", 41)


@pytest.mark.parametrize("runner", ["loops", "loops_deaf", "hangs_in_c"])
def test_what_does_not_end_is_ended(worker, runner):
    started = time.monotonic()
    report = worker.run(request(runner, timeout=0.3))
    assert time.monotonic() - started < 10
    assert report.stopped.reason is Reason.TIMEOUT
    assert report.stopped.step == 7


@pytest.mark.parametrize("runner", ["leaves_a_thread", "leaves_a_process"])
def test_what_is_left_running_is_not_waited_for(worker, runner):
    started = time.monotonic()
    assert worker.run(request(runner)).exit_status == 0
    assert time.monotonic() - started < 10


def test_no_state_passes_from_one_run_to_the_next(worker):
    assert [worker.run(request("counts")).target.name for _ in range(3)] == ["1", "1", "1"]


def test_what_a_model_prints_goes_to_standard_error(capfd):
    with Worker(sys.executable) as worker:
        worker.run(request("prints"))
    out, err = capfd.readouterr()
    assert out == ""
    for text in (
        "a line of the user's own\n",
        "bytes to file descriptor 1\n",
        "from a child\n",
        "no line end",
    ):
        assert text in err


def test_a_model_reads_nothing(worker):
    assert worker.run(request("reads")).target.name == "''b''"


def test_tracebacks_are_kept_for_debugging(worker):
    stop = worker.run(request("raises")).stopped
    assert "no shape matter" in stop.message
    assert "Traceback" in stop.debug and "runners.py" in stop.debug


@pytest.mark.parametrize("debug", [True, False])
def test_warnings_are_shown_with_debug_only(capfd, debug):
    with Worker(sys.executable) as fresh:
        assert fresh.run(request("warns", debug=debug)).exit_status == 0
    err = capfd.readouterr().err
    assert ("a habit of the model's" in err, "meshgrid" in err) == (debug, debug)
    assert debug or err == ""


def test_a_warning_that_the_user_wants_raised_is_raised(worker):
    report = worker.run(request("warns_and_raises"))
    assert report.stopped.reason is Reason.ERROR and "not to be borne" in report.stopped.message


@pytest.mark.parametrize("debug", [False, True])
def test_a_segmentation_fault_shows_its_stack_with_debug_only(capfd, debug):
    with Worker(sys.executable) as worker:
        worker.run(request("segfaults", debug=debug))
    assert ("Segmentation fault" in capfd.readouterr().err) == debug


def test_no_folder_of_ours_is_on_the_path(worker):
    path = worker.run(request("shows_path")).target.name.split("\n")
    assert str(Path(ROOT, "shapedoc", "worker")) not in path
    assert "" not in path


def test_a_runner_that_cannot_be_imported_is_told(worker):
    stop = worker.run(Request("net.py:Net", runner="no.such.module:run")).stopped
    assert stop.reason is Reason.TARGET
    assert sys.executable in stop.message and "No module" in stop.message


def test_progress_is_shown_while_a_model_runs(worker):
    seen = []
    worker.run(request("loops", timeout=0.5), seen.append)
    assert [progress.op for progress in seen][-1] == "linear"


def test_the_end_of_the_server_itself_is_reported():
    with Worker(sys.executable) as worker:
        for runner in ("kills_the_server", "clean"):
            assert worker.run(request(runner)).exit_status == 2


def test_leaving_ends_a_run_at_once():

    def leave(progress):
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Worker(sys.executable) as worker:
        worker.run(request("loops", timeout=300.0), leave)
    assert time.monotonic() - started < 30
    assert worker._process.returncode is not None


def gather(worker, count):
    ends = (worker.ended() for _ in iter(int, 1))
    found = (end for end in ends if end)
    return [next(found) for _ in range(count)]


def test_runs_beside_one_another_end_as_they_will(worker):
    slow = worker.begin(request("loops", timeout=5.0))
    quick = [worker.begin(request("clean")) for _ in range(3)]
    ends = gather(worker, 4)
    assert {id(job) for job, _ in ends[:3]} == set(map(id, quick))
    assert ends[3][0] is slow and ends[3][1].stopped.reason is Reason.TIMEOUT
    assert all(report.exit_status == 0 for _, report in ends[:3])


def test_a_dead_server_ends_every_run():
    with Worker(sys.executable) as worker:
        jobs = [worker.begin(request("loops")), worker.begin(request("kills_the_server"))]
        ends = gather(worker, 2)
        assert {id(job) for job, _ in ends} == set(map(id, jobs))
        assert all(report.exit_status == 2 for _, report in ends) and not worker.alive


def test_a_worker_stands_where_it_is_told_to(tmp_path):
    with Worker(sys.executable, tmp_path) as worker:
        assert worker.run(request("stands")).target.name == str(tmp_path)


def test_a_second_run_finds_what_every_run_needs_prepared():
    with Worker(sys.executable) as worker:
        assert [worker.run(request("tells_whether_prepared")).target.name for _ in range(3)] == [
            "0",
            "1",
            "1",
        ]
