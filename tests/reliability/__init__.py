"""Nothing lost, nothing twice: processes that are killed, connections that are cut, disks that fill up.

Real processes issue from a real store, SQLite and PostgreSQL. What is left is accounted for in `accounts`, from the
tables alone. `python -m tests.reliability` (`make kills`) kills for as long as one likes, at random.
"""
