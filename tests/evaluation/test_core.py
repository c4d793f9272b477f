"""Whole runs against the reference: full precision, text and files."""

import pytest
from golden import FOLDERS, REORDERED, SAME_MATH, case, cases, close, differences
from recorded_runs import inputs

from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.evaluation.flow import evaluate
from neurosim.report import text

SECTIONS = ("floorplan", "area", "chip", "layers")
RECORDED = [(name, model) for model in FOLDERS for name in cases(model=model)]
FINISHED = [recorded for recorded in RECORDED if case(*recorded).exit_status == 0]
STOPPED = [recorded for recorded in RECORDED if case(*recorded).exit_status != 0]


def every(recorded):
    """The test is run for each of these recordings, whose `name` and `model` it takes."""
    return pytest.mark.parametrize(("name", "model"), recorded, ids=lambda word: word)


def _evaluated(name, model, folder):
    recorded = case(name, model)
    return recorded, evaluate(*inputs(recorded, recorded.write(folder)))


def same_print(got, want):
    """PRINTED at its strictest: byte for byte. The sign of a nan has no meaning."""
    return got.replace("-nan", "nan") == want.replace("-nan", "nan")


@every(FINISHED)
def test_a_recorded_run_is_reproduced(name, model, tmp_path):
    recorded, report = _evaluated(name, model, tmp_path / "traces")
    results = report.to_reference()
    wrong = differences(*({key: part[key] for key in SECTIONS} for part in (results, recorded.full)), REORDERED)
    assert not wrong, wrong[:5]
    assert same_print(report.to_text(), _without_runtime(recorded.stdout))
    output, breakdown = report.to_csv(tmp_path / "run", recorded.epoch)
    assert same_print(output.read_text(), recorded.output)
    assert same_print(breakdown.read_text(), recorded.breakdown)
    # No design that the reference was recorded with is hardly meant; some of the traces are, on purpose.
    assert report.warnings == report.defects | report.noticed


def _without_runtime(stdout):
    """Recorded standard output up to the run-time block, whose number was not recorded."""
    rule = text.runtime_text(0).splitlines()[0]
    return stdout[: stdout.index(rule)]


@every(FINISHED)
def test_the_subarray_of_a_recorded_run_is_reproduced(name, model, tmp_path):
    """Where a difference begins: the one circuit that all tiles repeat."""
    recorded = case(name, model)
    design, network, _ = inputs(recorded, recorded.write(tmp_path))
    from neurosim.report.plan import plan

    array, want = plan(design, network).chip.array, recorded.full["subarray"]
    got = {
        "numRow": array.rows,
        "numCol": array.columns,
        "lengthRow": array.cells.row_length,
        "lengthCol": array.cells.column_length,
        "capRow1": array.cap_row,
        "capRow2": array.cap_word_line,
        "capCol": array.cap_column,
        "resRow": array.cells.row_resistance,
        "resCol": array.cells.column_resistance,
        "heightArray": array.cells.height,
        "widthArray": array.cells.width,
        "areaArray": array.area_array,
        "height": array.height,
        "width": array.width,
        "area": array.area,
        "usedArea": array.used_area,
        "emptyArea": array.empty_area,
        "areaADC": array.area_adc,
        "areaAccum": array.area_accumulation,
        "areaOther": array.area_other,
        "areaAG": array.area_backward,
        "resCellAccess": array.cell.access_resistance,
        "capCellAccess": array.cell.cap_access_drain,
        "capSRAMCell": array.cell.cap_storage,
    }
    wrong = {key: (got[key], want[key]) for key in want if not close(got[key], want[key], SAME_MATH)}
    assert not wrong, wrong


@every(STOPPED)
def test_a_run_that_the_reference_gives_up_is_refused_in_one_sentence(name, model, tmp_path):
    recorded = case(name, model)
    with pytest.raises(NeurosimError) as refused:
        evaluate(*inputs(recorded, recorded.write(tmp_path)))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("model", FOLDERS)
def test_full_size_vgg8_is_reproduced(model, tmp_path):
    from neurosim.traces.examples import vgg8

    recorded = case("vgg8_defaults", model)
    network, trace = vgg8()
    assert network.to_csv() == recorded.network
    report = evaluate(Design(model=model), network, trace)
    wrong = differences(
        *({key: part[key] for key in SECTIONS} for part in (report.to_reference(), recorded.full)), REORDERED
    )
    assert not wrong, wrong[:5]
    assert same_print(report.to_text(), _without_runtime(recorded.stdout))
    output, breakdown = report.to_csv(tmp_path, recorded.epoch)
    assert same_print(output.read_text(), recorded.output)
    assert same_print(breakdown.read_text(), recorded.breakdown)


def test_a_second_run_is_appended(tmp_path):
    recorded, report = _evaluated(*FINISHED[0], tmp_path / "traces")
    for _ in range(2):
        output, breakdown = report.to_csv(tmp_path, recorded.epoch)
    assert same_print(output.read_text(), recorded.output * 2)
    assert breakdown.read_text() == text.breakdown_csv(report) * 2
