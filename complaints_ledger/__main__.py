"""`python -m complaints_ledger` is the command `complaints`."""

from complaints_ledger.cli import main

if __name__ == "__main__":
    main()
