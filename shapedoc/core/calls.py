"""What a call is of, and what it is given, as the source has it.

>>> call = ast.parse("torch.cat([x, y], dim=1)", mode="eval").body
>>> bare_name(call), [ast.unparse(value) for value in values_given(call)]
('cat', ['[x, y]', '1'])
"""

from __future__ import annotations

import ast


def bare_name(call: ast.Call) -> str:
    """`rearrange` for `einops.rearrange(…)`, `view` for `x.view(…)`; nothing for `layers[0](…)`."""
    return last_name(call.func)


def last_name(node: ast.expr) -> str:
    """`Module` of `nn.Module`, and of `Module`; nothing of what is no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def values_given(call: ast.Call) -> list[ast.expr]:
    """All between the brackets, whether by position or by keyword."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]
