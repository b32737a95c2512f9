"""What processes take, as Linux tells it.

memory(pid)             # bytes of a process and all that it started
"""

import subprocess


def memory(pid: int) -> int:
    """Bytes of a process and all that it started, what they share counted once (proportional set size)."""
    return sum(_own(number) for number in family(pid))


def family(pid: int) -> list[int]:
    """The process, and all that it started and that they started."""
    table = subprocess.run(["/bin/ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in table.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, todo = [], [pid]
    while todo:
        number = todo.pop()
        found.append(number)
        todo += children.get(number, [])
    return found


def _own(number: int) -> int:
    try:
        with open(f"/proc/{number}/smaps_rollup") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024
    except OSError:  # it has ended meanwhile
        return 0
