import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, dayText, isToCome, sinceOf } from "./since";

const noon = new Date(2026, 10, 26, 12).getTime();

test("today and no day are now; other days begin with their first millisecond", () => {
  assert.equal(sinceOf("", noon), undefined);
  assert.equal(sinceOf("2026-11-26", noon), undefined);
  assert.equal(sinceOf("2026-11-01", noon), new Date(2026, 10, 1).getTime());
  assert.equal(dayOf("2026-13"), undefined);
  assert.equal(dayText("2026-11-01", "zh-CN"), "2026年11月1日");
});

test("a day to come is known", () => {
  assert.equal(isToCome("2026-11-27", noon), true);
  assert.equal(isToCome("2026-11-25", noon), false);
  assert.equal(isToCome("", noon), false);
});
