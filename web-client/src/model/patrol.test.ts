import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, dwellOf, goTo, left_s, newPatrol, pause, placeOf, progressOf, resume, setDwell, step } from "./patrol";

const STOPS = ["a", "b", "c"];
const begun = () => resume(goTo(newPatrol(10), STOPS, "a", 0), 0);

test("a dwell has bounds, whatever is typed", () => {
  assert.equal(dwellOf(1), 5_000);
  assert.equal(dwellOf(12.4), 12_000);
  assert.equal(dwellOf(600), 60_000);
  assert.equal(dwellOf(Number.NaN), 5_000);
});

test("each stop lasts its dwell, then the next, around the end", () => {
  let p = begun();
  p = advance(p, STOPS, 9_999);
  assert.equal(p.at, "a");
  assert.equal(left_s(p, 9_999), 1);
  p = advance(p, STOPS, 10_000);
  assert.equal(p.at, "b");
  assert.equal(progressOf(p, 15_000), 0.5);
  p = advance(advance(p, STOPS, 20_000), STOPS, 30_000);
  assert.equal(p.at, "a");
});

test("a pause keeps what was spent", () => {
  const p = pause(begun(), 4_000);
  assert.equal(advance(p, STOPS, 60_000), p);
  assert.equal(progressOf(p, 60_000), 0.4);
  const again = resume(p, 60_000);
  assert.equal(advance(again, STOPS, 65_999).at, "a");
  assert.equal(advance(again, STOPS, 66_000).at, "b");
});

test("after a sleep of the page it goes one stop on, not through all that were missed", () => {
  const p = advance(begun(), STOPS, 3_600_000);
  assert.equal(p.at, "b");
  assert.equal(progressOf(p, 3_600_000), 0);
});

test("a stop that goes away is left at once for the one that took its place", () => {
  const p = goTo(begun(), STOPS, "b", 1_000);
  assert.equal(placeOf(p, ["a", "c"]), 1);
  assert.equal(advance(p, ["a", "c"], 1_001).at, "c");
  assert.equal(advance(goTo(p, STOPS, "c", 1_000), ["a", "b"], 1_001).at, "b");
});

test("by hand both ways, from the beginning of the stop", () => {
  const p = step(begun(), STOPS, -1, 3_000);
  assert.equal(p.at, "c");
  assert.equal(progressOf(p, 3_000), 0);
  assert.equal(step(p, STOPS, 1, 3_000).at, "a");
});

test("without stops it waits, and begins when there are some", () => {
  const p = advance(resume(newPatrol(5), 0), [], 9_000);
  assert.equal(p.at, undefined);
  assert.equal(placeOf(p, []), -1);
  assert.equal(advance(p, STOPS, 9_001).at, "a");
});

test("a shorter dwell holds from now on", () => {
  const p = setDwell(begun(), 5);
  assert.equal(advance(p, STOPS, 5_000).at, "b");
});
