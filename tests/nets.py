"""Networks that people begin with, as a chip's rows: on images of the size of MNIST's and of CIFAR's."""


def perceptron(inputs):
    return [[1, 1, inputs, 1, 1, 512, 0, 1], [1, 1, 512, 1, 1, 256, 0, 1], [1, 1, 256, 1, 1, 10, 0, 1]]


def lenet(size, channels):
    """LeNet-5: LeCun et al., 1998."""
    side = ((size - 4) // 2 - 4) // 2
    half = (size - 4) // 2
    return [[size, size, channels, 5, 5, 6, 1, 1], [half, half, 6, 5, 5, 16, 1, 1],
            [1, 1, 16 * side * side, 1, 1, 120, 0, 1], [1, 1, 120, 1, 1, 84, 0, 1],
            [1, 1, 84, 1, 1, 10, 0, 1]]  # fmt: skip


def alexnet(size, channels):
    """AlexNet with kernels of 3 x 3 for small images: Krizhevsky et al., 2012."""
    half, quarter = size // 2, size // 4
    features, hidden = 256 * (quarter // 2) ** 2, 4096
    return [[size + 2, size + 2, channels, 3, 3, 64, 1, 1], [half + 2, half + 2, 64, 3, 3, 192, 1, 1],
            [quarter + 2, quarter + 2, 192, 3, 3, 384, 0, 1], [quarter + 2, quarter + 2, 384, 3, 3, 256, 0, 1],
            [quarter + 2, quarter + 2, 256, 3, 3, 256, 1, 1], [1, 1, features, 1, 1, hidden, 0, 1],
            [1, 1, hidden, 1, 1, hidden, 0, 1], [1, 1, hidden, 1, 1, 10, 0, 1]]  # fmt: skip


def resnet20(size, channels):
    """ResNet-20 as a chain, its joins left out: He et al., 2016."""
    rows, before = [[size + 2, size + 2, channels, 3, 3, 16, 0, 1]], 16
    for width in (16, 32, 64):
        for block in range(3):
            stride = 2 if width > 16 and not block else 1
            rows.append([size + 2, size + 2, before, 3, 3, width, 0, stride])
            size, before = size // stride, width
            rows.append([size + 2, size + 2, width, 3, 3, width, 0, 1])
    return [*rows, [1, 1, 64, 1, 1, 10, 0, 1]]


def lstm(inputs, hidden):
    """The matrices of an LSTM, four gates in each, and its read-out: Hochreiter and Schmidhuber, 1997."""
    return [[1, 1, inputs, 1, 1, 4 * hidden, 0, 1], [1, 1, hidden, 1, 1, 4 * hidden, 0, 1],
            [1, 1, hidden, 1, 1, 10, 0, 1]]  # fmt: skip


NETWORKS = {
    "perceptron, MNIST": perceptron(784),
    "perceptron, CIFAR": perceptron(3072),
    "one hidden layer, MNIST": [[1, 1, 784, 1, 1, 100, 0, 1], [1, 1, 100, 1, 1, 10, 0, 1]],
    "LeNet, MNIST": lenet(28, 1),
    "LeNet, CIFAR": lenet(32, 3),
    "AlexNet, MNIST": alexnet(28, 1),
    "AlexNet, CIFAR": alexnet(32, 3),
    "AlexNet, ImageNet": [[227, 227, 3, 11, 11, 96, 1, 4], [31, 31, 96, 5, 5, 256, 1, 1],
                          [15, 15, 256, 3, 3, 384, 0, 1], [15, 15, 384, 3, 3, 384, 0, 1],
                          [15, 15, 384, 3, 3, 256, 1, 1], [1, 1, 9216, 1, 1, 4096, 0, 1],
                          [1, 1, 4096, 1, 1, 4096, 0, 1], [1, 1, 4096, 1, 1, 1000, 0, 1]],
    "ResNet-20, MNIST": resnet20(28, 1),
    "ResNet-20, CIFAR": resnet20(32, 3),
    "LSTM, MNIST": lstm(28, 128),
    "LSTM, CIFAR": lstm(96, 256),
}  # fmt: skip
