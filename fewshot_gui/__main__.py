"""Entry point of ``fewshot-gui`` and of ``python -m fewshot_gui``."""

import sys


def main() -> None:
    """Run the command line; without a command, open the window."""
    from fewshot_gui.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
