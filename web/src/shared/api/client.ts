import type { Problem } from "./schema";

/** Where the server answers, relative to the page. */
const ROOT = "/api/v1/";

/**
 * What went wrong with a request. The message is the server's (RFC 9457), for logs; `words` has the
 * page's.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** Short stable name to program against, such as `unknown_room`, `network` or `bad_reply`. */
  readonly code: string;
  /** Tells apart what has the same code. */
  readonly reason: string | null;
  /** What it concerns, for the words of the pages. */
  readonly parameters: NonNullable<Problem["parameters"]>;

  /** `problem` is the body of the answer, in which anything may be missing or of a wrong type. */
  constructor(status: number, code: string, problem: Partial<Problem> | null = null) {
    super(text(problem?.detail) ?? code);
    this.status = status;
    this.code = text(problem?.code) ?? code;
    this.reason = text(problem?.reason) ?? null;
    this.parameters = typeof problem?.parameters === "object" ? (problem.parameters ?? {}) : {};
  }

  /** Nobody is signed in (any more). */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

/**
 * Tells by a "signedout" event that the server no longer knows who is signed in, and by "ended" that
 * nobody is, whatever the reason.
 */
export const session = new EventTarget();

export type RequestOptions = {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/**
 * Send a request under /api/v1 and read its JSON reply. Throws ApiError, or AbortError when
 * `signal` aborts.
 */
export async function request<Reply>(path: string, options: RequestOptions = {}): Promise<Reply> {
  const response = await reach(path, options);
  // Below auth/ a 401 is the answer to the question, or to a wrong password.
  if (response.status === 401 && !path.startsWith("auth/"))
    session.dispatchEvent(new Event("signedout"));
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Reply;
  try {
    return (await response.json()) as Reply;
  } catch {
    throw new ApiError(response.status, "bad_reply");
  }
}

/** The same, by the verb. */
export const post = <Reply>(path: string, body?: unknown) =>
  request<Reply>(path, { method: "POST", body });
export const put = <Reply>(path: string, body: unknown = {}) =>
  request<Reply>(path, { method: "PUT", body });
export const remove = <Reply>(path: string) => request<Reply>(path, { method: "DELETE" });

async function reach(path: string, { method = "GET", body, headers, signal }: RequestOptions) {
  const takesBody = method === "POST" || method === "PUT" || body !== undefined;
  try {
    return await fetch(ROOT + path, {
      method,
      headers: {
        Accept: "application/json",
        // The server takes unsafe methods as JSON only: no form of another site can send that.
        ...(takesBody ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
      credentials: "same-origin",
      ...(takesBody ? { body: JSON.stringify(body ?? {}) } : {}),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "network");
  }
}

/**
 * Why the server refuses what a browser loads by itself, such as a video, and cannot tell; null: it
 * does not refuse it. Nothing of it is read: that would be one more entry of a log.
 */
export async function refusalOf(url: string): Promise<ApiError | null> {
  try {
    const head = await fetch(url, { method: "HEAD", credentials: "same-origin" });
    if (head.ok) return null;
    const whole = await fetch(url, { credentials: "same-origin" });
    return whole.ok ? null : await problemOf(whole);
  } catch {
    return new ApiError(0, "network");
  }
}

/** The error of a refused request; a proxy's HTML page or an empty body still gives one. */
export async function problemOf(response: Response): Promise<ApiError> {
  const problem = await response
    .json()
    .then((body) => (typeof body === "object" ? (body as Partial<Problem> | null) : null))
    .catch(() => null);
  return new ApiError(response.status, `http_${response.status}`, problem);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
