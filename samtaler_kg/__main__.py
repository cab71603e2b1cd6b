"""``python -m samtaler_kg`` is the command ``samtaler``."""


def main() -> None:
    """Run the command line; stopped by its reader, even while it loads, it ends with 130 and without a traceback."""
    try:
        from samtaler_kg.cli import main as command

        command()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
