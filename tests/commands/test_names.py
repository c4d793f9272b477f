"""Names that are none get the one that is meant, whatever they are names of."""

import pytest

from neurosim.commands import line as cli
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.wrappers import main as drop_in


def refusal(capsys, *words, status=2):
    assert cli.main(list(words)) == status
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.startswith("neurosim: error: ") and printed.err.count("\n") == 1
    return printed.err


@pytest.mark.parametrize("setting, answer", [
    ("adc_bits=5", "did you mean adc_levels = 32, the levels of 5 bits?"),       # wrong-suggestion
    ("ADCprecision=6", "did you mean adc_levels = 64"),
    ("adc_bits=high", "did you mean adc_levels, which counts levels: 32 for 5 bits?"),
    ("adc_bits=5000", "did you mean adc_levels, which counts levels: 32 for 5 bits?"),
    ("adc_bits_wg=4", "adc_levels_wg = 16"),
    ("vdd=0.9", "the supply voltage is that of the process, which node and roadmap choose"),
    ("VDD=0.9", "the supply voltage"),
    ("Ron=1e4", "did you mean 'resistance_on'?"),
    ("on_off_ratio=10", "did you mean 'resistance_on' and 'resistance_off'?"),
    ("weight_bits=8", "did you mean 'synapse_bits'?"),
    ("noode=22", "did you mean 'node'?"),
    ("zzzzzz=1", "`neurosim params` lists them"),
    ("cycle_variation=0.1", "but one of a training; give it to `neurosim train` as --cycle-variation"),
    ("c2cVari=0.1", "as --cycle-variation"),
    ("r_wire=2", None),
    ("stuck_on=0.1", "as --crossbar-set stuck_on=..."),
    ("batch_time=0.1", "as --hybrid-set batch_time=..."),
])
def test_names_of_parameters(capsys, setting, answer):
    for command in (["plan", "--example", "vgg8", "--set"], ["sweep", "--example", "vgg8", "--vary"]):
        told = refusal(capsys, *command, setting)
        assert setting in told and "no design parameter" in told
        assert answer is None or answer in told


def test_what_is_answered_works():
    assert Design().with_settings(["adc_levels=32"]).adc_levels == 32
    for name in ("SARADC", "currentMode"):      # switches of the reference are names that there are
        assert Design().with_settings([f"{name}=1"])


@pytest.mark.parametrize("make", [
    lambda: Design(adc_bits=5), lambda: Design().replace(adc_bits=5), lambda: Design().with_settings(["adc_bits=5"]),
])
def test_the_library_answers_as_well(make):
    with pytest.raises(NeurosimError, match="adc_levels = 32, the levels of 5 bits"):
        make()


@pytest.mark.parametrize("ending, text", [(".toml", "[array]\nadc_bits = 5\n"), (".csv", "name,value\nadc_bits,5\n")])
def test_and_so_do_files(capsys, tmp_path, ending, text):
    path = tmp_path / f"design{ending}"
    path.write_text(text)
    assert f"{path}:2: 'adc_bits' is no design parameter (did you mean adc_levels = 32" in refusal(
        capsys, "plan", "--example", "vgg8", "--design", str(path))


# -- neurosim params --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, words", [
    ("cycle_variation", ["--cycle-variation", "0.003", "--c2cVari"]), ("c2cVari", ["--cycle-variation"]),
    ("cycle-variation", ["--cycle-variation"]), ("ltp", ["--ltp", "1.75", "-9 to 9", "--nonlinearityLTP"]),
    ("epochs", ["--epochs", "257 with model 2.0"]), ("drops", ["--lower-rate-at", "200,250"]),
    ("read-variation", ["--read-variation"]), ("stuck_on", ["--crossbar-set stuck_on=..."]),
    ("residue", ["--hybrid-set residue=..."]),
])
def test_options_of_a_training_are_found(capsys, name, words):
    assert cli.main(["params", name]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("--")]
    assert all(word in row for word in words)


def test_groups_of_options_are_found(capsys):
    assert cli.main(["params", "retention"]) == 0
    printed = capsys.readouterr().out
    assert "[neurosim train: retention]" in printed and printed.count("\n--") == 4
    assert cli.main(["params", "how often", "batch_size", "--csv", "--set", "batch_size=64"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[1] == "training,batch_size,200,64,,1 to 1e+07,batchSize,images per weight update"
    assert rows[2].startswith("neurosim train: how often,--test-every,1,,,at least 1,--test_interval,")


def test_params_answers_about_what_there_is_not(capsys):
    assert "the supply voltage" in refusal(capsys, "params", "vdd")
    assert "'adc'" in refusal(capsys, "params", "SARADC")
    assert "adc_levels, which counts levels" in refusal(capsys, "params", "adc_precision")
    assert "no parameter" not in refusal(capsys, "params", "")
    assert "did you mean 'cycle_variation'?" in refusal(capsys, "params", "cycle_variatoin")
    assert "`neurosim params` lists them" in refusal(capsys, "params", "qqqqq")


# -- options and commands ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words, answer", [
    (["run", "--desing", "x"], "unrecognized arguments: --desing (did you mean '--design'?); see neurosim run --help"),
    (["run", "--example", "vgg8", "--out=x", "--no-plot"], "did you mean '--no-plots'?"),
    (["plan", "--node=22"], "unrecognized arguments: --node=22 (did you mean --set node=...?)"),
    (["train", "--cycle-variatoin", "0.1"], "did you mean '--cycle-variation'?"),
    (["study", "crossbar", "--out", "x", "--quik"], "did you mean '--quick'?); see neurosim study crossbar --help"),
    (["trian"], "did you mean 'train'?"),
    (["study", "crosbar", "--out", "x"], "did you mean 'crossbar'?"),
    (["train", "--type", "cifar01"], "did you mean 'cifar10'?"),
    (["plan", "--qqqq"], "unrecognized arguments: --qqqq; see neurosim plan --help"),
    (["plan", "extra"], "unrecognized arguments: extra"),
    (["--versoin"], "did you mean '--version'?"),
])
def test_unknown_options_and_words(capsys, words, answer):
    assert answer in refusal(capsys, *words)


def test_unknown_options_of_the_drop_in(capsys):
    assert drop_in.main(["0", "NetWork.csv", "5", "8", "--desgin", "x.csv"]) == 2
    assert capsys.readouterr().err == "neurosim-main: error: there is no option --desgin (did you mean '--design'?)\n"
    assert drop_in.main(["--qqqq=1"]) == 2
    assert "there are --design, --model, --correct, --version, --help" in capsys.readouterr().err
