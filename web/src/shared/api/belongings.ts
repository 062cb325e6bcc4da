/**
 * What this tab keeps for whoever is signed in: a reload finds it again, another tab does not, and
 * the next user of the same computer never. Where the browser keeps nothing, there is nothing.
 */

const PREFIX = "carelay.of.";

let owner: string | null = null;

export interface Belonging {
  get(): string | null;
  /** Nothing happens once somebody else is signed in, or nobody: what comes late is not kept. */
  put(text: string): void;
  remove(): void;
}

/** One text of that user. */
export function belonging(userId: string, name: string): Belonging {
  const key = `${PREFIX}${userId}.${name}`;
  return {
    get: () => safely(() => sessionStorage.getItem(key)),
    put: (text) => {
      if (owner === userId) safely(() => sessionStorage.setItem(key, text));
    },
    remove: () => safely(() => sessionStorage.removeItem(key)),
  };
}

/** That user is signed in: what others have left is dropped. */
export function keepFor(userId: string): void {
  owner = userId;
  drop((key) => !key.startsWith(`${PREFIX}${userId}.`));
}

/** Nobody is signed in; what there is stays only for somebody whose session ended unasked. */
export function keepForNobody(why: "expired" | "other"): void {
  owner = null;
  if (why === "other") drop(() => true);
}

function drop(isMeant: (key: string) => boolean): void {
  safely(() => {
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith(PREFIX) && isMeant(key)) sessionStorage.removeItem(key);
  });
}

function safely<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}
