"""What a process that holds keys does first: no image of its memory is written when it crashes, none is read by others.

Linux: no core file (`RLIMIT_CORE` 0), and not dumpable, so that neither a crash handler gets its memory nor another
process of the same user may attach. macOS and other Unixes: no core file. Windows writes no full dump unless its
administrator asked Windows Error Reporting for one; this process asks to be left out (docs/security.md).
"""

from __future__ import annotations

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

_PR_SET_DUMPABLE, _PR_GET_DUMPABLE = 4, 3
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x0001, 0x0002


def keep_memory_private() -> None:
    """Call before the first secret is read. What the system refuses is logged and no reason not to start."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        return
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        log.warning("core files could not be switched off: %s", type(error).__name__)
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            refused = ctypes.get_errno()
            log.warning("the process stays dumpable: errno %s", refused)


def dumpable() -> bool | None:
    """Whether another process of this user may read this one's memory; None where that is not known."""
    if not sys.platform.startswith("linux"):
        return None
    return bool(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0))
