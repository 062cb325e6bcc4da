/** Whether this document has shown another page than the one that it was opened with. */
const opened = location.pathname;
let moved = false;

// The first two are the router's: a page is not told of what it writes into the history itself.
for (const type of ["pushState", "replaceState", "popstate"]) {
  addEventListener(type, () => {
    moved ||= location.pathname !== opened;
  });
}

export function hasMoved(): boolean {
  return moved;
}
