"""`python -m app` is `rapport`."""

from app.cli.main import main

if __name__ == "__main__":
    main()
