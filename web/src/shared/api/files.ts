/** Files as they are sent and fetched: with progress, and so that they can be given up. */
import { ApiError, problemOf } from "./client";

export interface Sending {
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
  /** Beside those of the file. */
  headers: Readonly<Record<string, string>>;
}

/** The server's answer, as JSON. Throws ApiError, or AbortError when `signal` aborts. */
export function sendFile<Reply>(url: string, file: File, sending: Sending): Promise<Reply> {
  const { onProgress, signal, headers } = sending;
  return new Promise((resolve, reject) => {
    // fetch does not tell how far it is.
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", url);
    request.responseType = "json";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader(
      "Content-Disposition",
      `attachment; filename*=UTF-8''${percent(file.name)}`,
    );
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 200 && request.response !== null) resolve(request.response as Reply);
      else reject(new ApiError(request.status, `http_${request.status}`, request.response));
    };
    request.onerror = () => reject(new ApiError(0, "network"));
    request.onabort = () => reject(new DOMException("given up", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) {
      reject(new DOMException("given up", "AbortError"));
      return;
    }
    signal.addEventListener("abort", abort);
    request.send(file);
  });
}

/** All of it. Throws ApiError. */
export async function fetchFile(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Blob> {
  try {
    const response = await fetch(url, { headers, credentials: "same-origin" });
    if (!response.ok) throw await problemOf(response);
    return await response.blob();
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, "network");
  }
}

/** The browser saves it under that name. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** UTF-8 in percent signs (RFC 8187); half of a surrogate pair is none. */
function percent(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\u{FFFD}")).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
