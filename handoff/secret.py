"""A secret key of the house's own, made once."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept(path: Path) -> str:
    """The key in `path`; made on the first call, readable by its owner only.

    Two processes that ask at once get the same key.
    """
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(64))
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    return path.read_text().strip()
