/** Whether this browser rings while its page is closed (Web Push), and how that begins and ends. */

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
  await subscribe(key);
}

/** Whether it rings; what has been hung before is told to the server again. */
export async function isHung(key: string): Promise<boolean> {
  if ((await subscription()) === null) return false;
  await subscribe(key);
  return true;
}

async function subscribe(key: string): Promise<void> {
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
  await identity.ringAt(endpoint);
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
  await identity.ringNoMoreAt(hung.endpoint);
  await hung.unsubscribe();
}

/** What rang is seen now. */
export async function silence(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  for (const each of (await registration?.getNotifications({ tag: "call" })) ?? []) each.close();
}
