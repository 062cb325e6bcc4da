/**
 * What is kept with an entry of the browser's history: Back brings it back. Not in the address,
 * which goes to the server and its logs with a name in it. Names are unique within a page.
 */

type Kept = Readonly<Record<string, unknown>>;

export function kept<Value>(name: string): Value | undefined {
  return all()[name] as Value | undefined;
}

export function keep(name: string, value: unknown): void {
  try {
    history.replaceState(
      { ...(history.state as object | null), kept: { ...all(), [name]: value } },
      "",
    );
  } catch {
    // Safari allows a hundred changes in half a minute: what came faster is not kept.
  }
}

function all(): Kept {
  return (history.state as { kept?: Kept } | null)?.kept ?? {};
}
