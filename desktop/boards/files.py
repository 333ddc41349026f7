"""Files of cards: they lie where all attached files do (store/files.py)."""

from ecofolio.store.files import MOST_BYTES, Kept, folder_of, is_whole, keep, path_of

__all__ = ["MOST_BYTES", "Kept", "folder_of", "is_whole", "keep", "path_of"]
