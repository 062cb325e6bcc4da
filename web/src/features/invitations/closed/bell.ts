/** Whether this browser rings while its page is closed (Web Push), and how that begins and ends. */

import { ApiError } from "../../../shared/api/client";
import { identity } from "../../../shared/api/identity";
import { t } from "../../../shared/i18n";
import worker from "./bellworker?worker&url";

/** Why it cannot; null: it can. */
export type Inability = "nowhere" | "not_installed" | "blocked";

export function inability(): Inability | null {
  const isApple = /iPhone|iPad/.test(navigator.userAgent);
  if (!isSecureContext || !("serviceWorker" in navigator)) return "nowhere";
  // Safari on a phone has it for pages on the home screen only.
  if (!("PushManager" in window)) return isApple ? "not_installed" : "nowhere";
  return Notification.permission === "denied" ? "blocked" : null;
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Asks for the permission, if nobody has given it yet. Throws what the browser or server says. */
export async function hang(key: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
  await subscribe(key, false);
}

/**
 * Whether it rings for who is signed in; what has been hung before is told to the server again.
 * What somebody else has left hanging here is taken down.
 */
export async function isHung(key: string): Promise<boolean> {
  const hung = await subscription();
  if (hung === null) return false;
  try {
    await subscribe(key, isFor(hung, key));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "unknown_push_subscription")) throw error;
    await (await subscription())?.unsubscribe();
    return false;
  }
}

/** `renewed`: it is the same as before. */
async function subscribe(key: string, renewed: boolean): Promise<void> {
  const words = new URLSearchParams({ title: t("rings.title"), text: t("rings.text") });
  await navigator.serviceWorker.register(`${worker}?${words}`, {
    scope: "/",
    updateViaCache: "none",
  });
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && !isFor(before, key)) await before.unsubscribe();
  const { endpoint } = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  await identity.ringAt(endpoint, renewed);
}

/** Another key: the server was installed anew. */
function isFor({ options }: PushSubscription, key: string): boolean {
  const of = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
  const text = btoa(String.fromCharCode(...of));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

/** It rings no more, such as before somebody signs out. Nothing happens if it did not. */
export async function takeDown(): Promise<void> {
  const hung = await subscription();
  if (hung === null) return;
  await hung.unsubscribe(); // first: then nothing rings, whatever becomes of the request
  await identity.ringNoMoreAt(hung.endpoint);
}

/** What rang is seen now. A browser that does not let it be closed leaves it standing. */
export async function silence(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration("/");
    for (const each of (await registration?.getNotifications({ tag: "call" })) ?? []) each.close();
  } catch {
    // It is swiped away by hand.
  }
}
