"""Entry point of ``fewshot-gui`` and of ``python -m fewshot_gui``."""

import sys


def main() -> None:
    """Run the command line; without a command, open the window."""
    from fewshot_gui.cli import run
    from fewshot_gui.core.log_file import log_to_file, log_to_terminal

    log_to_terminal()
    log_to_file()
    sys.exit(run())


if __name__ == "__main__":
    main()
