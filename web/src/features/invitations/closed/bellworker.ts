/**
 * The service worker that rings while no page is open. What is pushed has no content: the words are
 * in its own address, put there by the page, in the reader's language (`bell.ts`).
 */

/** As far as it is used: TypeScript knows either pages or workers. */
interface Scope {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(
    kind: "install" | "push" | "notificationclick",
    listener: (event: Happening) => void,
  ): void;
}

interface Page {
  focus(): Promise<unknown>;
}

interface Happening {
  readonly notification: Notification;
  waitUntil(until: Promise<unknown>): void;
}

const scope = globalThis as unknown as Scope;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("push", (event) => event.waitUntil(ring()));
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(answer());
});

/**
 * Beside a page that is looked at as well: nobody may be signed in there, and Safari takes the
 * permission back from whoever shows nothing. Where it is answered, the page closes it.
 */
async function ring(): Promise<void> {
  const words = new URL(scope.location.href).searchParams;
  await scope.registration.showNotification(words.get("title") ?? "", {
    body: words.get("text") ?? "",
    icon: "/icon-192.png",
    tag: "call",
    requireInteraction: true,
  });
}

async function answer(): Promise<void> {
  const [page] = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  await (page ? page.focus() : scope.clients.openWindow("/"));
}
