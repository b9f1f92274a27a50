r"""Checkpoints that do not fit the model: hundreds of lines, one or two causes.

>>> from shapedoc.messages import explain_text
>>> log = "RuntimeError: Error(s) in loading state_dict for LlamaForCausalLM:\n" + "".join(
...     f"\tsize mismatch for model.layers.{i}.self_attn.{name}_proj.weight: copying a param with shape "
...     "torch.Size([1024, 4096]) from checkpoint, the shape in current model is torch.Size([4096, 4096]).\n"
...     for i in range(32) for name in "kv")
>>> [cause] = explain_text(log).causes
>>> cause.message
'64 key and value projections: 1024 in the checkpoint, 4096 in the model'
>>> cause.notes[0]
'1024 = 8 kv heads x 128 (or 16 x 64): the checkpoint has grouped queries'
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Role
from shapedoc.messages.meaning.checkpoints import mismatches
from shapedoc.messages.meaning.names import renamed

FAULTS = (
    Fault(
        "SD112",
        "checkpoint and model differ",
        (
            (
                "size mismatch for {key:word}: copying a param with shape {s:shape} from checkpoint, the "
                "shape in current model is {t:shape}"
            ),
            (
                "size mismatch for {key:word}: copying a param of {s:shape} from checkpoint, where the shape "
                "is {t:shape} in current model"
            ),
            (
                "size mismatch for {key:word}: copying a param with shape {s:shape} from checkpoint, where "
                "the shape is {t:shape} in current model"
            ),
            (
                "While copying the parameter named {key:word}, whose dimensions in the model are {t:shape} "
                "and whose dimensions in the checkpoint are {s:shape}"
            ),
            (
                'While copying the parameter named "{key:word}", whose dimensions in the model are {t:shape} '
                "and whose dimensions in the checkpoint are {s:shape}"
            ),
            (
                "While copying the parameter named '{key:word}', whose dimensions in the model are {t:shape} "
                "and whose dimensions in the checkpoint are {s:shape}"
            ),
            'Trying to set a tensor of shape {s:shape} in "{key:word}" (which has shape {t:shape})',
            "Attempted to load weight ({s:shape}) into parameter ({t:shape})",
            "{key:word} expected shape {t:shape}, but got {s:shape}",
            "{key:word} expected shape tensor(..., device='meta', size={t:shape}), but got {s:shape}",
            "{key:word} | MISMATCH | Reinit due to size mismatch - ckpt: {s:shape} vs model:{t:shape}",
            "Reinit due to size mismatch - ckpt: {s:shape} vs model:{t:shape}",
            "{key:word}: found shape {s:shape} in the checkpoint and {t:shape} in the model instantiated",
            "weight shape mismatch: parameter has {t:shape}, checkpoint has {s:shape}",
            (
                "size mismatch for {key:word}: copying a param with shape {s:shape} from checkpoint, the "
                "shape in current"
            ),
            "You set `ignore_mismatched_sizes` to `False`, thus raising an error",
        ),
        gather=mismatches,
    ),
    Fault(
        "SD112",
        "names in the checkpoint are not those of the model",
        (
            "Missing key(s) in state_dict: {missing:rest}",
            "Unexpected key(s) in state_dict: {unexpected:rest}",
        ),
        gather=renamed,
    ),
    Fault(
        "SD112",
        "the optimizer's state is for another number of parameters",
        (
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
            "loaded state dict has a different number of parameter groups",
        ),
        fixes=(
            "make the optimizer with the same parameter groups as when it was saved",
            "load the model only, and start the optimizer anew",
        ),
        untold="both counts",
    ),
    Fault(
        "SD111",
        "an embedding's weight has lost its dims",
        (
            "'weight' must be 2-D",
            "'weight' must be 2-D, got {n}-D",
        ),
        notes=("under ZeRO-3 or FSDP a parameter has shape [0] outside its gather",),
        fixes=(
            "call the model, not a layer of it, so that its hooks gather the parameters",
            "deepspeed.zero.GatheredParameters(weight) around the access",
        ),
    ),
    Fault(
        "",
        "some weights were made anew because their shapes did not match",
        (
            "newly initialized because the shapes did not match",
            "The model and loaded state dict do not match exactly",
        ),
        role=Role.ECHO,
    ),
)
