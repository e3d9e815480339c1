"""Starts ``reelfind``, so that Ctrl-C while its modules are imported prints no traceback."""


def main() -> None:
    """Run the command line; see ``app.cli.main``."""
    try:
        from app.cli.main import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
