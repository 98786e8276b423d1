"""Every error that policyqa raises on purpose.

PolicyQAError                    one clear line for the user; exit status 1
├── InputError                   a question, draft, filter or option that cannot be used
├── LoadError                    a file that cannot be read as a document
├── ModelError                   an encoder that is missing, damaged or of another shape
└── IndexFolderError             an index folder that cannot be used
    ├── IndexMissing             nothing has been built there yet
    ├── IndexBusy                another process is building it
    ├── IndexDamaged             its content does not match its checksums
    └── ModelMismatch            it was built with another encoder
"""

from __future__ import annotations


class PolicyQAError(Exception):
    """Base of all errors of this package; its text is meant for the user."""


class InputError(PolicyQAError):
    """A question, draft, filter or option cannot be used as given."""


class LoadError(PolicyQAError):
    """A file cannot be read as a document."""


class ModelError(PolicyQAError):
    """An encoder is missing, damaged, or does not have the described shape."""


class IndexFolderError(PolicyQAError):
    """An index folder cannot be used."""


class IndexMissing(IndexFolderError):
    """The folder holds no index."""


class IndexBusy(IndexFolderError):
    """Another process is building the index."""


class IndexDamaged(IndexFolderError):
    """The stored content does not match its checksums or references."""


class ModelMismatch(IndexFolderError):
    """The index was built with another encoder than the one asked for."""
