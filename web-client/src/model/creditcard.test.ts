import assert from "node:assert/strict";
import { test } from "node:test";
import { appealOf, dayOf, exactHours, hoursText, mayAppeal, monthsOf, parseHours, partOf, standsOf, stateOf, subjectsOf, yearHours } from "./creditcard";

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

test("hours in a form keep all their decimals, and what are none is not taken", () => {
  assert.deepEqual([2, 1_500, 4_000].map(exactHours), ["0.002", "1.5", "4"]);
  assert.deepEqual(["0.002", " 1.5 ", "4", "", "-1", "1.2345", "x"].map(parseHours), [2, 1_500, 4_000, undefined, undefined, undefined, undefined]);
});

test("a class has one open appeal, and three in all", () => {
  const appeal = (number: number, of_class: number, granted?: number) => ({ appeal: number, class: of_class, written_us: number, by_other: 0, ...(granted === undefined ? {} : { granted, decided_us: 1 }) });
  const list = [appeal(5, 7), appeal(4, 7, 0), appeal(3, 8, 1), appeal(2, 9, 0), appeal(1, 9, 0), appeal(0, 9, 1)];
  assert.equal(appealOf(list, 7)?.appeal, 5);
  assert.deepEqual(list.slice(0, 3).map(stateOf), ["waiting", "refused", "granted"]);
  assert.deepEqual([6, 7, 8, 9].map((of_class) => mayAppeal(list, of_class)), [true, false, true, false]);
});

test("what a class counts is the sum of its postings", () => {
  const entry = (number: number, of_class: number, milli_hours: number) => ({ entry: number, class: of_class, day: "2026-11-26", posted_us: 0, milli_hours, reason: "credited" as const });
  assert.equal(standsOf([entry(1, 7, 1_000), entry(2, 7, -1_000), entry(3, 7, 2_000), entry(4, 8, 500)], 7), 2_000);
});

test("a ring is never more than full, and months add up what was posted and taken back", () => {
  assert.deepEqual([partOf(8_000, 32_000), partOf(40_000, 32_000), partOf(-1, 32_000), partOf(5, 0)], [0.25, 1, 0, 0]);
  const entry = (day: string, milli_hours: number) => ({ entry: 1, class: 1, day, posted_us: 0, milli_hours, reason: "credited" as const });
  assert.deepEqual(monthsOf([entry("2026-01-05", 1_000), entry("2026-11-26", 2_000), entry("2026-11-26", -500), entry("x", 9)]).filter((milli) => milli !== 0), [1_000, 1_500]);
});
