"""Networks as data."""

import pytest

from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture


def test_vgg8():
    architecture = Architecture.default()
    assert [layer.name for layer in architecture.layers] == [
        "Conv0_", "Conv1_", "Conv3_", "Conv4_", "Conv6_", "Conv7_", "FC1_", "FC2_"
    ]
    assert architecture.network.to_csv() == (
        "32,32,3,3,3,128,0,1\n32,32,128,3,3,128,1,1\n16,16,128,3,3,256,0,1\n16,16,256,3,3,256,1,1\n"
        "8,8,256,3,3,512,0,1\n8,8,512,3,3,512,1,1\n1,1,8192,1,1,1024,0,1\n1,1,1024,1,1,10,0,1\n"
    )
    assert architecture.classes == 10


def test_a_network_from_a_file(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(
        "input = [28, 28, 1]\n"
        "layers = [{ conv = 6, kernel = 5, stride = 2, name = 'first' }, { pool = 2 }, { fc = 10 }]\n"
    )
    architecture = Architecture.from_file(path)
    assert architecture.network.to_csv() == "28,28,1,5,5,6,1,2\n1,1,216,1,1,10,0,1\n"
    assert architecture.layers[0].shape == (6, 1, 5, 5) and architecture.layers[0].name == "first"
    assert architecture.layers[1].fan_in == 216


@pytest.mark.parametrize("size, layers, sentence", [
    ((8, 8), [{"fc": 2}], "no image size"),
    ((8, 8, 3), [], "no list of layers"),
    ((8, 8, 3), [{"fc": 2}, {"conv": 3}], "layer 2 is a convolution after"),
    ((8, 8, 3), [{"pool": 2}, {"fc": 3}], "cannot be mapped onto the chip unless"),
    ((8, 8, 3), [{"conv": 4}, {"pool": 2}, {"pool": 2}, {"fc": 3}], "layer 3: a pool cannot be mapped"),
    ((8, 8, 3), [{"conv": 4}, {"pool": 3}, {"fc": 3}], "pool of 3 cannot be mapped"),
    ((8, 8, 3), [{"conv": 4}], "last layer is no fully connected"),
    ((2, 2, 3), [{"conv": 4, "padding": 1}, {"fc": 3}], "3 x 3 kernel for a map of 2 x 2"),
    ((3, 3, 3), [{"conv": 4}, {"pool": 2}, {"fc": 3}], "pools a map of one row"),
    ((8, 8, 3), [{"conv": 4, "padding": 3}, {"fc": 3}], "padding = 3"),
    ((8, 8, 3), [{"conv": 4, "kernal": 3}, {"fc": 3}], "did you mean 'kernel'"),
    ((8, 8, 3), [{"conv": 0}, {"fc": 3}], "conv = 0"),
    ((8, 8, 3), [{"fc": True}], "fc = True"),
    ((8, 8, 3), ["fc"], "layer 1 is 'fc'"),
    ((8, 8, 3), [{"fc": 3, "name": "a/b"}], "no file name"),
    ((8, 8, 3), [{"fc": 3, "name": "a\tb;ls"}], "no file name"),
    ((8, 8, 3), [{"fc": 3, "name": "a\0b"}], "no file name"),
    ((8, 8, 3), [{"fc": 3, "name": "a" * 300}], "no file name"),
    ((8, 8, 3), [{"fc": 3, "name": "draws"}], "'draws' is taken"),
    ((8, 8, 3), [{"fc": 3, "name": "a"}, {"fc": 3, "name": "a"}], "two layers are called 'a'"),
])
def test_what_is_no_network(size, layers, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        Architecture.build(size, layers, "net.toml")
    assert str(error.value).startswith("net.toml: ") and "\n" not in str(error.value)


@pytest.mark.parametrize("text, sentence", [
    ("input = [", "no TOML"),
    ("layers = " + "[" * 5000, "no TOML"),
    ("input = [8, 8, 3]\nlayer = []\n", "did you mean 'layers'"),
])
def test_what_is_no_network_file(text, sentence, tmp_path):
    with pytest.raises(NeurosimError, match=sentence):
        Architecture.from_text(text)
    with pytest.raises(NeurosimError, match="cannot be read"):
        Architecture.from_file(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NeurosimError, match="no UTF-8"):
        Architecture.from_file(tmp_path / "bytes.toml")
