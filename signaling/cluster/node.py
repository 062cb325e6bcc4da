"""Which server this is: its place in its folder,
and what keeps other servers out of what is not shared.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from signaling.config import Config
from storage.cluster.instance import NodeLock, hold_database, hold_folder, is_alone


@contextmanager
def held(config: Config) -> Iterator[str]:
    """The id of this node, which nobody else is meanwhile; its next start finds it again.

    Raises AlreadyRunning where only one server may be, StorageError if folder or database cannot be
    used.
    """
    with ExitStack() as closing:
        folder = config.storage.data_path
        closing.callback(hold_folder(folder, shared=not is_alone(config.database_url)).close)
        if (file := hold_database(config.database_url)) is not None:
            closing.callback(file.close)
        node = NodeLock.take(folder)
        closing.callback(node.close)
        yield node.node_id
