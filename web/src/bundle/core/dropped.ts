/** What somebody lets fall on the page: a file, or a folder with all that is in it, by paths. */
export async function dropped(transfer: DataTransfer): Promise<ReadonlyMap<string, Blob>> {
  // Both lists are empty as soon as the event is over.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter(
    (entry) => entry !== null,
  );
  const found = new Map<string, Blob>();
  for (const entry of entries) await gather(entry, "", found);
  return found;
}

async function gather(entry: FileSystemEntry, above: string, found: Map<string, Blob>) {
  const path = above + entry.name;
  if (isFile(entry)) {
    found.set(path, await new Promise<Blob>((given, refused) => entry.file(given, refused)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const some = () =>
    new Promise<FileSystemEntry[]>((given, refused) => reader.readEntries(given, refused));
  // A browser gives a hundred at a time, and none at the end.
  for (let inside = await some(); inside.length > 0; inside = await some())
    for (const each of inside) await gather(each, `${path}/`, found);
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
