"""The program: `creditdsl` and `python -m creditdsl`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    from creditdsl.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
