"""Programs that measure and print a table. None is a test, and none talks to anything but this machine."""
