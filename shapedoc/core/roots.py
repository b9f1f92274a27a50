"""Square roots, and the products they are factors of, as the source writes them.

>>> [ast.unparse(base_of(ast.parse(text, mode="eval").body))
...  for text in ("d ** -0.5", "1 / math.sqrt(d)", "torch.sqrt(torch.FloatTensor([d])).to(x)")]
['d', 'd', 'd']
>>> [ast.unparse(factor) for factor in factors_of(ast.parse("q @ k * self.scale", mode="eval").body)]
['q @ k', 'self.scale']
"""

from __future__ import annotations

import ast

from shapedoc.core.calls import bare_name

ROOTS = ("sqrt", "rsqrt")
NUMBERS = ("float", "int", "tensor", "FloatTensor", "Tensor")  # a number of another kind
MOVES = ("to", "cuda", "float")  # methods of a tensor that keep its value
FACTORS = ("mul", "div", "mul_", "div_", "multiply", "divide")
SCALES = ("scale", "softmax_scale", "alpha")  # keywords of fused kernels


def base_of(node: ast.expr) -> ast.expr | None:
    """What an expression is the square root of, or one over it."""
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if ast.unparse(exponent) in ("-0.5", "0.5"):
            return _bare(base)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=inner):
            return base_of(inner)
        case ast.Call(args=[inner, *_]) if bare_name(node) in ROOTS:
            return _bare(inner)
        case ast.Call(args=[inner]) if bare_name(node) in NUMBERS:
            return base_of(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)):
            return _bare(inner) if name in ROOTS else base_of(inner) if name in MOVES else None
    return None


def _bare(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(args=[inner, *_]) if bare_name(node) in NUMBERS:
            return _bare(inner)
        case ast.List(elts=[inner]):
            return inner
    return node


def factors_of(node: ast.AST | None) -> list[ast.expr]:
    """What a product multiplies or divides by, or the scale that a call is given."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return [left, right]
        case ast.AugAssign(op=ast.Mult() | ast.Div(), value=value):
            return [value]
        case ast.Call(args=args, keywords=keywords):
            scales = [keyword.value for keyword in keywords if keyword.arg in SCALES]
            return scales + (list(args) if bare_name(node) in FACTORS else [])
    return []


def divides(node: ast.AST, factor: ast.expr) -> bool:
    """Whether a product divides by one of its factors."""
    match node:
        case ast.BinOp(op=ast.Div(), right=right):
            return right is factor
        case ast.AugAssign(op=ast.Div()):
            return True
        case ast.Call():
            return bare_name(node).startswith("div")
    return False
