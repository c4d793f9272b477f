"""Network files as spreadsheets, scripts and people write them: read as they are meant, or told what is seen."""

import codecs
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from neurosim.commands import line as cli
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.traces.network import Network
from neurosim.traces.network_text import fields_of
from neurosim.traces.traces import read_inputs, read_weights

ROWS = [(6, 6, 8, 3, 3, 64, 1, 1), (1, 1, 256, 1, 1, 10, 0, 1)]
PLAIN = "".join(",".join(map(str, row)) + "\n" for row in ROWS)
WRITTEN = {
    "byte-order mark": codecs.BOM_UTF8 + PLAIN.encode(),
    "UTF-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "semicolons and commas": PLAIN.replace("\n", ";\n").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "tabs and blanks": PLAIN.replace(",", " \t ").encode(),
    "blanks": PLAIN.replace(",", "  ").encode(),
    "commas and blanks": PLAIN.replace(",", " , ").encode(),
    "comments": ("# first, the convolution\n" + PLAIN.replace("\n", "  # a layer; 1, 2\n")).encode(),
    "comments of C": ("// first\n" + PLAIN).encode(),
    "head line": ("H,W,C,kh,kw,K,pool,stride\n" + PLAIN).encode(),
    "head line of ours": ("rows,columns,channels,kernel_rows,kernel_columns,outputs,pool,stride\n" + PLAIN).encode(),
    "head line in words": ("IFM length,IFM width,IFM channel depth,Kernel length,Kernel width,Kernel depth,"
                           "followed by pooling?,stride\n" + PLAIN).encode(),
    "head line after a comment": ("# mine\n\nH;W;C;kh;kw;K;pool;stride\n" + PLAIN.replace(",", ";")).encode(),
    "rows of commas": (PLAIN + ",,,,,,,\n,,,,,,,\n").encode(),
    "rows of commas between": PLAIN.replace("\n", "\n,,,,,,,,\n").encode(),
    "commas at the end": PLAIN.replace("\n", ",,\n").encode(),
    "quotes": re.sub(r"(\d+)", r'"\1"', PLAIN).encode(),
    "quoted lines": "".join(f'"{text}"\n' for text in PLAIN.split()).encode(),
    "line ends of Windows": PLAIN.replace("\n", "\r\n").encode(),
    "line ends of old": PLAIN.replace("\n", "\r").encode(),
    "points": re.sub(r"(\d+)", r"\1.0", PLAIN).encode(),
}


def written(tmp_path, content):
    path = tmp_path / "NetWork.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("how", WRITTEN)
def test_a_network_is_read_however_it_is_written(tmp_path, how):
    """Quirk D10: the C++ program reads a 0 where it sees no number."""
    told = []
    assert Network.from_file(written(tmp_path, WRITTEN[how]), told.append) == Network(ROWS)
    assert not told


@pytest.mark.parametrize("value", ["0", "1", "0.0"])
def test_a_ninth_column_is_left_out_with_a_warning(tmp_path, value):
    path = written(tmp_path, PLAIN.replace("\n", f",{value}\n").encode())
    told = []
    assert Network.from_file(path, told.append) == Network(ROWS)
    assert len(told) == 1 and "ninth column" in told[0] and str(path) in told[0]
    with pytest.warns(UserWarning, match="ninth column"):
        assert Network.from_file(path) == Network(ROWS)


REFUSED = {
    "a ninth column of other numbers": (PLAIN.replace("\n", ",4\n"), r":1: the ninth column.* is '4': leave it out"),
    "a ninth column in one line": (PLAIN.replace("0,1\n", "0,1,1\n"), ":2: 9 numbers instead of 8 .*leave it out"),
    "no strides": (PLAIN.replace(",1\n", "\n"), ":1: 7 numbers instead of 8 .*write a stride of 1 at the end"),
    "another order": ("C,H,W,kh,kw,K,pool,stride\n" + PLAIN, ":1: the head line calls column 1 'C', but the columns"),
    "stride before pool": ("H,W,C,kh,kw,K,stride,pool\n" + PLAIN, ":1: the head line calls column 7 'stride'"),
    "a column of padding": ("H,W,C,kh,kw,K,pool,padding\n" + PLAIN, ":1: .*'padding', which there is not.*count the"),
    "words further down": (PLAIN + "the end,1,1,1,1,1,0,1\n", ":3: rows = 'the end' is no number"),
    "two head lines": ("a,b\n" + "c,d\n" + PLAIN, ":2: 2 numbers instead of 8"),
    "decimal commas": (PLAIN.replace(",", ";").replace("6;", "6,5;", 1), ":1: rows = '6,5' is no number"),
    "thousands": (PLAIN.replace(",256,", ',"1,256",'), ":2: channels = '1,256' is no number"),
    "only a head line": ("H,W,C,kh,kw,K,pool,stride\n", "is empty; it needs a line of eight numbers"),
    "only separators": (";;;\n,,,\n\t\n", "is empty; it needs a line of eight numbers"),
    "a design": ('[technology]\ninput = 3\n', "unknown key 'technology'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_network_is_told_as_what_it_is(tmp_path, what):
    text, pattern = REFUSED[what]
    with pytest.raises(NeurosimError, match=pattern) as caught:
        Network.from_file(written(tmp_path, text.encode()))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("row", "size", "pad"), [
    ((2, 2, 32, 3, 3, 64, 0, 1), "4,4", 1), ((1, 4, 8, 5, 5, 16, 0, 1), "5,8", 2), ((1, 8, 8, 2, 2, 16, 0, 1), "3,8",
     "1 and 0"), ((1, 1, 8, 7, 7, 16, 0, 2), "9,9", 4),
])  # fmt: skip
def test_padding_left_out_gets_the_size_to_write(row, size, pad):
    """Quirk D11: and what the sentence says to write is read."""
    with pytest.raises(NeurosimError, match=f"write {size} if the layer pads by {pad}$"):
        Network([row])
    assert Network([(*map(int, size.split(",")), *row[2:])])[0].vectors


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 12), st.integers(1, 12))
def test_the_size_to_write_always_fits(rows, columns, down, across):
    try:
        Network([(rows, columns, 3, down, across, 4, 0, 1)])
    except NeurosimError as error:
        size = re.search(r"write (\d+),(\d+) if", str(error))
        assert Network([(int(size[1]), int(size[2]), 3, down, across, 4, 0, 1)])[0].vectors


@given(st.integers(1, 60), st.integers(1, 60), st.integers(2, 70))
def test_the_stride_to_use_always_leaves_a_vector(rows, columns, stride):
    try:
        Network([(rows, columns, 3, 1, 1, 4, 0, stride)])
    except NeurosimError as error:
        assert Network([(rows, columns, 3, 1, 1, 4, 0, int(str(error).split("at most ")[1]))])[0].vectors


@given(st.text(max_size=60))
@example('";"')
@example('"""8;"')
@example("'\",\"'")
@example("8\x008,,")
def test_any_line_has_fields(line):
    fields = fields_of(line)
    assert not fields or fields[-1]


TRAINERS = "input = [6, 6, 8]\nlayers = [ { conv = 64 }, { pool = 2 }, { fc = 10 } ]\n"


@pytest.mark.parametrize("name", ["net.toml", "NetWork.csv"])
def test_the_network_file_of_the_trainer_is_one(tmp_path, name):
    path = tmp_path / name
    path.write_text(TRAINERS)
    assert Network.from_file(path) == Network(ROWS)


def test_commands_take_networks_of_the_trainer_and_tell_what_they_leave_out(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(TRAINERS)
    (tmp_path / "nine.csv").write_text(PLAIN.replace("\n", ",0\n"))
    sets = [f"--set={name}={value}" for name, value in {"array_rows": 16, "array_columns": 16, "wg_array_rows": 16,
            "wg_array_columns": 16, "global_buffer_rows": 16, "global_buffer_columns": 16}.items()]  # fmt: skip
    printed = {}
    for name in ("net.toml", "nine.csv"):
        assert cli.main(["plan", "--network", name, *sets, "--correct=all"]) == 0
        printed[name] = capsys.readouterr()
    assert printed["net.toml"].out == printed["nine.csv"].out
    assert printed["net.toml"].err == ""
    assert printed["nine.csv"].err.startswith("neurosim: warning: nine.csv: the ninth column")


@pytest.mark.parametrize("what", ["NetWork.csv", 3, None, b"8,8"])
def test_what_is_no_sequence_of_rows_gets_a_sentence(what):
    with pytest.raises(NeurosimError, match=r"is no network; give layers or rows .* Network.from_file"):
        Network(what)


@pytest.mark.parametrize("row", ["8,8,16,3,3,32,1,1", 8, None])
def test_what_is_no_row_gets_a_sentence(row):
    with pytest.raises(NeurosimError, match=r"layer:1: .* is no layer; give a Layer, or eight numbers"):
        Network([row])


def test_traces_and_designs_may_begin_with_a_mark(tmp_path):
    """As spreadsheets save "CSV UTF-8"."""
    marked = {"weight.csv": "0.5,-0.25\n0,1\n", "input.csv": "1,0\n0,1\n", "design.csv": "name,value\nnode,22\n",
              "design.toml": "[technology]\nnode = 22\n"}  # fmt: skip
    for name, text in marked.items():
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    assert read_weights(tmp_path / "weight.csv", 2, 2).tolist() == [[0.5, -0.25], [0, 1]]
    assert read_inputs(tmp_path / "input.csv", 2, 2).tolist() == [[3, 0], [0, 3]]
    assert [Design.from_file(tmp_path / name).node for name in ("design.csv", "design.toml")] == [22, 22]
