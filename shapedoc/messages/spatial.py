"""Pooling, padding, interpolation, grids: map sides that are too small or of another rank.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("RuntimeError: Given input size: (512x1x1). Calculated output size: (512x0x0). "
...                        "Output size is too small").causes
>>> print(cause)
SD108 maps of [512, 1, 1] are too small for the pooling: [512, 0, 0] would come out
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault

LARGER = ("feed larger images", "use less stride or pooling before")

FAULTS = (
    Fault(
        "SD108",
        "maps of {s} are too small for the pooling: {t} would come out",
        ("Given input size: ({s:shape}). Calculated output size: ({t:shape}). Output size is too small",),
        fixes=(*LARGER, "a channels-last image looks too small: x.permute(0, 3, 1, 2)"),
    ),
    Fault(
        "SD111",
        "pooling takes {a} or {b} dims",
        (
            "non-empty {a}D or {b}D (batch mode) tensor expected for input",
            (
                "Expected {a}D or {b}D (batch mode) tensor with optional 0 dim batch size for input, but "
                "got: {s:shape}"
            ),
            "Expected {a}D or {b}D (batch mode) tensor for input, but got: {s:shape}",
            "non-empty {a}D or {b}D input tensor expected but got ndim: {n}",
            "Expected {a}D or {b}D (batch mode) tensor for input",
        ),
        notes=("it got {s}",),
        fixes=(
            "add the channel dim and the batch dim: x[None, None]",
            "a map must have at least one row and one column",
        ),
        untold="the shape of the input",
    ),
    Fault(
        "SD110",
        "pixel_shuffle: {a} channels are no multiple of {b}, the square of the upscale factor",
        (
            (
                "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                "upscale_factor, but input.size(-3)={a} is not divisible by {b}"
            ),
            (
                "pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)={a} "
                "is not divisible by {b}"
            ),
            (
                "pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)={a} "
                "is not divisible by {b}"
            ),
        ),
        compare="b a",
        fixes=("make the convolution before put out channels x factor x factor",),
    ),
    Fault(
        "SD110",
        "pixel_shuffle: the channels of {s} are no multiple of the square of {r}",
        ("Invalid input shape for pixel_shuffle: {s:shape} with upscale_factor = {r}",),
        fixes=("make the convolution before put out channels x {r} x {r}",),
    ),
    Fault(
        "SD108",
        "padding {p} is not smaller than the input {s} in dimension {d}",
        (
            (
                "Padding size should be less than the corresponding input dimension, but got: padding "
                "({p:shape}) at dimension {d} of input {s:shape}"
            ),
            (
                "Padding size should be less than the corresponding input dimension, but got padding "
                "({p:shape}) at dimension {d} of input {s:shape}"
            ),
        ),
        notes=("mode='reflect' mirrors what is there: it can add at most one less than the side",),
        fixes=("pad less, or with mode='replicate' or 'constant'", *LARGER),
    ),
    Fault(
        "SD110",
        "padding comes in pairs, two numbers for each dim",
        ("Padding length must be divisible by 2",),
        fixes=("give (left, right) for each padded dim, the last dim first",),
        untold="the padding given",
    ),
    Fault(
        "SD103",
        "padding has more pairs than the tensor has dims",
        (
            "Padding length too large",
            (
                "padding length should be less than or equal to two times the input dimension but got "
                "padding length {p} and input of dimension {d}"
            ),
            "{d}D tensors expect {p} values for padding",
        ),
        fixes=("give (left, right) for each padded dim, the last dim first",),
    ),
    Fault(
        "SD111",
        "interpolate: the input has sides {s}, the target size is {t}",
        (
            (
                "Input and output must have the same number of spatial dimensions, but got input with "
                "spatial dimensions of {s:shape} and output size of {t:shape}"
            ),
            (
                "Input and output must have the same number of spatial dimensions, but got input with with "
                "spatial dimensions of {s:shape} and output size of {t:shape}"
            ),
        ),
        fixes=(
            "give one size for each side: size=x.shape[2:]",
            "add the channel or batch dim that is missing",
        ),
    ),
    Fault(
        "SD111",
        "{mode} interpolation takes {b} dims, it got {a}",
        (
            "Got {a}D input, but {mode:word} mode needs {b}D input",
            "It is expected input_size equals to {b}, but got size {a}",
        ),
        fixes=(
            "add the batch dim: x.unsqueeze(0)",
            "use the mode for this rank: linear for 3 dims, bilinear for 4, trilinear for 5",
        ),
    ),
    Fault(
        "SD108",
        "a map with a side of 0 reaches the interpolation",
        (
            (
                "Input and output sizes should be greater than 0, but got input (H: {h}, W: {w}) output (H: "
                "{H}, W: {W})"
            ),
        ),
        notes=("from {h} x {w} to {H} x {W}",),
        fixes=LARGER,
    ),
    Fault(
        "SD102",
        "grid_sample: the input {s} and the grid {t} differ in batch size",
        (
            (
                "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
                "{s:shape} and grid with sizes {t:shape}"
            ),
        ),
        fixes=("expand the grid: grid.expand(x.shape[0], -1, -1, -1)",),
    ),
    Fault(
        "SD108",
        "grid_sample: the grid {t} does not fit the input {s}",
        (
            (
                "grid_sampler(): expected grid to have size {n} in last dimension, but got grid with sizes "
                "{t:shape}"
            ),
            (
                "grid_sampler(): expected {:}D input and grid with same number of dimensions, but got input "
                "with sizes {s:shape} and grid with sizes {t:shape}"
            ),
        ),
        fixes=("a grid is [batch, height, width, 2], with 3 at the end for volumes",),
    ),
    Fault(
        "SD110",
        "fold: {a} channels are no multiple of the product of the kernel {k}",
        (
            (
                "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
                "input.size(1)={a} and kernel_size={k:shape}"
            ),
            (
                "Expected size of input's first non-batch dimension to be divisible by the product of "
                "kernel_size, but got input.shape[-2] = {a} and kernel_size={k:shape}"
            ),
        ),
        fixes=("fold takes what unfold gave: [batch, channels x kernel height x kernel width, blocks]",),
    ),
    Fault(
        "SD103",
        "fold: {a} blocks are given, the output size wants {b}",
        (
            (
                "Given output_size={o:shape}, kernel_size={k:shape}, dilation={:shape}, padding={:shape}, "
                "stride={:shape}, expected size of input's dimension 2 to match the calculated number of "
                "sliding blocks {:shape} = {b}, but got input.size(2)={a}"
            ),
        ),
        compare="b a",
        fixes=("give fold the output size, stride and padding that unfold had",),
    ),
)
