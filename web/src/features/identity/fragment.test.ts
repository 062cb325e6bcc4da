import { expect, test } from "vitest";
import { tokenOf } from "./fragment";

test("the token is taken out, the rest of the fragment stays", () => {
  expect(tokenOf("#token=a.b-c_d.e")).toEqual({ token: "a.b-c_d.e", rest: "" });
  expect(tokenOf("#from=app&token=t")).toEqual({ token: "t", rest: "#from=app" });
});

test("no token, nothing taken", () => {
  expect(tokenOf("")).toEqual({ token: null, rest: "" });
});
