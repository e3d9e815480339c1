"""How tests end processes that they started."""

import os
import signal
import subprocess


def interrupt(process: subprocess.Popen[str]) -> None:
    """Stop a server as Ctrl-C does, and check that it ends well; Windows can only end it."""
    if os.name == "nt":
        process.terminate()
        process.wait(timeout=20)
        return
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
