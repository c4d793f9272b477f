"""What tests against recorded tables of circuits share: a row's process, outline and numbers, and the comparison."""

import golden

from neurosim import technology

# Layout rules by their names in the tables
FITS = {"NONE": "free", "MAGIC": "keep-area", "OVERRIDE": "exact"}


# Folder of the tables of V2.1
LATER = "circuits21"


def process(row, falling=False):
    """The `Technology` of a row; in V2.1 on-currents of FinFETs are `falling` with temperature."""
    rules = technology.CircuitRules(falling_currents=falling)
    return technology.load(int(row["env.node"]), row["env.roadmap"], int(row["env.temperature"]), rules=rules)


def adc_of(row, place):
    """The kind of converter that the switches in columns of a `place` (`sub`, `param`) choose; only V2.1 has them."""
    if row[f"{place}.SARADC"] == "1":
        return "sar"
    return "flash-current" if row[f"{place}.currentMode"] == "1" else "flash-voltage"


def warmth(row):
    """What the temperature of a row makes of the power of converters in V2.1."""
    return 1 + 1.3e-3 * (int(row["env.temperature"]) - 300)


def value(row, column):
    return golden.number(row[column])


def values(row, *columns):
    return [golden.number(row[column]) for column in columns]


def in_numbers(row):
    """A row with numbers in place of their texts."""
    return {name: golden.number(text) if isinstance(text, str) else text for name, text in row.items()}


def outline(row, call="area", fit=True):
    """The outline that a row lays its circuit out in, as keywords."""
    height, width = values(row, f"{call}.newHeight", f"{call}.newWidth")
    wanted = {"height": height, "width": width}
    return wanted | {"fit": FITS[row[f"{call}.option"]]} if fit else wanted


def shape(circuit):
    """{column: value} of what every circuit has."""
    return {name: getattr(circuit, name) for name in ("area", "height", "width", "leakage")}


def check(table, results, count, folder="circuits", exact=()):
    """Compare every row of a table, flagged ones too: they are where the reference's odd sizes come from.

    Parameters
    ----------
    table, folder : str
    results : callable
        Of a row, gives {column without "out.": value}; or a circuit and such a dict: then outline and leakage are
        compared as well, and the circuit complains where the reference warned.
    count : int
        Rows that there are.
    exact : set of str
        Columns that are compared exactly, the others by the same operations in the same order.
    """
    def compared():
        for row in golden.rows(table, folder):
            got = results(row)
            if isinstance(got, tuple):
                circuit, got = got
                yield [(row, shape(circuit) | got), (row, {"warned": bool(circuit.complaints)}, "")]
            else:
                yield [(row, got)]

    check_rows(compared(), count, exact)


def check_rows(compared, count, exact=()):
    """Compare rows and tell the first few misfits.

    Parameters
    ----------
    compared : iterable
        For each row a list of (row of a table, {column without its prefix: value}), and the prefix if not "out.".
    count, exact
        As of `check`.
    """
    wrong, rows = [], 0
    for of_row in compared:
        rows += 1
        for row, results, *prefix in of_row:
            for tolerance, names in (golden.EXACT, results.keys() & exact), (golden.SAME_MATH, results.keys() - exact):
                try:
                    golden.compare(row, {name: results[name] for name in results if name in names}, tolerance, *prefix)
                except AssertionError as error:
                    wrong.append(str(error))
    assert not wrong, f"{len(wrong)} misfits in {rows} rows:\n" + "\n".join(wrong[:8])
    assert rows == count
