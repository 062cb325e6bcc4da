/** The chat of one call on the server: by the session's cookie, or a platform's own token. */
import { ApiError, problemOf } from "../../shared/api/client";
import { fetchFile, sendFile } from "../../shared/api/files";
import type { ChatEntry, ChatHistory, SentFile } from "../../shared/api/schema";
import type { TokenSource } from "../../shared/api/signaling/client";

export interface FileSending {
  clientId: string;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

export interface ChatStore {
  history(after: number): Promise<ChatHistory>;
  /** Of the same `clientId` it is the same message. */
  send(file: File, sending: FileSending): Promise<ChatEntry>;
  fetch(fileId: string): Promise<Blob>;
}

/** Who asks for it, and where. */
export interface Asking {
  token?: TokenSource | undefined;
  baseUrl?: string | undefined;
}

export function storeOf(roomId: string, { token, baseUrl = "" }: Asking = {}): ChatStore {
  const origin = baseUrl.replace(/^ws/, "http").replace(/\/+$/, "");
  const chat = `${origin}/api/v1/telemedicine/calls/${encodeURIComponent(roomId)}/chat`;
  const asked = async (): Promise<Record<string, string>> =>
    token === undefined ? {} : { Authorization: `Bearer ${await token()}` };
  return {
    history: async (after) => await json(`${chat}?after=${after}`, await asked()),
    send: async (file, { clientId, onProgress, signal }) => {
      const url = `${chat}/files?client_id=${encodeURIComponent(clientId)}`;
      const headers = { Accept: "application/json", ...(await asked()) };
      return (await sendFile<SentFile>(url, file, { onProgress, signal, headers })).message;
    },
    fetch: async (fileId) =>
      await fetchFile(`${chat}/files/${encodeURIComponent(fileId)}`, await asked()),
  };
}

async function json(url: string, headers: Record<string, string>): Promise<ChatHistory> {
  let response: Response;
  try {
    response = await fetch(url, { headers, credentials: "same-origin" });
  } catch {
    throw new ApiError(0, "network");
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ChatHistory;
}
