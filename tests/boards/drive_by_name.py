"""Drives the window as a screen reader's user does: by names, roles and states, without pixels.

Run by the machine's own Python, which has the bindings of AT-SPI, in a session of its own:
`drive_by_name.py COMMAND…` starts the program and prints, line by line, what it is told.
"""

import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = 40  # seconds
KEYS = {"space": 0x20, "l": 0x6C, "z": 0x7A, "return": 0xFF0D}


def main():
    """Go to the boards, take a card by its name to another column by keys, and undo that."""
    environ = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    program = subprocess.Popen(sys.argv[1:], env=environ)
    try:
        wait(lambda: find("Boards", "menu item"))
        # a menu's entry does nothing until the programme is open
        wait(lambda: find("Build", "list item") or do(find("Boards", "menu item")))
        tell(wait(lambda: said("Build", "Backlog")))
        Atspi.Component.grab_focus(find("Cards", "list"))
        do(find("Build", "list item"))
        wait(lambda: is_selected("Build"))
        press("space", "l", "l", "return")
        tell(wait(lambda: said("Build", "In progress")))
        tell(is_selected("Build"))
        tell(wait(lambda: find("In progress, Active, 2/6", "filler", begins=True)).get_name())
        press("z")
        tell(wait(lambda: said("Build", "Backlog")))
    finally:
        program.terminate()
        program.wait(10)


def tell(found):
    """Print what was told, apart from what the session's own services print."""
    print("told:", found, flush=True)


def wait(look):
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            found = look()
        except GLib.Error:  # it went while one looked at it
            found = None
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"{look.__code__.co_firstlineno}: what was to be found by name did not turn up.")


def everything(node):
    """A node and all that is below it."""
    yield node
    for n in range(node.get_child_count()):
        child = node.get_child_at_index(n)
        if child is not None:
            yield from everything(child)


def find(name, role, *, begins=False):
    """What has a name, or one that begins so, and a role, in any program of this session."""
    for node in everything(Atspi.get_desktop(0)):
        own = node.get_name()
        if (own == name or (begins and own.startswith(name))) and node.get_role_name() == role:
            return node
    return None


def said(name, beginning):
    """What is told of a card beside its name, where that begins so."""
    card = find(name, "list item")
    told = card.get_description() if card is not None else ""
    return told if told.startswith(beginning) else None


def is_selected(name):
    """Whether a card is told to be selected."""
    return find(name, "list item").get_state_set().contains(Atspi.StateType.SELECTED)


def do(node):
    """Do what a node is there for: a menu's entry is pressed, a card is selected."""
    Atspi.Action.do_action(node, 0)


def press(*names):
    """Press keys where the keyboard is."""
    for name in names:
        Atspi.generate_keyboard_event(KEYS[name], None, Atspi.KeySynthType.SYM)


if __name__ == "__main__":
    main()
