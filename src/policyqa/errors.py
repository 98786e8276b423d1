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

import errno


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


_CAUSES = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在",
    errno.ENOTDIR: "文件不存在",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ELOOP: "符号链接循环",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: "网络磁盘已断开",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "磁盘只读",
    errno.EMFILE: "打开的文件过多",
    errno.EADDRINUSE: "端口已被占用",
    errno.ENOMEM: "内存不足",
}


def cause(error: OSError) -> str:
    """Why the system refused, in Chinese; in its own words where it seldom refuses so."""
    return _CAUSES.get(error.errno or 0) or error.strerror or str(error)
