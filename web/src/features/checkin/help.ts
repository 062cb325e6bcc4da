/** What to do about a device that cannot be used, in this browser. Pure. */

import type { MessageKey } from "../../shared/i18n";
import type { CallErrorCode } from "../call";
import type { Surroundings } from "./browser";

export function helpFor(code: CallErrorCode, { browser, machine }: Surroundings): MessageKey {
  const phone = machine !== "desktop";
  switch (code) {
    case "permission_denied":
      return deniedHelp({ browser, machine });
    case "permission_denied_by_system":
      return `checkin.help.system.${machine}`;
    case "permission_denied_by_policy":
      return "checkin.help.policy";
    case "insecure_context":
      return "checkin.help.insecure";
    case "blur_failed":
      return "checkin.help.blur";
    case "unsupported":
      return "checkin.help.unsupported";
    case "no_device":
    case "device_lost":
      return phone ? "checkin.help.missing.phone" : "checkin.help.missing.desktop";
    default:
      if (phone) return "checkin.help.busy.phone";
      return browser === "firefox" ? "checkin.help.busy.firefox" : "checkin.help.busy.desktop";
  }
}

/** On an iPhone each browser but Safari is an app, whose permissions are those of the system. */
function deniedHelp({ browser, machine }: Surroundings): MessageKey {
  if (machine === "desktop") return `checkin.help.denied.${browser}`;
  if (machine === "ios")
    return browser === "safari" ? "checkin.help.denied.iosSafari" : "checkin.help.denied.iosApp";
  return browser === "firefox"
    ? "checkin.help.denied.androidFirefox"
    : "checkin.help.denied.androidChrome";
}
