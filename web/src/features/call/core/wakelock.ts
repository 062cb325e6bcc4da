/**
 * Keeps the screen on during a call. Browsers drop the lock with the page's visibility, so it is
 * taken again.
 */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let released = false;
  const take = async () => {
    if (released || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (released) await lock.release();
    } catch {
      // Low battery or a browser setting forbids it: the call goes on without.
    }
  };
  const retake = () => void take();
  document.addEventListener("visibilitychange", retake);
  retake();
  return () => {
    released = true;
    document.removeEventListener("visibilitychange", retake);
    void lock?.release().catch(() => undefined);
  };
}
