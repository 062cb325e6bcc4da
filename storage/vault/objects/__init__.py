"""Sealed parts as objects: files in a folder, or in a bucket that speaks S3."""

from storage.vault.objects.interface import ObjectStore, StoredObject
from storage.vault.objects.local import LocalFile, LocalFolder

__all__ = ["LocalFile", "LocalFolder", "ObjectStore", "StoredObject"]
