import assert from "node:assert/strict";
import { test } from "node:test";
import { daysFrom, daysOf, isDay, monthsOf, periodOf, troubleOf } from "./reportperiod";

const NOW = new Date(2026, 10, 26, 10).getTime();
const FEBRUARY = new Date(2028, 1, 3).getTime();

test("months, quarters and years go from their first day to their last", () => {
  assert.deepEqual(daysOf("month", NOW), { from: "2026-11-01", to: "2026-11-30" });
  assert.deepEqual(daysOf("quarter", NOW), { from: "2026-10-01", to: "2026-12-31" });
  assert.deepEqual(daysOf("last_quarter", FEBRUARY), { from: "2027-10-01", to: "2027-12-31" });
  assert.deepEqual(daysOf("last_month", new Date(2026, 0, 5).getTime()), { from: "2025-12-01", to: "2025-12-31" });
  assert.deepEqual(daysOf("month", FEBRUARY), { from: "2028-02-01", to: "2028-02-29" });
  assert.deepEqual(daysOf("last_year", NOW), { from: "2025-01-01", to: "2025-12-31" });
});

test("days that are a period bear its name", () => {
  assert.equal(periodOf({ from: "2026-01-01", to: "2026-12-31" }, NOW), "year");
  assert.equal(periodOf({ from: "2026-01-01", to: "2026-12-30" }, NOW), undefined);
});

test("what is no span of days is told", () => {
  assert.equal(troubleOf({ from: "2026-01-01", to: "2026-01-01" }), undefined);
  assert.equal(troubleOf({ from: "2026-01-02", to: "2026-01-01" }), "turned");
  assert.equal(troubleOf({ from: "", to: "2026-01-01" }), "missing");
  assert.equal(troubleOf({ from: "2026-02-30", to: "2026-03-01" }), "missing");
  assert.equal(troubleOf({ from: "2024-01-01", to: "2026-12-31" }), undefined);
  assert.equal(troubleOf({ from: "2024-01-01", to: "2027-01-01" }), "long");
  assert.equal(isDay("2026-2-3"), false);
});

test("an address without days, or with wrong ones, is this year's", () => {
  assert.deepEqual(daysFrom(new URLSearchParams("from=2026-03-01&to=2026-03-31"), NOW), { from: "2026-03-01", to: "2026-03-31" });
  assert.deepEqual(daysFrom(new URLSearchParams("from=x"), NOW), { from: "2026-01-01", to: "2026-12-31" });
});

test("a chart has every month of the days", () => {
  assert.deepEqual(monthsOf({ from: "2025-11-15", to: "2026-02-01" }), ["2025-11", "2025-12", "2026-01", "2026-02"]);
  assert.deepEqual(monthsOf({ from: "2026-11-01", to: "2026-11-30" }), ["2026-11"]);
});
