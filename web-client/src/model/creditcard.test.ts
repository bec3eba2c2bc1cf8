import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, hoursText, subjectsOf, yearHours } from "./creditcard";

const sum = (year: number, subject: string, milli_hours: number) => ({ year, subject, kind: "lecture", milli_hours, counted_s: 0 });
const SUMS = [sum(2026, "党课", 2_000), sum(2026, "", 500), sum(2026, "党课", 1_333), sum(2025, "党课", 9_000)];

test("a year adds up over its subjects and kinds", () => {
  assert.equal(yearHours(SUMS, 2026), 3_833);
  assert.equal(yearHours(SUMS, 2024), 0);
  assert.deepEqual(subjectsOf(SUMS, 2026), [{ subject: "党课", milli_hours: 3_333 }, { subject: "", milli_hours: 500 }]);
});

test("hours are never rounded up", () => {
  assert.deepEqual([0, 1_999, 2_000, 1_500, 333].map(hoursText), ["0", "1.99", "2", "1.5", "0.33"]);
});

test("a day is that of the calendar, wherever the page is", () => {
  assert.equal(dayOf("2026-11-26"), new Date(2026, 10, 26).getTime());
});
