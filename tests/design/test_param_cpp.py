"""An edited `Param.cpp`: what it means is read, anything else is told in one sentence."""

import pytest
from golden import SAME_MATH
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.design.design import Design
from neurosim.design.param_cpp import read_param_cpp
from neurosim.errors import NeurosimError


def read(body, around="Param::Param() {{\n{}\n}}\n"):
    """(parameters, sentences) of a file whose constructor has this body."""
    told = []
    return read_param_cpp(around.format(body), "Param.cpp", told.append, told.append), told


def refusal(body, **options):
    with pytest.raises(NeurosimError) as caught:
        read(body, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "values"),
    [
        # in blocks that the parameters decide
        ("memcelltype = 3;\nif (memcelltype == 3) {\n resistanceOn = 240e3;\n resistanceOff = 24e6;\n}",
         {"memory": "FeFET", "resistance_on": 240e3, "resistance_off": 24e6}),
        ("technode = 14; if (technode == 22) readVoltage = 0.55; else if (technode == 14) {readVoltage = 0.277;}",
         {"node": 14, "read_voltage": 0.277}),
        ("technode = 22; switch (technode) { case 32: wireWidth = 40; break; case 22: wireWidth = 32; break; }",
         {"node": 22, "wire_width": 32}),
        # variables and constants of its own
        ("double onOff = 17;\nconst int adcBits = 4;\nresistanceOn = 6e3;\nresistanceOff = resistanceOn*onOff;\n"
         "levelOutput = adcBits*4;", {"resistance_on": 6e3, "resistance_off": 102e3, "adc_levels": 16}),
        ("levelOutput = 1 << 5; cellBit = 4; cellBit /= 2; numColMuxed = 3 > 2 ? 4 : 8;",
         {"adc_levels": 32, "cell_bits": 2, "columns_per_adc": 4}),
        # lines of the preprocessor
        ("#define READOUT_BITS 5\n\tlevelOutput = 32;\n#if 0\n\tcellBit = 1;\n\tbatchSize = 1;\n#endif\n"
         "\tnumColMuxed = 4;",
         {"adc_levels": 32, "columns_per_adc": 4}),
        ("#define LEVELS 32\nlevelOutput = LEVELS;", {"adc_levels": 32}),
        # as assignments to an int and to a double
        ("batchSize = 39.9; maxNumLevelLTP = 64;", {"batch_size": 39, "levels_ltp": 64}),
        ("temp = 310.7; temp += 1;", {"temperature": 311}),
        ("activityColWriteWG = 0.5;", {"activity_column_write_wg": 0.5}),
    ],
)  # fmt: skip
def test_plain_statements_are_read(body, values):
    assert read(body) == (values, [])


def test_names_without_meaning_need_no_value_and_are_one_warning():
    body = "levelOutput = 32;\nresistanceOn = 240e3;\nslack = resistanceOn*WIRE_SHARE;\nmore = 1; other = slack;"
    values, told = read(body)
    assert values == {"adc_levels": 32, "resistance_on": 240e3}
    assert told == [
        "Param.cpp:4: slack, more, other are no parameters of DNN+NeuroSim V2.0 or V2.1 and have no effect here"
    ]


def test_a_list_of_names_has_an_end():
    _, (sentence,) = read("technode = 22; " + "".join(f"x{number} = 1; " for number in range(1000)))
    assert "x198, x199 and 800 more are no parameters" in sentence


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("if (x) technode = 22;", 2, "technode has no value here: it is set where 'x' decides, and 'x' is used before"),
        ("technode = 22;\nfor (int n = 0; n < 2; n++) { technode = 32; }", 3, "the loop of line 3"),
        ("resistanceOff = resistanceOn*17;", 2, "'resistanceOn' is used before it has a value"),
        ("levelOutput = 32 + ;", 2, "'levelOutput = 32 +' is no arithmetic expression"),
        ("levelOutput = 32\nwireWidth = 40;", 2, "levelOutput has no value here"),
        ("levelOutput = 32\n", 2, "has no semicolon"),
        ("maxNumLevelLTP = 32.5;", 2, "levels_ltp = 32.5 is no whole number"),
        ("temp = 1e300*1e300;", 2, "temperature = inf is no whole number"),
        ("memcelltype = " + "9" * 400 + ";", 2, "does not fit a whole number of 64 bits"),
        ("technode = 5;", 2, "node = 5 is not one of its choices"),
        ("technode = 22;\nexit(-1);", 3, "the C++ program ends here (exit(-1)), before it begins"),
        ("wireWidth = 56; switch (wireWidth) { case 40: AR = 1.9; break; default: exit(-1); }", 2, "wire_width = 56"),
    ],
)
def test_a_parameter_without_a_value_is_refused(body, line, words):
    sentence = refusal(body)
    assert sentence.startswith(f"Param.cpp:{line}: ") and words in sentence


@pytest.mark.parametrize("body", ["", "int technode = 22;", "AR = 1.9;", "if (0) technode = 22;"])
def test_a_file_from_which_nothing_is_read_is_refused(body):
    """Also where other functions set something."""
    sentence = refusal(body, around="Param::Param() {{ {} }}\nvoid Param::setUp() {{ technode = 22; }}\n")
    assert sentence.startswith("Param.cpp: the constructor Param::Param() sets no parameter of DNN+NeuroSim V2.0 or")


def test_statements_that_are_not_read_are_one_warning():
    values, told = read("technode = 22;\nsrand(1);\nfor (;;) { mine = 1; }\n#ifdef FAST\nclkFreq = 2e9;\n#endif\n")
    assert values == {"node": 22}
    assert told[:2] == [
        "Param.cpp:5: no line of this file defines FAST, so the block counts as without it; if a header does, define "
        "it here",
        "Param.cpp:3: not read, because it is no plain arithmetic: 'srand(1)' (line 3), 'for (;;)' (line 4)",
    ]


def test_the_cells_of_sram_are_no_setting():
    """The reference's own line says what neurosim does by itself; as a setting it would stay with another memory."""
    forced = "if (memcelltype == 1) { cellBit = 1; }"
    assert read(f"memcelltype = 1; cellBit = 4; {forced}")[0] == {"memory": "SRAM", "cell_bits": 4}
    values = {"memory": "SRAM", "adc_levels": 8}
    assert read(f"memcelltype = 1; {forced} if (cellBit == 1) levelOutput = 8;")[0] == values
    assert read(f"memcelltype = 2; cellBit = 4; {forced}")[0] == {"memory": "RRAM", "cell_bits": 4}
    assert read("memcelltype = 1; cellBit = 1;")[0] == {"memory": "SRAM", "cell_bits": 1}


# As in the inference versions: tables over nodes, constants of other files, calibration, a wire's resistance.
INFERENCE = """
	memcelltype = 1; temp = 300; technode = %s; SARADC = false; currentMode = true; validated = true;
	numRowSubArray = 64;
	switch (technode){
		case 130: 	Metal0=175; wireWidth=175; featuresize = wireWidth*1e-9; break;
		case 22:	Metal0=40; wireWidth=40;  barrierthickness=2.5e-9;  featuresize = wireWidth*1e-9; break;
		case 14:	Metal0=32; Metal1=28.5; wireWidth=32;  featuresize = wireWidth*1e-9; break;
		case -1:	break;
		default:	exit(-1); puts("Wire width out of range");
	}
	conventionalParallel = 0;
	switch(operationmode = 2) {
		case 2:	    conventionalParallel = 1;           break;
		default:	printf("operationmode ERROR\\n");	exit(-1);
	}
	if(conventionalParallel || BNNparallelMode) { parallelRead = 1; } else { parallelRead = 0; }
	if (parallelRead) { numRowParallel = numRowSubArray; } else { numRowParallel = 1; }
	if ((conventionalParallel == 0) && (memcelltype==1)) { numColMuxed=numColPerSynapse; }
	if (technode>14){ widthAccessCMOS = 1; } else if (technode==14){ widthAccessCMOS = 2; }
	resistanceOn = 6e3; resistanceOff = 6e3*150;
	maxConductance = (double) 1/resistanceOn; minConductance = (double) 1/resistanceOff;
	resistanceAccess = resistanceOn*IR_DROP_TOLERANCE;
	if(validated){ alpha = 1.44; beta = 1.4; }
	if (memcelltype == 1) { cellBit = 1; }
	if (wireWidth >= 40) { AR = 1.9; Rho = 2.97*1e-8; }
	else if ((32 <= wireWidth) &&  (wireWidth < 40)) { AR = 2.0; Rho = 3.25*1e-8; } else { exit(-1); }
	Rho = Rho * 1 / (1- ( (2*AR*wireWidth + wireWidth)*barrierthickness / (AR*pow(wireWidth,2) ) ));
	Rho *= (1+0.00451*abs(temp-300));
	unitLengthWireResistance =  Rho / ( wireWidth*1e-9 * wireWidth*1e-9 * AR );
"""


@pytest.mark.parametrize(("node", "wire", "access"), [(22, 40, 1), (14, 32, 2)])
def test_a_file_of_an_inference_version_is_read(node, wire, access):
    values, told = read(INFERENCE % node)
    pitch = values.pop("feature_size")
    assert abs(pitch - wire * 1e-9) <= SAME_MATH * pitch
    assert values == {
        "memory": "SRAM", "temperature": 300, "node": node, "adc": "flash-current", "array_rows": 64,
        "wire_width": wire, "read_mode": "parallel", "width_sram_access": access, "resistance_on": 6e3,
        "resistance_off": 6e3 * 150,
        "resistance_access": 1500, "model": "2.0",
    }  # fmt: skip
    (sentence,) = told
    assert sentence.startswith("Param.cpp:3: sets SARADC but not trainingEstimation")
    assert "; without effect: validated, Metal0" in sentence and sentence.endswith("numRowParallel, alpha, beta")


def test_a_node_of_an_inference_version_that_is_none_here_is_refused():
    assert "wire_width = 175 is not one of its choices" in refusal(INFERENCE % 130)
    assert "node = 5 is not one of its choices" in refusal(INFERENCE % 5)


@pytest.mark.parametrize("name", ["Param.cpp", "param_run7.txt", "Param", "run.Param.bak", "Param.CPP"])
def test_a_file_of_any_name_is_known_by_its_constructor(name, tmp_path):
    path = tmp_path / name
    path.write_text("#include \"Param.h\"\n\nParam::Param() {\n\ttechnode = 22;\n\tlevelOutput = 32;\n}\n")
    assert Design.from_file(path) == Design(node=22, adc_levels=32)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "results.txt"
    path.write_text("technode = 22\n")
    with pytest.raises(NeurosimError, match=r"ends in \.toml, \.csv or \.cpp, or holds the constructor"):
        Design.from_file(path)


WORDS = ["technode", "=", "22", ";", "{", "}", "(", ")", "if", "else", "switch", "case", "default", ":", "break;", "//",
         "/*", "*/", '"', "'", "\n#if 0\n", "\n#endif\n", "\n#define A A 1\n", "A", "int x", "double", "&", "*", "/",
         "?", "->", "[", "]", ",", "++", "for", "do", "while", "return;", "\\\n", "0x", "1e999", "static_cast<int>",
         "std::"]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=3)), max_size=30))
def test_any_text_is_read_or_refused_in_one_sentence(words):
    text = "Param::Param() {\n\ttechnode = 22;\n" + " ".join(words) + "\n}\n"
    told = []
    try:
        values = read_param_cpp(text, "Param.cpp", told.append, told.append)
    except NeurosimError as error:
        told.append(str(error))
    else:
        Design(**values)
    assert not any("\n" in sentence for sentence in told)
