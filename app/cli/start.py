"""Starts ``reelfind``, which Ctrl-C ends without a traceback also while its modules are imported."""


def main() -> None:
    """Run the command line; see ``app.cli.main``."""
    try:
        from app.cli.main import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
