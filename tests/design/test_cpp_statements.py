"""Statements of C++: what plain arithmetic decides has its value, and nothing else has one."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.design.cpp_constructor import Constructor
from neurosim.design.cpp_numbers import Number, Unknown
from neurosim.design.cpp_source import tokens_of
from neurosim.errors import NeurosimError

KINDS = {"i": "int", "j": "int", "k": "int", "d": "double", "e": "double", "b": "bool"}


def constructor(source, told=None, **options):
    """A constructor that has been run; a source without one is its body."""
    text = source if "Param" in source else f"Param::Param() {{\n{source}\n}}\n"
    tokens = tokens_of(text, "x.cpp", (told if told is not None else []).append)
    return Constructor(tokens, "Param", "x.cpp", KINDS, {"OUTSIDE": 0.25}, options.pop("computed", lambda *_: False))


def run(source, **options):
    """{member: number, or why it has none}."""
    members = constructor(source, **options).members
    return {
        name: member.value.value if isinstance(member.value, Number) else member.value.why
        for name, member in members.items()
    }


def refusal(source):
    with pytest.raises(NeurosimError) as caught:
        constructor(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        # blocks and conditions
        ("i = 3; if (i == 3) { d = 1.5; i = 4; } else { d = 9; }", {"i": 4, "d": 1.5}),
        ("i = 3; if (i > 3) d = 1; else if (i < 3) d = 2; else d = 3;", {"i": 3, "d": 3}),
        ("i = 1; if (i) if (0) d = 1; else d = 2;", {"i": 1, "d": 2}),
        ("i = 0; if (i) if (0) d = 1; else d = 2; e = 5;", {"i": 0, "e": 5}),
        ("if (0) for (;;) { i = 1; } else do { i = 2; } while (0); k = 1;", {"i": None, "k": 1}),
        ("i = 2; { int i = 7; j = i; i = 8; } k = i;", {"i": 2, "j": 7, "k": 2}),
        # switches
        ("i = 2; switch (i) { case 1: j = 1; break; case 2: j = 2; case 3: k = 3; break; default: k = 9; }",
         {"i": 2, "j": 2, "k": 3}),
        ("i = 5; switch (i) { default: j = 0; break; case 1: j = 1; }", {"i": 5, "j": 0}),
        ("i = 5; switch (i) { case 1: j = 1; }", {"i": 5}),
        ("i = 1; switch (i) { case 1: switch (i+1) { case 2: j = 4; break; } k = 2; break; case 2: k = 3; }",
         {"i": 1, "j": 4, "k": 2}),
        ("const int w = 2; i = 4; switch (i) { case w*2: { j = 1; break; } default: j = 2; }", {"i": 4, "j": 1}),
        # loops that run once or never
        ("do { i = 1; j = 2; if (i) break; k = 3; } while (0); d = 4;", {"i": 1, "j": 2, "d": 4}),
        ("do i = 1; while (i > 1); while (0) { j = 2; } while (i == 2) j = 3;", {"i": 1}),
        ("do { i = 1; return; } while (x); i = 2;", {"i": 1}),
        # assignments
        ("i = j = 3; d = i, e = j;", {"i": 3, "j": 3, "d": 3, "e": 3}),
        ("i = 7; i += 3; i *= 2; i -= 5; i /= 2; i %= 4; i <<= 3; i |= 1; i ^= 8; i &= 24; i >>= 1;", {"i": 8}),
        ("i = 1; i++; ++i; j = i--; k = --i;", {"i": 1, "j": 3, "k": 1}),
        ("d = 3; i = d/2; j = 2.9; j *= 1.5;", {"d": 3, "i": 1, "j": 3}),
        ("this->i = 4; param->j = this->i + 1;", {"i": 4, "j": 5}),
        ("i = 0; if (i == 1 && (j = 3)) k = 1; if (i == 0 || (j = 4)) k = 2;", {"i": 0, "k": 2}),
        ("i = 1; if (i == 1 && (j = 3)) k = 1;", {"i": 1, "j": 3, "k": 1}),
        ("i = 1; d = i ? (j = 2) : (k = 3);", {"i": 1, "d": 2, "j": 2}),
        # declarations
        ("double r = 17; const int n(4); int m{3}, o = n*m; d = 6e3*r; i = o;", {"d": 102e3, "i": 12}),
        ("enum { A, B = 4, C }; enum Mode { D = C*2 } mode; i = A; j = C; k = D;", {"i": 0, "j": 5, "k": 10}),
        ("unsigned int u = 3; std::size_t s = 8; auto a = 7/2; float f = .5; i = u + s; j = a; d = f;",
         {"i": 11, "j": 3, "d": 0.5}),
        ("int half = 7/2.0; bool yes = 5; i = half; j = yes;", {"i": 3, "j": 1}),
        # casts and functions
        ("d = (double) 1/4; e = static_cast<double>(1)/8; i = int(3.9); j = (int)-3.9;",
         {"d": 0.25, "e": 0.125, "i": 3, "j": -3}),
        ("d = pow(2, 10); e = std::sqrt(16.0) + fabs(-1.5); i = abs(-3)/2; j = std::max(3, 4); k = ceil(2.1);",
         {"d": 1024, "e": 5.5, "i": 1, "j": 4, "k": 3}),
        # ends
        ("i = 1; return; i = 2;", {"i": 1}),
        ("i = 1; if (i and not (i == 2 or 0)) j = 2;", {"i": 1, "j": 2}),
        ("if (0) { exit(-1); } i = 1; printf(\"done\\n\"); std::cout << i << std::endl;", {"i": 1}),
        # text that is no code
        ("d = 1; // e = 2;\n/* e = 3; */ const char *s = \"e = 4; }\"; char c = '}';", {"d": 1}),
        ("// d = 1; \\\n d = 2;\n e = \\\n 3;", {"e": 3}),
    ],
)  # fmt: skip
def test_plain_statements_have_their_effect(source, values):
    found = run(source)
    assert {name: value for name, value in found.items() if value is not None} == {
        name: value if value is not None else found[name] for name, value in values.items()
    }


@pytest.mark.parametrize(
    ("source", "name", "why"),
    [
        ("if (x) { i = 1; }", "i", "'x' decides, and 'x' is used before it has a value"),
        ("i = 1; if (x) i = 2; else i = 3;", "i", "'x' decides"),
        ("i = 1; if (x) { } else if (1) { i = 2; }", "i", "'x' decides"),
        ("switch (x) { case 1: i = 1; break; case 2: j = 1; }", "j", "'switch (x)' decides"),
        ("i = 1; switch (i) { case 1: if (x) break; j = 2; }", "j", "'x' decides"),
        ("if (x) return; i = 1;", "i", "'x' decides"),
        ("for (int n = 0; n < 3; n++) i = n;", "i", "the loop of line 2"),
        ("while (x) { i = 1; }", "i", "the loop of line 2"),
        ("do { i = 1; } while (x);", "i", "the loop of line 2"),
        ("i = 0; do { i += 1; } while (i < 3);", "i", "the loop of line 2"),
        ("do { for (;;) { i = 1; } } while (0);", "i", "the loop of line 2"),
        ("i = f(3);", "i", "f() is no function that can be read; write a plain number"),
        ("i = table[3];", "i", "is no arithmetic expression that can be read"),
        ("i = 5 5;", "i", "is no arithmetic expression that can be read"),
        ("i = a.b; ", "i", "is no arithmetic expression that can be read"),
        ("i = 1; cell.i = 2; i = other->i;", "i", "is no arithmetic expression"),
        ("i = 1/0;", "i", "divides by zero"),
        ("d = log(-1);", "d", "log() has no value there"),
        ("i = 65536*65536;", "i", "does not fit a whole number of 32 bits"),
        ("i = 3000000000;", "i", "does not fit a whole number of 32 bits"),
        ("i = 99999999999999999999;", "i", "does not fit a whole number of 64 bits"),
        ("i = 1; i /= x;", "i", "'x' is used before it has a value"),
        ("x = 7; d = 1/x;", "d", "whether 1/7 drops the fraction"),
        ("int n; i = n;", "i", "'n' is used before it has a value"),
        ("string s = 5; i = s;", "i", "the type of 's' is not known"),
        ("int a[3]; i = a;", "i", "'a' is an array"),
        ("i = 1; int &r = i; r = 2;", "i", "may be changed through 'r'"),
        ("i = 1; set(&i, 2);", "i", "may change it"),
        ("i = 1; SET(i, 2);", "i", "'SET(i, 2)' may change it"),
        ("i = 1; other.fill(this->i);", "i", "may change it"),
        ("x = 1; i = x ? later : 2;", "i", "'later' is used"),
        ("if (x && (i = 1)) j = 2;", "i", "within a condition"),
        ("i = 1u - 2;", "i", "does not fit an unsigned whole number of 32 bits"),
        ("i = -1 < 1u;", "i", "a negative number meets an unsigned one"),
        ("d = 5 % 2.0;", "d", "% needs whole numbers"),
        ("i = 1 << 40;", "i", "has no value"),
        ("i = 'a';", "i", "a text is no number"),
    ],
)
def test_what_plain_arithmetic_does_not_give_has_no_value(source, name, why):
    value = constructor(source).members[name].value
    assert isinstance(value, Unknown)
    assert why in value.why


def test_a_value_that_is_set_again_is_known_again():
    assert run("i = f(); if (x) i = 2; i = 3;")["i"] == 3


@pytest.mark.parametrize(
    ("source", "unread"),
    [
        ("srand(time(0));\ni = 1;", [(2, "srand(time(0))")]),
        ("i = 1;\nfor (int n = 0; n < 3; n++) { k = n; }", [(3, "for (int n = 0; n < 3; n++)")]),
        ("#include \"more.inc\"\ni = 1;", [(2, '#include"more.inc"')]),
        ("std::vector<int> v(3);", [(2, "std::vector<int> v(3)")]),
        ("technode;", [(2, "technode")]),
        ("cell.i = 3;", [(2, "cell.i = 3")]),
        ("#define i 5\ni = 3;", [(3, "5 = 3")]),
        ("LOAD(settings);", [(2, "LOAD(settings)")]),
        ("if (0) { srand(1); }", []),
        ("do { i = 1; } while (0);", []),
        ("do { srand(1); } while (x);", [(2, "do"), (2, "srand(1)")]),
        (";;", []),
    ],
)
def test_statements_that_are_not_understood_are_listed(source, unread):
    assert constructor(source).unread == unread


def test_an_end_in_the_constructor_is_told():
    assert constructor("i = 5;\nswitch (i) { default: exit(-1); }").end == (3, "exit(-1)")
    assert constructor("if (x) exit(-1); i = 1;").end is None  # a program that runs did not end there


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("i = 1\nj = 2;\n", 2, "no arithmetic"),
        ("i = 1", 2, "'i = 1' has no semicolon at its end"),
        ("if i == 1) j = 2;", 2, ") without its opening bracket"),
        ("if (1) { i = 1;", 1, "the { here has no closing bracket"),
        ("if 1 { i = 1; }", 2, "'if' needs a condition in brackets"),
        ("do { i = 1; } i = 2;", 2, "a do without its while"),
        ("else i = 1;", 2, "an else without its if"),
        ("if (1)", 3, "a statement is missing"),
        ("switch (1) { case 1 i = 1; }", 2, "'case' has no colon"),
        ("/* i = 1;", 2, "the comment that begins here has no end"),
        ("{" * 40 + "}" * 40, 2, "nested more than 30 deep"),
        ("if (1) " * 5000 + "i = 1;", 2, "nested more than 30 deep"),
    ],
)
def test_what_no_compiler_takes_is_refused(source, line, words):
    if words == "no arithmetic":
        assert words in run(source)["i"] and words in run(source)["j"]
        return
    sentence = refusal(source)
    assert sentence.startswith(f"x.cpp:{line}: ") and words in sentence


def test_a_call_of_another_function_of_the_class_is_refused():
    text = "Param::Param() { i = 1; setUp(); }\nvoid Param::setUp() { i = 2; }\n"
    assert "'setUp()' may set parameters" in refusal(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("const double R = 17; static const int N = 2*3;\nint f(int x) { int i = 3; return i; }\n"
         "Param::Param() { d = R; i = N; }", {"d": 17, "i": 6}),
        ("enum Memory { SRAM = 1, RRAM };\nParam::Param() { i = RRAM; }", {"i": 2}),
        ("namespace { constexpr int N = 4; }\nParam::Param() { i = N; }", {"i": 4}),
        ("Param::Param() : i(22), d{2.5} { j = i; }", {"i": 22, "d": 2.5, "j": 22}),
        ("struct Param { int x = 5; double y; Param() { i = x/2; y = 1; d = y/2; } };",
         {"x": 5, "i": 2, "y": 1, "d": 0.5}),
        ("Param::Param(void) noexcept { i = 1; }", {"i": 1}),
        ("Param *param = new Param();\nextern int i;\nParam::~Param() { i = 2; }\nParam::Param() { i = 1; }", {"i": 1}),
        ("#if 0\nParam::Param() { i = 9; }\n#endif\nParam::Param() { i = 1; }", {"i": 1}),
    ],
)  # fmt: skip
def test_a_constructor_is_found_with_what_is_declared_before_it(text, values):
    assert run(text) == values


@pytest.mark.parametrize("text", ["Param::Param();", "void Param::setUp() { }", "Param::Param(int x) { }", "Param", ""])
def test_a_file_without_a_constructor_is_refused(text):
    assert "no constructor Param::Param() found" in refusal(text or "// Param")


# -- the preprocessor ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("#define N 5\ni = N;\n#undef N\nint N = 6; j = N;", {"i": 5, "j": 6}),
        ("#define A B\n#define B 1+2\ni = A*2;", {"i": 5}),
        ("#define SELF SELF+1\nint SELF = 3; i = 1;", {"i": 1}),
        ("#define WHEN\n#ifdef WHEN\ni = 1;\n#else\ni = 2;\n#endif\nj = 3;", {"i": 1, "j": 3}),
        ("#ifndef WHEN\ni = 1;\n#else\ni = 2;\n#endif", {"i": 1}),
        ("#if 0\ni = 1; don't\n#if 1\ni = 2;\n#endif\n#elif 1\ni = 3;\n#else\ni = 4;\n#endif", {"i": 3}),
        ("#define MODE 2\n#if MODE == 1 || !defined(MODE)\ni = 1;\n#elif MODE > 1 && defined MODE\ni = 2;\n#endif",
         {"i": 2}),
        ("#define LONG 1 + \\\n 2\ni = LONG; // #define LONG 7\n", {"i": 3}),
        ("  #  define N 4 // four\n i = N; /* over\n two lines */ j = N;\n", {"i": 4, "j": 4}),
        ("#pragma once\n#line 7\n#\ni = 1;", {"i": 1}),
    ],
)  # fmt: skip
def test_lines_of_the_preprocessor_are_obeyed(source, values):
    assert run(source) == values


def test_a_block_that_another_file_decides_is_told():
    told = []
    constructor("i = 1;\n#ifdef FAST\ni = 2;\n#endif\n#ifdef OTHER\n#endif\n", told)
    assert told == [
        "x.cpp:3: no line of this file defines FAST, so the block counts as without it; if a header does, define it "
        "here"
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("#if 1\ni = 1;", "x.cpp:2: the #if that begins here has no #endif"),
        ("#endif", "x.cpp:2: #endif without its #if"),
        ("#if 1\n#else\n#else\n#endif", "x.cpp:4: #else without its #if"),
        ("#if 1/0\n#endif", "x.cpp:2: #if cannot be decided: it divides by zero"),
        ("#if 5 5\n#endif", "x.cpp:2: #if cannot be decided"),
        ("#define\n", "x.cpp:2: #define needs a name"),
        ("#ifdef 3\n#endif", "x.cpp:2: #ifdef needs a name"),
        ("#error no", "x.cpp:2: #error"),
        ("".join(f"#define {a} {b} {b} {b} {b}\n" for a, b in pairwise("ABCDEFGHIJKLMN")) + "i = A;",
         "grows too large"),
    ],
)  # fmt: skip
def test_mistakes_of_the_preprocessor_are_refused(source, words):
    assert words in refusal(source)


def test_a_macro_with_arguments_is_no_number():
    assert "F() is no function that can be read" in run("#define F(x) (2*x)\n#define G (4)\ni = F(3); j = G;")["i"]
    assert run("#define G (4)\nj = G;") == {"j": 4}


# -- size ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("i = " + "1 + " * 20000 + "1;", 20001),
        ("i = 1;" + " " * 200000 + "i = 2" + " " * 200000 + ";", 2),
        ("i = " + "-" * 20000 + "1;", None),
        ("i = " + "(" * 5000 + "1" + ")" * 5000 + ";", None),
        ("i = " + "!" * 20000 + "1;", 1),
        ("i = 9" + "9" * 4000 + ";", None),
        ("i = 3;" + "i *= i;" * 30, None),
        ("if (0) i = 1; " + "else if (0) i = 2; " * 5000 + "else i = 3;", 3),
        ("i = 1; if (0) " + "if (1) " * 20000 + "i = 2;", 1),
        ("do {" * 14 + "i = 1;" + "} while (x);" * 14, None),
        ("switch (2) { case 2: " * 25 + "i = 1;" * 100 + "}" * 25, 1),
    ],
)
def test_long_and_deep_sources_take_no_more_than_their_length(source, value):
    found = run(source)["i"]
    assert found == value if value is not None else isinstance(found, str)


def trees():
    """Expressions over small whole numbers as (text, value): C++ divides towards zero."""

    def joined(pairs):
        (left, a), operation, (right, b) = pairs
        if a is None or b is None or (operation in "/%" and b == 0):
            value = None
        elif operation in "/%":
            quotient = math.trunc(a / b)
            value = quotient if operation == "/" else a - b * quotient
        else:
            value = {"+": a + b, "-": a - b, "*": a * b, "<": int(a < b), "==": int(a == b)}[operation]
        return f"({left} {operation} {right})", value

    numbers = st.integers(0, 9).map(lambda value: (str(value), value))
    operations = st.sampled_from(["+", "-", "*", "/", "%", "<", "=="])
    return st.recursive(numbers, lambda inner: st.tuples(inner, operations, inner).map(joined), max_leaves=8)


@given(trees())
def test_whole_numbers_divide_towards_zero(tree):
    text, value = tree
    found = run(f"i = {text};")["i"]
    assert found == value if value is not None else isinstance(found, str)
