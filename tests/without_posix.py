"""Takes from our own modules what Windows does not have; Python's and others' keep it.

Copied beside a script and imported first: ``import without_posix`` is all. The names of ``MODULES``
and ``CALLS`` are missing then, to ``hasattr`` too.
"""

import builtins
import types
from typing import Any

OURS = ("app", "indexer", "probes", "encoder")
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix"}
CALLS = {
    "os": """chown chroot confstr fchown fork forkpty fpathconf getegid geteuid getgid getgroups
        getloadavg getpgid getpgrp getpriority getresuid getsid getuid killpg lchown lockf major
        memfd_create minor mkfifo mknod nice openpty pathconf pidfd_open posix_fadvise
        posix_fallocate posix_spawn pread preadv pwrite pwritev readv sched_getaffinity
        sched_setaffinity sched_yield sendfile setegid seteuid setgid setpgid setpriority setsid
        setuid statvfs sync sysconf uname wait wait3 wait4 writev O_CLOEXEC O_DIRECTORY O_DSYNC
        O_NOCTTY O_NOFOLLOW O_NONBLOCK O_SYNC SEEK_DATA SEEK_HOLE WEXITSTATUS WIFSIGNALED""",
    "signal": """alarm pause pthread_kill pthread_sigmask setitimer sigwait SIGALRM SIGCHLD SIGHUP
        SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGCONT SIGUSR1 SIGUSR2""",
    "time": "tzset clock_gettime pthread_getcpuclockid",
    "socket": "AF_UNIX SO_REUSEPORT",
}

_import = builtins.__import__


class _Without(types.ModuleType):
    """A module but for some of its names."""

    def __init__(self, module: types.ModuleType, missing: set[str]) -> None:
        super().__init__(module.__name__)
        self.__dict__.update({k: v for k, v in vars(module).items() if k not in missing})


_stand_ins = {name: _Without(_import(name), set(calls.split())) for name, calls in CALLS.items()}


def _import_as_there(
    name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
) -> Any:
    importer = str((globals or {}).get("__name__", ""))
    if importer.partition(".")[0] in OURS and level == 0:
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in _stand_ins:
            return _stand_ins[name]
    return _import(name, globals, locals, fromlist, level)


builtins.__import__ = _import_as_there

# What they ask for by other means than an import.
import encoder.atomic  # noqa: E402
import indexer.limits  # noqa: E402

encoder.atomic._WINDOWS = True
vars(indexer.limits)["find_spec"] = lambda _: None
