"""Parameter names that differ by a prefix or a wrapper.

>>> [reading] = renamed(({"missing": '"fc.weight", "fc.bias".'}, {"unexpected": '"module.fc.weight".'}))
>>> reading.message
"every name in the checkpoint begins with 'module.', the model's do not"
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Reading
from shapedoc.messages.reading.wording import Fields

NAME = r"[\"']([^\"'\s]{1,300})[\"']"

WRAPPERS = {
    "module.": "DataParallel and DistributedDataParallel put it there: save model.module.state_dict()",
    "_orig_mod.": "torch.compile put it there: save model._orig_mod.state_dict()",
    "_fsdp_wrapped_module.": "FSDP put it there: save under FULL_STATE_DICT",
    "model.": "the checkpoint was saved from an object that holds the model",
    "state_dict.": "the names lie one level deeper",
}


def renamed(items: tuple[Fields, ...]) -> tuple[Reading, ...]:
    """What was put before all names of one side, if that is all the difference."""
    missing, unexpected = _names(items, "missing"), _names(items, "unexpected")
    if missing and unexpected and (prefix := _prefix(unexpected[0], missing)):
        return (_in_checkpoint(prefix),)
    if missing and unexpected and (prefix := _prefix(missing[0], unexpected)):
        return (_in_model(prefix),)
    return (
        Reading(
            "names in the checkpoint are not those of the model",
            notes=tuple(
                _listed("missing in the checkpoint", missing) + _listed("unknown to the model", unexpected)
            ),
            fixes=(
                "build the model with the configuration the checkpoint was saved with",
                "strict=False only if the missing layers are meant to be new",
            ),
        ),
    )


def _in_checkpoint(prefix: str) -> Reading:
    return Reading(
        f"every name in the checkpoint begins with '{prefix}', the model's do not",
        notes=(WRAPPERS.get(prefix, "the checkpoint was saved from an object that holds the model"),),
        fixes=(f"strip it: {{k.removeprefix('{prefix}'): v for k, v in state.items()}}",),
    )


def _in_model(prefix: str) -> Reading:
    return Reading(
        f"every name in the model begins with '{prefix}', the checkpoint's do not",
        notes=(WRAPPERS.get(prefix, "the model holds the one that was saved"),),
        fixes=(
            f"load into the inner model: model.{prefix}load_state_dict(state)",
            f"add it: {{'{prefix}' + k: v for k, v in state.items()}}",
        ),
    )


def _listed(where: str, names: list[str]) -> list[str]:
    return [f"{len(names)} {where}, such as {', '.join(names[:3])}"] if names else []


def _names(items: tuple[Fields, ...], side: str) -> list[str]:
    return [name for item in items for name in re.findall(NAME, str(item.get(side, "")))]


def _prefix(longer: str, shorter: list[str]) -> str:
    """What stands before the name that one of `shorter` is the end of."""
    return next((longer[: -len(name)] for name in shorter if longer.endswith("." + name)), "")
