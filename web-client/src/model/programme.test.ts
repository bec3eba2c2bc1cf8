import assert from "node:assert/strict";
import { test } from "node:test";
import { classClock, longClock, programmeAt } from "./programme";

const PLAN = { start_ms: 1_000_000, end_ms: 1_000_000 + 90 * 60_000 };

test("before the start the clock counts down to it", () => {
  assert.deepEqual(classClock({ ...PLAN, state: "planned", taught_s: 0 }, 0, 940_000), { kind: "before", to_start_ms: 60_000 });
  assert.deepEqual(classClock({ ...PLAN, state: "planned", taught_s: 0 }, 0, 1_060_000), { kind: "before", to_start_ms: -60_000 });
});

test("under way it goes on from what the server told, and a break stops it", () => {
  assert.deepEqual(classClock({ ...PLAN, state: "open", taught_s: 600 }, 5_000, 65_000), { kind: "running", elapsed_ms: 660_000, left_ms: 79 * 60_000 });
  assert.deepEqual(classClock({ ...PLAN, state: "paused", taught_s: 600 }, 5_000, 65_000), { kind: "running", elapsed_ms: 600_000, left_ms: 80 * 60_000 });
  assert.deepEqual(classClock({ ...PLAN, state: "open", taught_s: 91 * 60 }, 0, 0), { kind: "running", elapsed_ms: 91 * 60_000, left_ms: -60_000 });
  assert.deepEqual(classClock({ ...PLAN, state: "closed", taught_s: 60 }, 0, 99_000), { kind: "over", elapsed_ms: 60_000 });
});

test("the programme follows the minutes of its items", () => {
  const agenda = [{ title: "a", minutes: 10 }, { title: "b" }, { title: "c", minutes: 20 }];
  assert.deepEqual(programmeAt(agenda, 0), { now: 0, left_ms: 600_000 });
  assert.deepEqual(programmeAt(agenda, 600_000), { now: 2, left_ms: 1_200_000 });
  assert.deepEqual(programmeAt(agenda, 1_800_000), { left_ms: 0 });
  assert.deepEqual(programmeAt([], 5), { left_ms: 0 });
});

test("long spans have hours", () => {
  assert.equal(longClock(725_000), "12:05");
  assert.equal(longClock(3_725_000), "1:02:05");
  assert.equal(longClock(-61_000), "01:01");
});
