import { afterEach, expect, test, vi } from "vitest";
import { ApiError, problemOf, request, session } from "./client";
import { refusalWords, words } from "./refusals";

afterEach(() => vi.unstubAllGlobals());

const problem = {
  title: "Unknown room",
  status: 404,
  detail: "There is no such call.",
  code: "unknown_room",
};

function answer(response: Response | Error) {
  const fetch = vi.fn((_path: string, _init: RequestInit) =>
    response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
  );
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const failure = (path = "x") => request(path).catch((error: unknown) => error as ApiError);

test("a reply is read as JSON", async () => {
  answer(Response.json({ calls: [] }));
  expect(await request("telemedicine/calls")).toEqual({ calls: [] });
});

test("a POST is JSON even without a body, and carries the cookie of this site", async () => {
  const fetch = answer(new Response(null, { status: 204 }));
  expect(await request("auth/logout", { method: "POST" })).toBeUndefined();
  const [path, init] = fetch.mock.calls[0] ?? [];
  expect(path).toBe("/api/v1/auth/logout");
  expect(init).toMatchObject({ method: "POST", body: "{}", credentials: "same-origin" });
  expect(init?.headers).toMatchObject({ "Content-Type": "application/json" });
});

test("problem details become an error with the page's own words", async () => {
  answer(Response.json(problem, { status: 404 }));
  const error = await failure();
  expect(error).toMatchObject({
    status: 404,
    code: "unknown_room",
    message: "There is no such call.",
  });
  expect(words(error)).toBe("There is no such call, or it is not yours.");
});

test("a proxy's page instead of problem details still gives an error in words", async () => {
  const error = await problemOf(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  expect(error).toMatchObject({ status: 502, code: "http_502" });
  expect(words(error)).toMatch(/cannot be reached/);
});

test("problem details of wrong types are left out", async () => {
  const error = await problemOf(
    Response.json(
      { title: 7, detail: ["x"], code: null, reason: 3, parameters: null },
      { status: 500 },
    ),
  );
  expect(error).toMatchObject({ code: "http_500", reason: null, parameters: {} });
  expect(words(error)).toBe("Something went wrong.");
});

test("no answer at all is a network error", async () => {
  answer(new TypeError("Failed to fetch"));
  const error = await failure();
  expect(error).toMatchObject({ status: 0, code: "network" });
  expect(words(error)).toMatch(/cannot be reached/);
});

test("a cancelled request stays an AbortError", async () => {
  answer(new DOMException("", "AbortError"));
  expect(await failure()).toMatchObject({ name: "AbortError" });
});

test("a reply that is no JSON is told as such", async () => {
  answer(new Response("<html>"));
  expect(await failure()).toMatchObject({ status: 200, code: "bad_reply" });
});

test("a session that has ended is told to the page, a wrong password is not", async () => {
  const told = vi.fn();
  session.addEventListener("signedout", told);
  answer(Response.json(problem, { status: 401 }));
  await failure("auth/login");
  expect(told).not.toHaveBeenCalled();
  await failure("telemedicine/calls");
  expect(told).toHaveBeenCalledOnce();
  session.removeEventListener("signedout", told);
});

test("401 means that nobody is signed in", () => {
  expect(new ApiError(401, "x").signedOut).toBe(true);
  expect(new ApiError(403, "x").signedOut).toBe(false);
});

test("parameters find their place in the page's words", () => {
  const waiting = { code: "too_many_attempts", parameters: { seconds: 1 } };
  expect(refusalWords(waiting)).toBe("Too many attempts. Try again in 1 second.");
  const alert = {
    code: "too_many_requests",
    reason: "emergency",
    parameters: { seconds: 9, phone: "112" },
  };
  expect(refusalWords(alert)).toBe(
    "Your alert was raised and stands. If you are in danger, call 112.",
  );
});

test("an error of a later version still gets a sentence", () => {
  expect(refusalWords({ code: "sunspots" })).toBe("Something went wrong.");
  expect(refusalWords({ code: "constructor" })).toBe("Something went wrong.");
  expect(words(new ApiError(404, "sunspots"))).toBe("This no longer exists, or you cannot see it.");
});
