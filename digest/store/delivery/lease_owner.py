"""Who holds a claim, and whether that process is still there.

An owner is `host|pid|start|nonce`: on its own host, a process that is gone can be told from one
that is slow, so its claims needn't wait for their lease to run out.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

_SENDING: set[str] = set()
"""The senders of this process that are not over."""


def myself() -> str:
    """A name for this sender that no other, here or elsewhere, has had."""
    pid = os.getpid()
    name = "|".join((_host(), str(pid), _started(pid), secrets.token_hex(4)))
    _SENDING.add(name)
    return name


def over(name: str) -> None:
    """A sender of this process has ended. What it could not give back is up for grabs."""
    _SENDING.discard(name)


def dead(owners: Iterable[str]) -> list[str]:
    """Those owners that ran on this host and surely run no more."""
    return [owner for owner in owners if _gone(owner)]


def _gone(owner: str) -> bool:
    host, _, rest = owner.partition("|")
    pid, _, rest = rest.partition("|")
    started, _, _ = rest.partition("|")
    if host != _host() or not pid.isdigit():
        return False
    if int(pid) == os.getpid() and started == _started(int(pid)):
        return owner not in _SENDING
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    # The number may belong to another process by now; where we can't see when it started, we
    # can't tell, and wait for the lease to run out.
    now_started = _started(int(pid))
    return bool(started and now_started) and now_started != started


def _host() -> str:
    """The machine, its boot and the process namespace: where a process number means something."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    space = Path("/proc/self/ns/pid")
    where = [socket.gethostname(), boot.read_text()[:8] if boot.exists() else ""]
    if space.is_symlink():
        where.append(str(space.readlink()))
    return "/".join(where)


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot (proc(5), field 22); "" where unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
