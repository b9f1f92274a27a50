"""Which versions to stand in for, and the contracts of the user's own: from `--kernel` and shapedoc.yaml.

>>> read_settings(["natten=0.17"], None).versions
{'natten': '0.17'}
>>> read_settings(["nattn=0.17"], None)
Traceback (most recent call last):
    ...
shapedoc.core.errors.UserError: --kernel nattn=0.17: no contracts for 'nattn'; did you mean natten?

In shapedoc.yaml:

    kernels: {natten: "0.17"}
    contracts:
      - op: my_ops.window_attn
        parameters: q, k, v, window
        signature: "q[b heads tokens d], k[b heads tokens d], v[b heads tokens d] -> [b heads tokens d]"
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapedoc.core.errors import UserError
from shapedoc.kernels.contracts import Contract, libraries


@dataclass(frozen=True)
class Settings:
    """Versions to stand in for, by library, and contracts of the user's own."""

    versions: Mapping[str, str] = field(default_factory=dict)
    contracts: tuple[Contract, ...] = ()


def read_settings(options: Sequence[str], config: Path | None) -> Settings:
    """What `LIBRARY=VERSION` options and a shapedoc.yaml say; the options come first."""
    if config is None:
        return Settings(dict(map(_option, options)))
    from shapedoc.kernels.reading import ContractError, read_section

    try:
        document, contracts = read_section(config)
    except ContractError as error:
        raise UserError(str(error)) from None
    return Settings({**dict(_versions(document, config)), **dict(map(_option, options))}, contracts)


def _option(text: str) -> tuple[str, str]:
    library, equals, version = text.partition("=")
    if not equals or not version.strip():
        raise UserError(f"--kernel {text}: write LIBRARY=VERSION, such as natten=0.17")
    return _known(library.strip(), f"--kernel {text}"), version.strip()


def _versions(document: Mapping[str, Any], config: Path) -> Iterator[tuple[str, str]]:
    kernels = document.get("kernels", {})
    if not isinstance(kernels, Mapping):
        raise UserError(f'{config}, kernels: write libraries and versions, such as natten: "0.17"')
    for library, version in kernels.items():
        if not isinstance(version, str):
            raise UserError(
                f"{config}, kernels, {library}: write the version in quotes, as 0.20 is the number 0.2"
            )
        yield _known(str(library), f"{config}, kernels"), version


def _known(library: str, place: str) -> str:
    if library not in libraries():
        near = difflib.get_close_matches(library, libraries(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are some for {', '.join(libraries())}"
        raise UserError(f"{place}: no contracts for {library!r}; {hint}")
    return library
