"""Whole runs against the reference: full precision, text and files."""

import csv

import pytest
from golden import FOLDERS, REORDERED, SAME_MATH, case, cases, close, differences

from neurosim.design.design import Design
from neurosim.design.models import CHIP_DIFFERENCES
from neurosim.errors import NeurosimError
from neurosim.evaluation.flow import evaluate
from neurosim.report import text
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace

SECTIONS = ("floorplan", "area", "chip", "layers")
RECORDED = [(name, model) for model in FOLDERS for name in cases(model=model)]
FINISHED = [recorded for recorded in RECORDED if case(*recorded).exit_status == 0]
STOPPED = [recorded for recorded in RECORDED if case(*recorded).exit_status != 0]


def undone():
    """{(difference, case): {path of a value: (that of V2.1, that with the difference undone)}}."""
    found = {}
    with open(FOLDERS["2.1"] / "one_difference_undone.csv", newline="") as file:
        for row in csv.DictReader(file):
            values = found.setdefault((row["difference"], row["case"]), {})
            values[row["value"]] = float(row["v21"]), float(row["undone"])
    return found


UNDONE = undone()


def every(recorded):
    """The test is run for each of these recordings, whose `name` and `model` it takes."""
    return pytest.mark.parametrize(("name", "model"), recorded, ids=lambda word: word)


def _inputs(recorded, folder):
    """Design, network and trace of a case whose files lie in `folder`."""
    design = Design.from_file(folder / "params.csv").replace(
        synapse_bits=int(recorded.args[2]), input_bits=recorded.input_bits
    )
    network = Network.from_file(folder / recorded.args[1])
    words = recorded.args[4:]
    files = [
        (*(folder / word for word in words[n : n + 3]), float(words[n + 3])) for n in range(0, len(words), 4)
    ]
    return design, network, Trace.from_files(files, network, recorded.input_bits)


def _evaluated(name, model, folder):
    recorded = case(name, model)
    return recorded, evaluate(*_inputs(recorded, recorded.write(folder)))


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
    assert report.warnings == report.defects    # nothing that the reference was recorded with is hardly meant


@pytest.mark.parametrize(("difference", "name"), UNDONE, ids=str)
def test_a_run_with_one_difference_undone_is_reproduced(difference, name, tmp_path):
    """Each rule alone: a recorded run of V2.1 that behaves as V2.0 in one of its differences."""
    recorded = case(name, "2.1")
    design, network, trace = _inputs(recorded, recorded.write(tmp_path))
    got = evaluate(design.replace(without=difference), network, trace).to_reference()
    changed = UNDONE[difference, name]
    wrong = {}
    for path, (before, undone) in changed.items():
        assert close(_at(recorded.full, path), before, SAME_MATH), path
        if not close(_at(got, path), undone, REORDERED):
            wrong[path] = _at(got, path), undone
    # Nothing else changes; but rates and peak efficiencies, which follow from the rest, were not recorded again.
    for path in [f"{section}.{key}" for section in ("area", "chip") for key in recorded.full[section]]:
        derived = any(word in path for word in ("FPS", "TOPS"))
        if path not in changed and not derived and not close(_at(got, path), _at(recorded.full, path), REORDERED):
            wrong[path] = _at(got, path), _at(recorded.full, path)
    assert not wrong, wrong


def test_every_difference_has_a_run_without_it():
    assert {difference for difference, _ in UNDONE} == set(CHIP_DIFFERENCES)


def _at(results, path):
    """The value of a path such as `layers[0].name`."""
    section, key = path.split(".")
    if "[" in section:
        section, number = section.removesuffix("]").split("[")
        return results[section][int(number)][key]
    return results[section][key]


def _without_runtime(stdout):
    """Recorded standard output up to the run-time block, whose number was not recorded."""
    rule = text.runtime_text(0).splitlines()[0]
    return stdout[: stdout.index(rule)]


@every(FINISHED)
def test_the_subarray_of_a_recorded_run_is_reproduced(name, model, tmp_path):
    """Where a difference begins: the one circuit that all tiles repeat."""
    recorded = case(name, model)
    design, network, _ = _inputs(recorded, recorded.write(tmp_path))
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
        evaluate(*_inputs(recorded, recorded.write(tmp_path)))
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
