"""A recording that was taken away, as one file that proves itself: docs/audit.md tells how."""

from storage.bundle.files import Archive, BundleFiles, Folder, opened

__all__ = ["Archive", "BundleFiles", "Folder", "opened"]
