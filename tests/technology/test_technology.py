"""The files of technology/: every recorded value of a process, wires, and what a wrong request or file says."""

import math
import subprocess
import sys

import golden
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import LATER, check, values

from neurosim import technology
from neurosim._layout import refitted
from neurosim.errors import NeurosimError

TRANSISTORS = {"conventional": "conventional", "FET_2D": "2d", "TFET": "tfet"}
COLUMNS = {
    "featureSize": "feature_size",
    "vdd": "vdd",
    "vth": "vth",
    "heightFin": "fin_height",
    "widthFin": "fin_width",
    "PitchFin": "fin_pitch",
    "phyGateLength": "gate_length",
    "capIdealGate": "cap_ideal_gate",
    "capFringe": "cap_fringe",
    "capJunction": "cap_junction",
    "capOverlap": "cap_overlap",
    "capSidewall": "cap_sidewall",
    "capDrainToChannel": "cap_drain_to_channel",
    "buildInPotential": "built_in_potential",
    "pnSizeRatio": "pn_size_ratio",
    "effectiveResistanceMultiplier": "resistance_multiplier",
    "current_gmNmos": "gm_current_n",
    "current_gmPmos": "gm_current_p",
    "capPolywire": "cap_poly_wire",
    "currentOnNmos": "on_current_n",
    "currentOnPmos": "on_current_p",
    "currentOffNmos": "off_current_n",
    "currentOffPmos": "off_current_p",
}
KINDS = [(roadmap, kind) for roadmap in ("HP", "LSTP") for kind in ("conventional", "2d", "tfet")]


def test_every_recorded_process():
    """All nodes, roadmaps, transistors and temperatures; the fin columns are blank where there are no fins."""
    seen = set()
    for row in golden.rows("technology"):
        identity = int(row["env.node"]), row["env.roadmap"], TRANSISTORS[row["env.transistorType"]]
        node, roadmap, transistor = identity
        tech = technology.load(node, roadmap, int(row["env.temperature"]), transistor)
        golden.compare(row, {column: getattr(tech, name) for column, name in COLUMNS.items()})
        seen.add(identity)
    assert seen == {(n, roadmap, kind) for roadmap, kind in KINDS for n in technology.nodes(roadmap, kind)}


FALLING = technology.CircuitRules(falling_currents=True)


def test_every_recorded_falling_current():
    """Difference V3: other on-currents of 14, 10 and 7 nm; off-currents and all else are those of V2.0."""
    def results(row):
        identity = int(row["env.node"]), row["env.roadmap"], int(row["env.temperature"])
        rising, falling = technology.load(*identity), technology.load(*identity, rules=FALLING)
        for name in set(COLUMNS.values()) - {"on_current_n", "on_current_p"}:
            assert getattr(falling, name) == getattr(rising, name), name
        return {
            "currentOnNmos": falling.on_current_n,
            "currentOnPmos": falling.on_current_p,
            "onResistanceN": falling.on_resistance(falling.min_nmos, "n"),
            "onResistanceP": falling.on_resistance(falling.min_nmos, "p"),
        }

    check("technology_on_current", results, 606, LATER)


@pytest.mark.parametrize("roadmap", ["HP", "LSTP"])
def test_falling_currents_fall(roadmap):
    for node in technology.nodes():
        cold, hot = (technology.load(node, roadmap, t, rules=FALLING) for t in (300, 400))
        if node <= 14:
            assert hot.on_current_n < cold.on_current_n and hot.on_current_p < cold.on_current_p
        else:  # planar nodes have one table
            assert hot.on_current_n == technology.load(node, roadmap, 400).on_current_n


def test_nodes():
    assert technology.nodes() == technology.nodes("HP") == (130, 90, 65, 45, 32, 22, 14, 10, 7)
    assert technology.nodes("HP", "2d") == (22, 14)
    assert technology.nodes("LSTP", "tfet") == (22,)
    assert technology.nodes("LSTP", "vacuum tube") == ()


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(technology.nodes()), st.sampled_from(("HP", "LSTP")), st.integers(300, 400))
def test_currents_lie_on_the_line_between_two_rows(node, roadmap, temperature):
    below = temperature // 10 * 10
    low, tech, high = (technology.load(node, roadmap, t) for t in (below, temperature, min(below + 10, 400)))
    for name in ("on_current_n", "on_current_p", "off_current_n", "off_current_p"):
        a, x, b = getattr(low, name), getattr(tech, name), getattr(high, name)
        assert min(a, b) <= x <= max(a, b)
        assert math.isclose(x, a + (b - a) * (temperature - below) / 10, rel_tol=golden.REORDERED)


@pytest.mark.parametrize("node", technology.nodes())
@pytest.mark.parametrize("roadmap", ["HP", "LSTP"])
def test_a_node_makes_sense(node, roadmap):
    cold, hot = technology.load(node, roadmap, 300), technology.load(node, roadmap, 400)
    assert 0 < cold.vth < cold.vdd
    assert cold.off_current_n < hot.off_current_n < hot.on_current_n
    assert cold.off_current_p < hot.off_current_p < hot.on_current_p
    assert cold.pn_size_ratio == hot.pn_size_ratio
    assert (cold.fin_pitch > 0) == (node <= 14)


def test_low_standby_power_leaks_less():
    for node in technology.nodes():
        assert technology.load(node, "LSTP").off_current_n < technology.load(node, "HP").off_current_n


def test_fin_ratios_are_cut_off():
    """Quirk T2: PMOS transistors are a whole number of times as wide as NMOS ones, cut off and not rounded."""
    for node in (14, 10, 7):
        tech = technology.load(node, "HP", 300)
        assert tech.pn_size_ratio == int(tech.on_current_n / tech.on_current_p)
    assert technology.load(32, "HP").pn_size_ratio % 1


def test_layout_rules_of_a_node():
    tech = technology.load(32)
    assert tech.min_nmos == 2 * tech.feature_size
    assert tech.min_pmos == tech.pn_size_ratio * tech.min_nmos
    assert tech.cell_height == 28 * tech.feature_size
    assert math.isclose(tech.min_cell_width, 7.6 * tech.feature_size, rel_tol=golden.SAME_MATH)


# ---- Wires. The numbers are the program's own (golden/core: wire_14, defaults, sram_parallel, crossbar_parallel, ...)


@pytest.mark.parametrize(
    ("width", "height", "across", "resistance", "row", "column"),
    [
        (14, 4, 4, 180515063.16812435, 10.108843537414964, 10.108843537414964),
        (40, 4, 4, 13256578.94736842, 2.1210526315789475, 2.1210526315789475),
        (40, 8, 20, 13256578.94736842, 4.242105263157895, 10.605263157894736),
        (40, 2, 2, 13256578.94736842, 1.0605263157894738, 1.0605263157894738),
        (200, 4, 4, 288095.23809523805, 0.23047619047619045, 0.23047619047619045),
        (-1, 4, 4, 1.0, 0.0, 0.0),
    ],
)
def test_array_wires(width, height, across, resistance, row, column):
    wires = technology.array_wires(width, height, across)
    assert golden.close(wires.resistance, resistance, golden.SAME_MATH)
    assert golden.close(wires.row, row, golden.SAME_MATH)
    assert golden.close(wires.column, column, golden.SAME_MATH)


def test_narrow_wires_resist_more():
    widths = sorted(int(width) for width in technology.wires()["width"])
    assert widths == [14, 22, 32, 40, 50, 100, 200]
    resistances = [technology.array_wires(width, 4, 4).resistance for width in widths]
    assert resistances == sorted(resistances, reverse=True)


def test_an_unknown_wire_width_lists_the_widths():
    with pytest.raises(NeurosimError, match="no wire of width 41 nm is known: use 14, 22, 32, 40, 50, 100, 200 or -1"):
        technology.array_wires(41, 4, 4)


# ---- The other tables


def test_every_node_has_a_read_out():
    fits = technology.adc()
    for roadmap in ("HP", "LSTP"):
        assert {int(node) for node in fits[roadmap]} == set(technology.nodes(roadmap))
        for node in fits[roadmap].values():
            assert node["power_exponent"] < 0
            shapes = [len(node[key]) for key in ("latency_scale", "latency_below", "latency_above") if key in node]
            assert shapes in ([], [2, 4, 5])


def test_power_fits_are_those_recorded():
    """Every coefficient of the power of a column, by kind of converter: those of V2.0 (current) and of V2.1."""
    seen = 0
    for row in golden.rows("adc_power_fit", LATER):
        fit = technology.adc()[row["roadmap"]][row["node"]]
        got = {
            "current": lambda fit: (fit["power_reference"], 0, fit["power_column_multilevel"], fit["power_exponent"]),
            "voltage": lambda fit: (fit["voltage"]["reference"], 0, fit["voltage"]["column"],
                                    fit["voltage"]["exponent"]),
            "sar": lambda fit: tuple(fit["sar"][key] for key in ("bit", "offset", "column", "exponent")),
        }[row["kind"]](fit)
        assert got == tuple(values(row, "slope_uW", "offset_uW", "factor_W", "exponent")), row
        seen += 1
    assert seen == 3 * 2 * 9


def test_memories():
    memories = technology.dram()
    assert {memory["type"] for memory in memories.values()} == {1, 2}
    assert memories["hbm2"]["bandwidth"] > memories["gddr5"]["bandwidth"]
    assert memories["hbm2"]["energy"] < memories["gddr5"]["energy"]


def test_tables_are_read_only():
    with pytest.raises(TypeError):
        technology.layout()["cell"]["height"] = 1
    with pytest.raises(TypeError):
        technology.process(32)["vdd"] = 1.0
    assert isinstance(technology.process(32)["currents"], tuple)


# ---- Wrong requests and wrong files


def test_equal_requests_share_one_object():
    assert technology.load(32) is technology.load(32, "LSTP", 301)
    assert technology.load(32) is technology.load(32, temperature=301)
    assert technology.load(32) is not technology.load(32, temperature=302)


def test_a_fraction_of_a_kelvin_is_cut_off():
    assert technology.load(32, "HP", 310.9).temperature == 310
    assert technology.load(32, "HP", 310.9).on_current_n == technology.load(32, "HP", 310).on_current_n
    assert technology.load(32, "HP", 400.5).temperature == 400


@pytest.mark.parametrize("temperature", [299.99, 401, -1, math.nan, math.inf])
def test_temperature_out_of_range(temperature):
    with pytest.raises(NeurosimError, match=r"temperature .* K is outside the tables: use 300 to 400 K"):
        technology.load(32, "LSTP", temperature)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (
            (28,),
            "technology node 28 is unknown for LSTP conventional transistors: "
            "use 130, 90, 65, 45, 32, 22, 14, 10, 7 nm",
        ),
        ((32, "HP", 301, "2d"), "technology node 32 is unknown for HP 2d transistors: use 22, 14 nm"),
        ((32, "LP"), "roadmap 'LP' is unknown: use 'HP' or 'LSTP'"),
        ((32, "HP", 301, "gaa"), "transistor 'gaa' is unknown: use '2d', 'conventional', 'tfet'"),
    ],
)
def test_unknown_process(request_, sentence):
    with pytest.raises(NeurosimError) as caught:
        technology.load(*request_)
    assert str(caught.value) == sentence


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the 32 nm and 14 nm LSTP files that a test may spoil."""
    for name in ("032-lstp", "014-lstp"):
        text = (technology.NODES / f"{name}.toml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(technology, "NODES", tmp_path)
    caches = technology._files, technology._process, technology._load
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    for cache in caches:
        cache.cache_clear()


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_new_file_is_a_new_node(folder):
    text = (folder / "032-lstp.toml").read_text(encoding="utf-8").replace("node = 32", "node = 28")
    (folder / "028-lstp.toml").write_text(text.replace("vdd = 0.9 ", "vdd = 0.85 "), encoding="utf-8")
    assert technology.nodes() == (32, 28, 14)
    assert technology.load(28).vdd == 0.85
    assert technology.load(28).feature_size == 28 * 1e-9


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("032-lstp", "node = 32", "node = 33", "node is 33, but the name of the file says 32"),
        ("032-lstp", "vdd = 0.9 ", "# ", "vdd is None, but must be a number with a decimal point"),
        ("032-lstp", "vdd = 0.9 ", "vdd = 1 ", "vdd is 1, but must be a number with a decimal point"),
        ("014-lstp", "fin_width = ", "# ", "fin_width is None, but must be a number with a decimal point"),
        ("032-lstp", "[310, ", "[311, ", "currents must have one row [temperature, on n, on p, off n, off p] every 10"),
        ("032-lstp", "[310, ", "[310, 1.0, ", "currents must have one row"),
        ("014-lstp", "[310,  ", "[311,  ", "falling must have one row [temperature, on n, on p] every 10 K"),
        ("014-lstp", "[310,  ", "[310, 1.0,  ", "falling must have one row"),
        ("032-lstp", "vdd = 0.9 ", "vdd = ", "Invalid value (at line 9,"),
    ],
)
def test_a_wrong_file(folder, name, old, new, sentence):
    path = folder / f"{name}.toml"
    spoil(path, old, new)
    with pytest.raises(NeurosimError) as caught:
        technology.load(int(name[:3]))
    assert str(caught.value).startswith(f"{path}: {sentence}")


def test_a_fin_node_needs_fins(folder):
    for key in ("fin_height", "fin_width", "fin_pitch"):
        spoil(folder / "014-lstp.toml", f"{key} = ", "# ")
    with pytest.raises(NeurosimError, match="below 22 nm needs fin_height, fin_width, fin_pitch"):
        technology.load(14)


def test_importing_reads_no_table_and_nothing_heavy():
    code = (
        "import sys; from neurosim import technology; "
        "assert not technology._table.cache_info().currsize and not technology._files.cache_info().currsize; "
        "print(sorted({'numpy', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=technology.FOLDER.parent
    )
    assert done.stdout.strip() == "[]"


# ---- Layout rules of a finished outline


def test_refit_table():
    rules = {"MagicLayout": "keep-area", "OverrideLayout": "exact"}
    for row in golden.rows("functionunit"):
        outline = [float(row[f"in.{name}"]) for name in ("area", "height", "width", "newHeight", "newWidth")]
        area, height, width = refitted(rules[row["call"]], *outline)
        golden.compare(row, {"area": area, "height": height, "width": width})


def test_refit_refuses_what_the_reference_dies_of():
    assert refitted("free", 6.0, 2.0, 3.0, 1.0, 1.0) == (6.0, 2.0, 3.0)
    with pytest.raises(ValueError, match="an exact layout needs both a height and a width"):
        refitted("exact", 6.0, 2.0, 3.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="layout rule 'magic' is unknown"):
        refitted("magic", 6.0, 2.0, 3.0, 1.0, 0.0)
