"""What two sizes have to do with each other: often the whole explanation.

>>> relation(256, 64)
'256 = 4 x 64'
>>> relation(8, 30)
'30 = 3 x 8 + 6'
>>> relation(196, 197)
'197 = 196 + 1, and 196 = 14 x 14: one more than a square of patches is usually a class token'
>>> relation(512, 768)
'768 : 512 = 3 : 2'
>>> relation(197, 577)
'577 = 24 x 24 + 1, 197 = 14 x 14 + 1: another image or patch size?'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd, isqrt, prod

HEAD_DIMS = (128, 64, 80, 96, 32, 256)  # in the order of how common they are


def relation(expected: int, found: int) -> str:
    """A sentence on the two numbers; empty when they tell nothing."""
    small, big = sorted((abs(expected), abs(found)))
    if small <= 1 or small == big:
        return ""
    if big % small == 0:
        return f"{big} = {big // small} x {small}"
    if big - small == 1:
        square = f", and {small} = {square_of(small)}: {CLASS_TOKEN}" if is_square(small) else ""
        return f"{big} = {small} + 1{square}"
    if grid(small) and grid(big):
        return f"{big} = {grid(big)}, {small} = {grid(small)}: another image or patch size?"
    common = gcd(small, big)
    if common > 1 and big // common <= 9:
        return f"{big} : {small} = {big // common} : {small // common}"
    return division(big, small)


def division(number: int, by: int) -> str:
    """A number as a multiple of another one and what is left; empty where both are the same.

    >>> division(64, 7), division(10, 7), division(3, 8)
    ('64 = 9 x 7 + 1', '10 = 7 + 3', '3 is less than 8')
    """
    if number == by:
        return ""
    times, left = divmod(number, by)
    if not times:
        return f"{number} is less than {by}"
    return f"{number} = {f'{times} x ' if times > 1 else ''}{by}{f' + {left}' if left else ''}"


def joined(numbers: Iterable[int], sign: str, result: int) -> str:
    """An equation, where there is something to be reckoned.

    >>> joined([4, 178], " x ", 712), joined([400], " x ", 400)
    ('4 x 178 = 712', '400')
    """
    terms = list(map(str, numbers))
    return f"{sign.join(terms)} = {result}" if len(terms) > 1 else str(result)


CLASS_TOKEN = "one more than a square of patches is usually a class token"


def grid(number: int) -> str:
    """A number of patches as the map they come from, with the class token if there is one."""
    return next(
        (
            f"{square_of(number - extra)}{mark}"
            for extra, mark in ((0, ""), (1, " + 1"))
            if is_square(number - extra)
        ),
        "",
    )


def is_square(number: int) -> bool:
    """True from 16 on: smaller squares are squares by chance."""
    return number >= 16 and isqrt(number) ** 2 == number


def square_of(number: int) -> str:
    """The number as a side times itself."""
    return f"{isqrt(number)} x {isqrt(number)}"


def heads_of(features: int) -> Iterator[tuple[int, int]]:
    """Likely pairs of head count and head_dim, the commonest first.

    >>> list(heads_of(1024))[:2]
    [(8, 128), (16, 64)]
    """
    yield from ((features // dim, dim) for dim in HEAD_DIMS if features % dim == 0 and features // dim > 1)


def image_features(found: int, expected: int) -> tuple[int, int, int] | None:
    """Channels and the two map sides of flattened feature maps that differ only in the side.

    >>> image_features(44944, 400)
    (16, 53, 5)
    """
    common = gcd(found, expected)
    for channels in sorted(divisors(common), reverse=True):
        there, here = found // channels, expected // channels
        if channels >= 3 and isqrt(there) ** 2 == there and isqrt(here) ** 2 == here and there != here:
            return channels, isqrt(there), isqrt(here)
    return None


def divisors(number: int) -> list[int]:
    """All of them, for numbers that are sizes.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    if number <= 0 or number > 10**12:
        return []
    small = [n for n in range(1, isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def elements(shape: tuple[int, ...]) -> int:
    """How many values a tensor of this shape holds; a -1 counts as 1."""
    return prod(size for size in shape if size != -1)
