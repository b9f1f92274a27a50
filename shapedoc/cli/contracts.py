"""`shapedoc contracts`: what is known of the operations of a library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from typer import Argument

from shapedoc.cli._output import write
from shapedoc.core.errors import UserError

if TYPE_CHECKING:
    from shapedoc.kernels.contracts import Contract


def command(
    library: Annotated[
        str, Argument(metavar="[LIBRARY]", help="Such as torch; all libraries are listed without.")
    ] = "",
) -> int:
    """Show what the operations of a library ask."""
    from shapedoc.kernels.contracts import libraries, load  # yaml is needed for nothing else here

    if library and library not in libraries():
        raise UserError(f"no contracts for {library!r}; there are some for {', '.join(libraries())}")
    if not library:
        lines = [f"{name}  {len(load(name))} contracts" for name in libraries()]
    else:
        lines = [line for contract in load(library) for line in _lines(contract)]
    write("".join(f"{line}\n" for line in lines), None)
    return 0


def _lines(contract: Contract) -> Iterator[str]:
    """The call and its versions, then line by line what it takes, gives and has to keep to."""
    yield f"{contract.op}({contract.parameters.text})  {contract.versions}".rstrip()
    facts = {
        "also ": contract.also,
        "when ": [str(contract.when)] if contract.when else [],
        "": [part for text in contract.signature.texts for part in _parts(text)]
        if contract.signature
        else [],
        "where ": map(str, contract.where),
        "note: ": [contract.note],
        "source: ": [contract.source],
    }
    yield from (f"    {head}{text}" for head, texts in facts.items() for text in texts if text)
    yield ""


def _parts(signature: str) -> Iterator[str]:
    """Operands and results, each on a line of its own.

    >>> list(_parts("q[b t d], k?[b s d] -> [b t s], [b t]"))
    ['q[b t d]', 'k?[b s d]', '-> [b t s], [b t]']
    """
    operands, arrow, results = " ".join(signature.split()).partition("-> ")
    yield from re.split(r", (?=\w+[?*~]*\[)", operands.strip())
    yield from [arrow + results] if arrow else []
