"""Designs: defaults and ranges, the three kinds of design files, settings, and what bad values get."""

import tomllib

import pytest
from golden import FOLDERS, SAME_MATH, case, cases, close
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.circuits.converters import CONVERTERS
from neurosim.circuits.hybrid import HYBRID_MEMORIES, HYBRID_PARAMETERS
from neurosim.design.corrections import CORRECTIONS, REPAIRS
from neurosim.design.design import Design
from neurosim.design.models import CHIP_DIFFERENCES, MODELS
from neurosim.design.param_cpp import read_param_cpp
from neurosim.design.parameters import ADC_SWITCHES, BY_REFERENCE, PARAMETERS, SECTIONS, SWITCHES, joined
from neurosim.errors import NeurosimError

# Parameters of the reference that its recorded version does not have, and their defaults.
NEWER = {"polarization": 20, "SARADC": 0, "currentMode": 1}
# Quirk U11: there in both, and set in neither.
UNSET = {"activityRowReadWG": 0, "activityRowWriteWG": 0, "activityColWriteWG": 0}


def values(parameter):
    """A strategy for the permitted values of a parameter."""
    if parameter.name == "model":
        return st.sampled_from(list(MODELS))
    if parameter.name in ("adopt", "correct", "without"):
        known = st.sampled_from([*(CHIP_DIFFERENCES if parameter.name == "adopt" else [*CORRECTIONS, *REPAIRS])])
        return st.lists(known, unique=True).map(lambda ids: parameter.check(" ".join(ids)))
    if parameter.kind is bool:
        return st.booleans()
    if parameter.choices is not None:
        return st.sampled_from(list(parameter.spellings))
    low = parameter.low if parameter.low is not None else parameter.above
    if parameter.kind is int:
        return st.integers(low, parameter.high)
    if low is None:
        low = -1e30
    if parameter.above is not None:
        low = 1e-30  # far below that, a resistance has no finite conductance
    return st.floats(low, parameter.high if parameter.high is not None else 1e30)


@st.composite
def designs(draw):
    """Any permitted design: a few parameters moved from their defaults."""
    names = draw(st.lists(st.sampled_from(list(PARAMETERS)), unique=True, max_size=12))
    chosen = {name: draw(values(PARAMETERS[name])) for name in names}
    if chosen.get("weight_max", 1.0) <= chosen.get("weight_min", -1.0):
        chosen["weight_max"], chosen["weight_min"] = 2.0, -0.5
    return Design(**chosen)


def reference_designs():
    """Designs that the reference knows as well."""
    return designs().filter(lambda design: design.memory not in HYBRID_MEMORIES)


def refusal(call, *arguments, **keywords):
    """The sentence with which a call is refused: one line, no more than a reader takes in."""
    with pytest.raises(NeurosimError) as caught:
        call(*arguments, **keywords)
    sentence = str(caught.value)
    assert "\n" not in sentence and 20 < len(sentence) < 300
    return sentence


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


# -- parameters ------------------------------------------------------------------------------------


def test_every_parameter_is_complete():
    for name, parameter in PARAMETERS.items():
        assert name == parameter.name and name.isidentifier() and name.islower()
        assert parameter.section in SECTIONS and parameter.meaning and parameter.range
        assert parameter.check(parameter.default) == parameter.default
        assert type(parameter.check(parameter.default)) is parameter.kind
    assert [p.name for p in PARAMETERS.values() if not p.reference] == ["adc", *HYBRID_PARAMETERS, "model",
                                                                        "correct", "adopt", "without"]
    assert len(BY_REFERENCE) == len(PARAMETERS) - 5 - len(HYBRID_PARAMETERS)


@given(
    st.sampled_from(list(BY_REFERENCE.values()))
    .flatmap(lambda p: st.tuples(st.just(p), values(p)))
    .filter(lambda pair: pair[1] not in HYBRID_MEMORIES)
)
def test_a_parameter_survives_the_references_convention(pair):
    parameter, value = pair
    assert parameter.from_reference(parameter.to_reference(value)) == value


@pytest.mark.parametrize("model", FOLDERS)
def test_defaults_are_the_references(model):
    """Difference V1 is one of them."""
    recorded = case("vgg8_defaults", model).full["params"]
    design = Design(model=model)
    assert model == "2.0" or NEWER.keys() <= recorded.keys()
    for name, value in design.to_reference().items():
        assert value == (UNSET | NEWER | recorded)[name], name


def test_a_design_is_frozen():
    with pytest.raises(AttributeError):
        Design().node = 22
    design = Design(node=22, roadmap="hp")
    assert design.roadmap == "HP"
    assert design.replace(batch_size=64) == Design(node=22, roadmap="HP", batch_size=64)
    assert hash(design) == hash(Design(roadmap="HP", node=22))


# -- recorded parameter files ------------------------------------------------------------------------


def design_of(recorded, folder):
    design = Design.from_file(written(folder, "params.csv", recorded.params))
    return design.replace(synapse_bits=int(recorded.args[2]), input_bits=int(recorded.args[3]))


@pytest.mark.parametrize(("model", "count"), [("2.0", 109), ("2.1", 83)])
def test_every_recorded_parameter_file_means_what_the_reference_used(model, count, tmp_path):
    """Difference V2: wires of V2.1 as warm as the design is."""
    compared = 0
    for name in [*cases(model=model), "vgg8_defaults"]:
        recorded = case(name, model)
        if not recorded.full:
            continue
        design, used = design_of(recorded, tmp_path), recorded.full["params"]
        got = design.to_reference()
        # The reference overwrites these two with what it makes of them.
        got["cellBit"] = design.effective_cell_bits
        got["speedUpDegree"] = min(got["speedUpDegree"], used["speedUpDegree"])
        if got["SARADC"]:
            got["currentMode"] = used["currentMode"]    # which then has no effect
        assert {key: (UNSET | NEWER | used)[key] for key in got} == got, name
        assert design.cells_per_synapse == used["numColPerSynapse"]
        assert close(design.wires.resistance, used["unitLengthWireResistance"], SAME_MATH), name
        assert close(design.wires.row, used["wireResistanceRow"], SAME_MATH), name
        assert close(design.wires.column, used["wireResistanceCol"], SAME_MATH), name
        compared += 1
    assert compared == count


REFUSED = {
    "stop_node": "node = 28",
    "stop_temperature": "temperature = 401",
    "stop_wire_width": "wire_width = 65",
    "stop_dram_type": "dramType = 3",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_stopped_the_reference_is_refused_with_its_line(name, tmp_path):
    sentence = refusal(design_of, case(name), tmp_path)
    assert sentence.startswith(f"{tmp_path / 'params.csv'}:8: {REFUSED[name]}")
    assert "it takes" in sentence


# -- TOML ---------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(designs())
def test_toml_reads_back_as_the_same_design(design):
    text = design.to_toml()
    assert Design(**Design._from_toml(text, "design.toml")) == design
    tables = tomllib.loads(text)
    assert tuple(tables) == SECTIONS
    assert {name: value for table in tables.values() for name, value in table.items()} == design.to_dict()


def test_toml_explains_every_parameter():
    lines = Design().to_toml().splitlines()
    for parameter in PARAMETERS.values():
        place = next(n for n, line in enumerate(lines) if line.startswith(f"{parameter.name} ="))
        comment = lines[place - 1]
        assert comment.startswith(f"# {parameter.meaning}")
        assert parameter.unit in comment and parameter.range in comment and parameter.reference in comment


def test_toml_lines_may_be_left_out(tmp_path):
    path = written(tmp_path, "design.toml", "batch_size = 64\n[technology]\nnode = 22\n[chip]\nrelu = false\n")
    assert Design.from_file(path) == Design(node=22, batch_size=64, relu=False)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[technology]\nnode = 28\n", 2, ["node = 28", "130, 90, 65, 45, 32, 22, 14, 10, 7 (nm)"]),
        ("[technology]\nnode = '22'\n", 2, ["node = '22'", "is no number"]),
        ("[tecnology]\nnode = 22\n", 1, ["[tecnology] is no section", "'technology'"]),
        ("[array]\narray_row = 64\n", 2, ["'array_row' is no design parameter", "'array_rows'"]),
        ("[array]\ncell_bits = 2.5\n", 2, ["cell_bits = 2.5", "no whole number", "1 to 16 (bit)"]),
        ("[array]\nmemory = 'MRAM'\n", 2, ["memory = 'MRAM'", "SRAM, RRAM, FeFET"]),
        ("[array]\nmemory = 2\n", 2, ["memory = 2", "SRAM, RRAM, FeFET"]),
        ("[array]\narray_rows = true\n", 2, ["array_rows = True", "is no number"]),
        ("[cell]\nread_voltage = 0.0\n", 2, ["read_voltage = 0.0", "greater than 0 (V)"]),
        ("[cell]\nread_voltage = nan\n", 2, ["read_voltage = nan", "is no number"]),
        ("[cell]\nread_voltage = inf\n", 2, ["read_voltage = inf", "out of range"]),
        ("[cell]\nread_voltage = 1" + 400 * "0" + "\n", None, ["read_voltage", "out of range"]),
        ("[chip]\nrelu = 'yes'\n", 2, ["relu = 'yes'", "true or false"]),
        ("[chip]\nweight_max = 1.0\nweight_min = 1.0\n", None, ["weight_max = 1 must be above weight_min = 1"]),
        ("[chip\n", None, ["not valid TOML", "line 1"]),
        ("node = \n", None, ["not valid TOML", "line 1"]),
        # A longer name above the wrong one does not attract the line number.
        ("[cell]\nwidth_sram_nmos = 2.0\nwidth_sram = -1\n", 3, ["width_sram = -1", "greater than 0 (F)"]),
    ],
)
def test_a_bad_toml_file_gets_a_sentence(tmp_path, text, line, words):
    path = written(tmp_path, "design.toml", text)
    with pytest.raises(NeurosimError) as caught:
        Design.from_file(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert line is None or sentence.startswith(f"{path}:{line}: ")
    for word in words:
        assert word in sentence


# -- CSV ----------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(reference_designs())
def test_csv_in_the_references_names_reads_back(design):
    text = "name,value\n" + "".join(f"{name},{value!r}\n" for name, value in design.to_reference().items())
    assert Design(**Design._from_csv(text, "params.csv")).to_reference() == design.to_reference()


def test_csv_takes_our_names_comments_and_blank_lines(tmp_path):
    text = "# a comment\n\nname,value\nnode, 22 \nroadmap,HP\nrelu,false\nnumRowSubArray,64\npipeline,True\n"
    design = Design.from_file(written(tmp_path, "p.csv", text))
    assert design == Design(node=22, roadmap="HP", relu=False, array_rows=64, pipeline=True)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("technode", "not of the form name,value"),
        ("technode,", "not of the form name,value"),
        ("technode,thirty", "'thirty' is no number"),
        ("tecnode,22", "is no design parameter (did you mean 'technode'?)"),
        ("operationmode,3", "operationmode = 3 is not supported; it takes 1 (sequential), 2 (parallel)"),
        ("memcelltype," + "9" * 400, "memcelltype = a number beyond 1e308 is not supported"),
        ("memcelltype," + "9" * 5000, "memcelltype = inf is not supported"),
        ("memcelltype,7", "memcelltype = 7 is not supported; it takes 1 (SRAM), 2 (RRAM), 3 (FeFET)"),
        ("transistortype,2", "transistortype = 2 is not supported; it takes 1 (conventional)"),
        ("numRowSubArray,inf", "no whole number"),
        ("numRowSubArray,nan", "is no number"),
        ("numRowSubArray,0", "out of range; it takes 1 to 65536"),
        ("pipeline,2", "neither true nor false"),
    ],
)
def test_a_bad_csv_row_gets_a_sentence(tmp_path, row, words):
    path = written(tmp_path, "params.csv", f"name,value\n{row}\n")
    sentence = refusal(Design.from_file, path)
    assert sentence.startswith(f"{path}:2: ")
    assert words in sentence


# -- files that are no design --------------------------------------------------------------------------


def test_a_missing_or_strange_file_gets_a_sentence(tmp_path):
    assert "No such file" in refusal(Design.from_file, tmp_path / "absent.toml")
    assert "Is a directory" in refusal(Design.from_file, tmp_path)
    path = written(tmp_path, "design.ini", "node = 22\n")
    assert ".toml, .csv or .cpp" in refusal(Design.from_file, path)
    path = tmp_path / "design.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert refusal(Design.from_file, path)


# -- settings -------------------------------------------------------------------------------------------


def test_settings_in_either_vocabulary():
    words = ["node=22", "deviceroadmap = 1", "relu=false", "batch_size=6.4e1", "readVoltage=0.25"]
    design = Design().with_settings(words)
    assert design == Design(node=22, roadmap="HP", relu=False, batch_size=64, read_voltage=0.25)
    assert Design().with_settings([]) == Design()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("node", "write it as name=value"),
        ("node=", "write it as name=value"),
        ("noode=22", "did you mean 'node'?"),
        ("node=23", "it takes 130, 90"),
        ("memory=2", "SRAM, RRAM, FeFET"),
        ("levels_ltp=many", "'many' is no number"),
    ],
)
def test_a_bad_setting_gets_a_sentence(setting, words):
    sentence = refusal(Design().with_settings, [setting])
    assert sentence.startswith(f"--set {setting}: ")
    assert words in sentence


def test_a_wrong_keyword_gets_a_sentence():
    assert "did you mean 'node'?" in refusal(Design, nod=22)
    assert "it takes" in refusal(Design, node=23)
    assert "did you mean" in refusal(Design().replace, nod=22)


# -- an edited Param.cpp ----------------------------------------------------------------------------------

PARAM_CPP = """\
/* Settings of one chip. int technode = 7; does not count: it stands in a comment */
#include <cmath>
#include "Param.h"

using namespace std;

Param::Param() {
	/***** modes *****/
	operationmode = 2;     		// operationmode = 1 would read row by row
	memcelltype = 3;        	/* 1: SRAM, 2: RRAM, 3: FeFET */
	accesstype = 1;
	transistortype = 1;
	deviceroadmap = 1;

	globalBufferType = false;
	globalBufferCoreSizeRow = 128; globalBufferCoreSizeCol = 64*2;
	novelMapping = true; pipeline = 0;

	clkFreq = 1e9;
	featuresize = 40e-9;
	temp = 301 + 9;
	technode = 22;
	wireWidth = 32;
	globalBusDelayTolerance = 0.1f;

	numRowSubArray = 64;
	numColSubArray = numRowSubArray;
	numColMuxed = 8;
	levelOutput = 1024/32;
	cellBit = 5;

	heightInFeatureSize1T1R = 4; heightInFeatureSizeSRAM = 8;
	resistanceOn = 240*1e3;
	resistanceOff = 24e6;
	maxConductance = (double) 1/resistanceOn;
	minConductance = (double) 1/resistanceOff;
	readPulseWidth = 10e-9;

	switch (wireWidth) {
		case 40: AR = 1.90; Rho = 4.03e-8; break;
		case 32: AR = 1.90; Rho = 4.51e-8; break;
		default: exit(-1);
	}
	if (memcelltype == 1) {
		wireLengthRow = wireWidth * 1e-9 * heightInFeatureSizeSRAM;
		cellBit = 1;
	} else {
		wireLengthRow = wireWidth * 1e-9 * heightInFeatureSize1T1R;
	}
	Rho *= (1+0.00451*abs(temp-300));
	if (wireLengthRow <= 0) numColMuxed = 2;
	batchSize = 100;
	numIteration = 250;
}
"""
EDITED = {
    "memory": "FeFET",
    "roadmap": "HP",
    "temperature": 310,
    "node": 22,
    "wire_width": 32,
    "array_rows": 64,
    "array_columns": 64,
    "adc_levels": 32,
    "resistance_on": 240e3,
    "resistance_off": 24e6,
    "batch_size": 100,
}


def test_an_edited_param_cpp_is_read(tmp_path):
    warnings = []
    design = Design.from_file(written(tmp_path, "Param.cpp", PARAM_CPP), warn=warnings.append)
    assert design == Design(**EDITED, global_bus_delay_tolerance=0.1)
    assert warnings == []


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("memcelltype = 3;", "memcelltype = 2;", {"memory": "RRAM"}),
        ("memcelltype = 3;", "this->memcelltype=1 ;", {"memory": "SRAM"}),
        ("technode = 22;", "technode = 45 ;// technode = 22;", {"node": 45}),
        ("technode = 22;", "technode\n=\n65\n;", {"node": 65}),
        ("batchSize = 100;", "batchSize = 100; batchSize = 50;", {"batch_size": 50}),
        ("batchSize = 100;", "batchSize = 3.9e1;", {"batch_size": 39}),
        ("numColMuxed = 8;", "numColMuxed = (int)(numRowSubArray/12);", {"columns_per_adc": 5}),
        ("pipeline = 0;", "pipeline = true;", {"pipeline": True}),
    ],
)
def test_edits_of_param_cpp(tmp_path, old, new, changed):
    assert PARAM_CPP.count(old) == 1
    design = Design.from_file(written(tmp_path, "Param.cpp", PARAM_CPP.replace(old, new)))
    assert design == Design(**{**EDITED, **changed}, global_bus_delay_tolerance=0.1)


def test_conductances_that_differ_from_the_resistances_are_kept(tmp_path):
    text = PARAM_CPP.replace("(double) 1/resistanceOff", "1e-9")
    design = Design.from_file(written(tmp_path, "Param.cpp", text))
    assert (design.max_conductance, design.min_conductance) == (0.0, 1e-9)
    assert design.conductance_max == 1 / 240e3 and design.conductance_min == 1e-9


@settings(max_examples=40)
@given(reference_designs())
def test_param_cpp_reads_back_as_the_same_design(design):
    lines = [f"\t{name} = {value!r};" for name, value in design.to_reference().items()]
    text = "Param::Param() {\n" + "\n".join(lines) + "\n}\n"
    assert Design(**read_param_cpp(text, "Param.cpp")).to_reference() == design.to_reference()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1/2", 0),
        ("-7/2", -3),
        ("7/-2", -3),
        ("7/2.0", 3.5),
        ("(double)7/2", 3.5),
        ("(double) (7/2)", 3.0),
        ("(float)1/4*2", 0.5),
        ("1.5e1", 15.0),
        (".5 + 5.", 5.5),
        ("2*(3 + 4) - 1", 13),
        ("+3", 3),
        ("1e3f + 2u", 1002.0),
        ("first*first", 9),
        ("1/first", 0),
    ],
)
def test_c_arithmetic(expression, value):
    text = f"Param::Param() {{ int first = 3; nonlinearity = {expression} + 100; }}"
    assert read_param_cpp(text, "Param.cpp")["nonlinearity"] == value + 100


def test_an_unknown_assignment_is_a_warning(tmp_path):
    warnings = []
    text = PARAM_CPP.replace("technode = 22;", "technode = 22;\n\tinputtoggle = 0.18;\n\tAR = 2;")
    assert Design.from_file(written(tmp_path, "Param.cpp", text), warn=warnings.append) == Design(
        **EDITED, global_bus_delay_tolerance=0.1
    )
    line = text[: text.index("inputtoggle")].count("\n") + 1
    (warning,) = warnings
    place = f"{tmp_path / 'Param.cpp'}:{line}"
    assert warning == f"{place}: inputtoggle is no parameter of DNN+NeuroSim V2.0 or V2.1 and has no effect here"


def read(path):
    """(design, warnings, what it was informed of)."""
    warnings, facts = [], []
    return Design.from_file(path, warnings.append, facts.append), warnings, facts


@pytest.mark.parametrize("line", ["SARADC = true;", "SARADC = false;", "currentMode = 0;", "polarization = 30;"])
@pytest.mark.parametrize("training", ["true", "false"])
def test_a_param_cpp_of_a_later_version_tells_it(tmp_path, line, training):
    """By any of three names beside the switch of the training; what it does not set has the defaults of its version."""
    name = line.split()[0]
    text = f"Param::Param() {{\n\ttechnode = 22;\n\t{line}\n\ttrainingEstimation = {training};\n\tAR = 2;\n}}\n"
    path = written(tmp_path, "Param.cpp", text)
    design, warnings, facts = read(path)
    given = {"SARADC = true;": {"adc": "sar"}, "currentMode = 0;": {"adc": "flash-voltage"},
             "polarization = 30;": {"polarization": 30}}.get(line, {})
    assert design == Design(model="2.1", node=22, training=training == "true", **given)
    assert (design.memory, design.levels_ltp) == ("FeFET", 60)
    assert warnings == []
    assert facts == [f"{path}:3: sets {name}, so it is a file of V2.1: model = 2.1"]


def test_the_first_name_that_tells_the_version_is_named(tmp_path):
    text = "Param::Param() {\n trainingEstimation = 1;\n currentMode = 1;\n SARADC = 0;\n currentMode = 0;\n}\n"
    design, _, facts = read(written(tmp_path, "Param.cpp", text))
    assert design.adc == "flash-voltage"
    assert [fact.partition("Param.cpp")[2] for fact in facts] == [
        ":3: sets currentMode, so it is a file of V2.1: model = 2.1"
    ]


def test_names_in_a_comment_or_a_block_that_is_not_run_tell_nothing(tmp_path):
    text = "Param::Param() {\n trainingEstimation = 1; // SARADC = 1;\n if (0) {\n  polarization = 9;\n }\n}\n"
    assert read(written(tmp_path, "Param.cpp", text)) == (Design(), [], [])


def test_a_param_cpp_of_an_inference_version_gets_a_warning(tmp_path):
    """One, whatever else it sets: expressions with a constant of the reference are read as in its own files."""
    lines = ("technode = 22;", "SARADC = 1;", "currentMode = 1;", "validated = true;", "synchronous = true;",
             "resistanceOn = 6e3;", "resistanceAccess = resistanceOn*IR_DROP_TOLERANCE;")
    path = written(tmp_path, "Param.cpp", "Param::Param() {\n" + "\n".join(lines) + "\n}\n")
    design, warnings, facts = read(path)
    assert design == Design(node=22, adc="sar", resistance_on=6e3, resistance_access=1500) and design.model == "2.0"
    assert facts == []
    (warning,) = warnings
    assert warning.startswith(f"{path}:3: sets SARADC but not trainingEstimation, so it is a file of an inference ")
    assert "V2.0 and V2.1" in warning and "model = 2.0" in warning and "\n" not in warning
    assert warning.endswith("; without effect: validated, synchronous")


def test_a_param_cpp_of_the_first_version_is_read_in_silence(tmp_path):
    text = "Param::Param() {\n" + "".join(
        f" {name} = {value!r};\n" for name, value in Design().to_reference().items() if name not in NEWER
    ) + "}\n"
    assert read(written(tmp_path, "Param.cpp", text)) == (Design(), [], [])


def test_a_setting_wins_over_what_a_param_cpp_tells(tmp_path):
    """Model < file < setting: another model brings other defaults for what the file leaves open."""
    text = "Param::Param() { SARADC = 1; trainingEstimation = 1; temp = 350; }"
    design = Design.from_file(written(tmp_path, "Param.cpp", text), node=45)
    assert (design.model, design.memory, design.temperature, design.node) == ("2.1", "FeFET", 350, 45)
    other = design.with_settings(["model=2.0"])
    assert other == Design(adc="sar", temperature=350, node=45)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("technode = 28;", "node = 28"),
        ("SARADC = 2;", "SARADC = 2 is neither true nor false"),
        ("technode = node();", "can be read; write a plain number"),
        ("technode = later;", "'later' is used before it has a value"),
        ("technode = 22 +;", "is no arithmetic expression"),
        ("technode = 22/0;", "divides by zero"),
        ("technode = 1e999;", "node = inf is no whole number"),
        ("deviceroadmap = 3;", "deviceroadmap = 3 is not supported; it takes 1 (HP), 2 (LSTP)"),
    ],
)
def test_a_bad_assignment_gets_its_line(tmp_path, new, words):
    text = PARAM_CPP.replace("technode = 22;", new)
    line = text[: text.index(new)].count("\n") + 1
    path = written(tmp_path, "Param.cpp", text)
    sentence = refusal(Design.from_file, path)
    assert sentence.startswith(f"{path}:{line}: ")
    assert words in sentence


def test_a_file_without_the_constructor_gets_a_sentence(tmp_path):
    path = written(tmp_path, "Param.cpp", "int technode = 22;\n")
    assert "no constructor Param::Param()" in refusal(Design.from_file, path)


# -- the reference's two switches for the kind of ADC ----------------------------------------------------

SWITCHED = {
    ("1", "1"): "sar",
    ("1", "0"): "sar",  # it wins
    ("0", "1"): "flash-current",
    ("0", "0"): "flash-voltage",
    ("1", None): "sar",
    ("0", None): "flash-current",
    (None, "1"): "flash-current",
    (None, "0"): "flash-voltage",
}


def switches(sar, current):
    return [(name, word) for name, word in (("SARADC", sar), ("currentMode", current)) if word is not None]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("words", "adc"), SWITCHED.items(), ids=str)
def test_two_switches_of_the_reference_are_one_choice(words, adc, turned, tmp_path):
    """In each kind of file that has the reference's names, and in settings; in any order."""
    given = switches(*words)[:: -1 if turned else 1]
    lines = "name,value\n" + "".join(f"{name},{word}\n" for name, word in given)
    assert Design.from_file(written(tmp_path, "params.csv", lines)) == Design(adc=adc)
    assert Design().with_settings([f"{name}={word}" for name, word in given]) == Design(adc=adc)
    truth = {"0": "false", "1": "true"}
    for spell in (str, truth.get):
        lines = "".join(f"\t{name} = {spell(word)};\n" for name, word in [*given, ("trainingEstimation", "1")])
        text = f"Param::Param() {{\n{lines}}}\n"
        warnings = []
        read = Design.from_file(written(tmp_path, "Param.cpp", text), warnings.append)
        assert read == Design(model="2.1", adc=adc)     # a file that knows these names and trains is of that version
        assert warnings == []
    spelt = Design().with_settings([f"{name}={truth[word]}" for name, word in given])
    assert spelt == Design(adc=adc)


@pytest.mark.parametrize("adc", ADC_SWITCHES)
def test_a_kind_of_adc_has_its_two_switches(adc):
    turned = {name: word for name, word in Design(adc=adc).to_reference().items() if name in SWITCHES}
    assert turned == dict(zip(SWITCHES, ADC_SWITCHES[adc], strict=True))
    assert all(type(word) is int for word in turned.values())
    settings_ = [f"{name}={word}" for name, word in turned.items()]
    assert Design(adc="flash-voltage").with_settings(settings_).adc == adc


@pytest.mark.parametrize(
    ("before", "setting", "after"),
    [
        ("sar", "SARADC=0", "flash-current"),
        ("sar", "currentMode=0", "sar"),
        ("sar", "currentMode=1", "sar"),
        ("flash-voltage", "SARADC=0", "flash-voltage"),
        ("flash-voltage", "SARADC=1", "sar"),
        ("flash-voltage", "currentMode=1", "flash-current"),
        ("flash-current", "currentMode=0", "flash-voltage"),
        ("flash-voltage", "node=22", "flash-voltage"),
    ],
)
def test_a_switch_leaves_the_other_one_as_the_design_has_it(before, setting, after):
    assert Design(adc=before).with_settings([setting]).adc == after


def test_our_name_wins_over_the_switches(tmp_path):
    text = "name,value\nSARADC,1\nadc,flash-voltage\ncurrentMode,1\n"
    assert Design.from_file(written(tmp_path, "params.csv", text)).adc == "flash-voltage"
    assert Design().with_settings(["adc=flash-voltage", "SARADC=1"]).adc == "flash-voltage"


def test_switches_change_nothing_else():
    assert joined({"node": 22}) == {"node": 22}
    assert joined({"node": 22, "SARADC": True}) == {"node": 22, "adc": "sar"}
    assert joined({"adc": "sar"}, "flash-voltage") == {"adc": "sar"}


def test_an_adc_of_ones_own_has_no_switches(monkeypatch):
    monkeypatch.setitem(CONVERTERS, "counter", None)
    assert not SWITCHES.keys() & Design(adc="counter").to_reference().keys()
    assert Design(adc="counter").with_settings(["SARADC=0"]).adc == "flash-current"


def test_a_bad_switch_gets_a_sentence(tmp_path):
    path = written(tmp_path, "params.csv", "name,value\nnode,22\nSARADC,2\n")
    assert refusal(Design.from_file, path).startswith(f"{path}:3: SARADC = 2 is neither true nor false")
    path = written(tmp_path, "Param.cpp", "Param::Param() {\n\tcurrentMode = 2;\n}\n")
    assert refusal(Design.from_file, path).startswith(f"{path}:2: currentMode = 2 is neither true nor false")
    assert "--set SARADC=maybe: SARADC = 'maybe'" in refusal(Design().with_settings, ["SARADC=maybe"])


# -- what follows from the parameters ------------------------------------------------------------------


@given(synapse=st.integers(1, 16), cell=st.integers(1, 16), memory=st.sampled_from(["SRAM", "RRAM", "FeFET"]))
def test_cells_hold_a_whole_weight(synapse, cell, memory):
    design = Design(synapse_bits=synapse, cell_bits=cell, memory=memory)
    bits, cells = design.effective_cell_bits, design.cells_per_synapse
    assert bits == 1 or (memory != "SRAM" and bits <= min(synapse, cell))
    assert (cells - 1) * bits < synapse <= cells * bits
