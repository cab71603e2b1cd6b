"""``python -m samtaler_kg`` is the command ``samtaler``."""

from samtaler_kg.cli import main

if __name__ == "__main__":
    main()
