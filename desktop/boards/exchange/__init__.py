"""Boards in and out: foreign lists, logs and exports; Ecofolio's own form; workbooks."""
