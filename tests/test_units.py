"""Numbers for people, shown and read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.units import in_unit, is_prefix, si, suffixed


@pytest.mark.parametrize("text, parts", [
    ("50ns", ("50", "ns")), (" 1.5e-3 m ", ("1.5e-3", "m")), ("-2 V", ("-2", "V")), (".5um", (".5", "um")),
    ("20 uC/cm^2", ("20", "uC/cm^2")), ("3.5%", ("3.5", "%")), ("50", None), ("1e5", None), ("fast", None),
    ("ns", None), ("", None), ("5 5", None), ("1" * 100 + "ns", None), ("5-3", None),
])
def test_a_number_and_its_unit(text, parts):
    assert suffixed(text) == parts


@pytest.mark.parametrize("number, unit, wanted, value", [
    ("50", "ns", "s", "5E-8"), ("40", "kohm", "ohm", "4E+4"), ("40", "KOhm", "ohm", "4E+4"),
    ("1", "MΩ", "ohm", "1E+6"), ("200", "MHz", "Hz", "2E+8"), ("22", "nm", "nm", "22"), ("0.022", "um", "nm", "22"),
    ("1", "µs", "s", "1E-6"), ("100", "mm2", "m^2", "1E-4"), ("100", "mm^2", "m^2", "1E-4"),
    ("100", "mm²", "m^2", "1E-4"), ("20", "uC/cm2", "uC/cm^2", "20"), ("0.2", "C/m^2", "uC/cm^2", "20"),
    ("20", "fF/um2", "F/m^2", "0.02"), ("3.5", "%", "", "0.035"), ("5", "bits", "bit", "5"), ("300", "K", "K", "300"),
    ("1", "mS", "S", "0.001"), ("5", "widgets", "widgets", "5"),
])
def test_one_unit_in_another(number, unit, wanted, value):
    assert in_unit(number, unit, wanted) == Decimal(value)


@pytest.mark.parametrize("unit, wanted", [
    ("nm", "s"), ("ns", "S"), ("mm2", "m"), ("V", "A"), ("ns", ""), ("%", "s"), ("s", "widgets"), ("Hz", "s"),
])
def test_units_of_something_else(unit, wanted):
    assert in_unit("1", unit, wanted) is None


@pytest.mark.parametrize("text", ["q", "k", "nanoseconds", "mms", "n s/", "s/s/s", "/", "²"])
def test_what_is_no_unit(text):
    with pytest.raises(ValueError, match="is no unit"):
        in_unit("1", text, "m")


def test_a_prefix_alone_is_no_unit():
    assert is_prefix("k") and is_prefix("µ") and not is_prefix("s") and not is_prefix("")


@given(st.floats(1e-15, 1e12), st.sampled_from(["s", "ohm", "Hz", "V"]))
def test_what_is_shown_is_read_again(value, unit):
    """`si` shows four digits; reading them gives the number that stands there, rounded once."""
    number, prefixed = si(value, unit).split()
    power = {"a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12}
    assert float(in_unit(number, prefixed, unit)) == float(f"{number}e{power[prefixed.removesuffix(unit)]}")
