"""A small matrix and a short soak; the whole of it is for `scripts/kill-matrix`."""

import asyncio
from dataclasses import replace

import pytest

from digest.core.delivery.state import DeliveryState
from scripts.kill_matrix import Cell, cells, row, run_cell
from scripts.killing.publication import Publication
from scripts.killing.runs import soak

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def publication():
    return Publication(40)


@pytest.mark.parametrize(
    "cell",
    [
        Cell("after-claim", 1, pipelining=False),
        Cell("mid-body", 8, pipelining=True),
        Cell("after-dot", 8, pipelining=False),
        Cell("before-record", 8, pipelining=True),
    ],
    ids=lambda cell: cell.stage,
)
def test_a_cell_of_the_matrix_adds_up(publication, cell):
    done = asyncio.run(run_cell(publication, cell))

    assert done.well, row(cell, done)
    assert (done.kills, done.audit.readers) == (2, 40)
    assert done.audit.counts[DeliveryState.SKIPPED] == 4  # two left after each kill
    assert row(cell, done).endswith("| 0 | 0 | yes |")


def test_a_short_soak_adds_up(tmp_path):
    done = asyncio.run(soak(Publication(300), tmp_path, 3, 8, "ours", 1))

    assert done.well, done
    assert (done.kills, done.audit.readers) == (3, 300)


def test_a_kill_that_did_not_happen_is_no_proof(publication):
    cell = Cell("after-dot", 1, pipelining=True)
    done = asyncio.run(run_cell(publication, cell))
    assert done.well, row(cell, done)
    assert "killed 1 times, not 2" in row(cell, replace(done, kills=1))
    assert "1 without a valid signature" in row(cell, replace(done, unsigned=1))


def test_the_matrix_is_of_every_stage_with_one_connection_and_with_eight():
    assert len({(cell.stage, cell.connections, cell.pipelining) for cell in cells()}) == 36
