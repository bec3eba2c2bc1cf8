import assert from "node:assert/strict";
import { test } from "node:test";
import { formOf, ruleOf } from "./ruleform";

const RULE = { hour_s: 2_700, presence_percent: 90, checks_needed: 2, checks_of: 3, gaps: "excused", unproved: "kept", day_hours_milli: 8_000, year_hours_milli: 0, year_target_milli: 32_500 } as const;

test("a form has minutes and hours, and gives the same rule back", () => {
  const form = formOf(RULE);
  assert.deepEqual([form.hour_s, form.day_hours_milli, form.year_target_milli], ["45", "8", "32.5"]);
  assert.deepEqual(ruleOf(form), RULE);
});

test("what is no number is named", () => {
  assert.equal(ruleOf({ ...formOf(RULE), presence_percent: "" }), "presence_percent");
  assert.equal(ruleOf({ ...formOf(RULE), year_target_milli: "-1" }), "year_target_milli");
});
