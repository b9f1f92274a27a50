"""Errors that point at a character of the text they are about.

>>> print(TextError("a size belongs here", 5))
column 5: a size belongs here
"""


class TextError(ValueError):
    """Text that cannot be read; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.message = message
        self.column = column
