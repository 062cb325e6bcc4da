import { expect, test } from "vitest";
import { History } from "./history";
import { MOST_LINES, scopeOf } from "./scope";
import { statistics, track } from "./statistics.fixture";

const tracks = (count: number) => Array.from({ length: count }, () => track("up", "camera", 1));

function busy(...rooms: [label: string, tracks: number][]): History {
  const history = new History();
  rooms.forEach(([label, count], at) => {
    history.add(statistics(at + 1, tracks(count), label));
  });
  return history;
}

test("all rooms are shown while their lines can be told apart", () => {
  const scope = scopeOf(busy(["a", 4], ["b", 4]), 0, undefined);
  expect([scope.all, scope.room, scope.traces.length]).toEqual([true, undefined, 8]);
});

test("with more lines than that the newest room is shown", () => {
  const scope = scopeOf(busy(["a", MOST_LINES], ["b", 2]), 0, undefined);
  expect([scope.all, scope.room, scope.traces.length, scope.rooms]).toEqual([
    false,
    "b",
    2,
    ["b", "a"],
  ]);
});

test("the room asked for is shown until nothing of it is left", () => {
  const history = busy(["a", 4], ["b", 4]);
  expect(scopeOf(history, 0, "a").traces.map(({ room }) => room)).toEqual(["a", "a", "a", "a"]);
  expect(scopeOf(history, 2, "a").room).toBeUndefined();
});
