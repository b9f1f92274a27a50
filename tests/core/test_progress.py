import pytest

from shapedoc.core.progress import Board, Phase, Progress


@pytest.fixture
def board(tmp_path):
    return Board.create(str(tmp_path / "board"))


@pytest.mark.parametrize(
    "progress",
    [
        Progress(),
        Progress(Phase.BUILD),
        Progress(Phase.FIX, done=3, total=40),
        Progress(Phase.RUN, 0, "relu"),
        Progress(Phase.RUN, 123456, "größe ×", "blocks.0", "/a folder/net.py", 41),
    ],
)
def test_what_is_written_is_read_by_another_map_of_the_file(board, progress):
    Board(board.path).write(progress)
    assert board.read() == progress


def test_a_long_record_loses_only_the_ends_of_its_texts(board):
    board.write(Progress(Phase.RUN, 5, "o" * 9000, "m" * 9000, "p" * 9000, 41))
    read = board.read()
    assert (read.phase, read.step, read.line) == (Phase.RUN, 5, 41)
    assert read.op and set(read.op) == {"o"}
    assert read.path and set(read.path) == {"p"}


def test_a_record_half_written_leaves_the_one_before(board):
    board.write(Progress(Phase.RUN, 1, "relu"))
    current = board._memory[0]
    start = 1 + (1 - current) * Board.SLOT
    board._memory[start : start + 4] = b"RUN\0"
    assert board.read() == Progress(Phase.RUN, 1, "relu")
