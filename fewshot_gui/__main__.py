"""Entry point of ``fewshot-gui`` and of ``python -m fewshot_gui``."""


def main() -> None:
    """Run the command line; without a command, open the window."""
    from fewshot_gui.cli import run
    from fewshot_gui.core.allocator import reuse_freed_memory
    from fewshot_gui.core.ending import end_process
    from fewshot_gui.core.log_file import log_to_file, log_to_terminal

    log_to_terminal()
    log_to_file()
    reuse_freed_memory()
    end_process(run())


if __name__ == "__main__":
    main()
