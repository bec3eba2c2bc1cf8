import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClassSite, SiteAnswer } from "../protocol/classes";
import { sitesFound, siteTotals } from "./classsites";

const site = (name: string, above_name: string, answer: SiteAnswer = ""): ClassSite =>
  ({ site: 1, name, above_name, answer, why: "", expected: 0, arrived: 0, on_leave: 0, here: 0, unproved: 0 });
const SITES = [site("东郊村党支部", "青河镇", "accepted"), site("南桥村党支部", "青河镇", "seen"), site("东山党支部", "石门乡", "declined"), site("Old Town", "石门乡")];

test("a site is found by its name and the one above, every word of them", () => {
  assert.deepEqual(sitesFound(SITES, "东").map((s) => s.name), ["东郊村党支部", "东山党支部"]);
  assert.deepEqual(sitesFound(SITES, "青河 东").map((s) => s.name), ["东郊村党支部"]);
  assert.deepEqual(sitesFound(SITES, "old").map((s) => s.name), ["Old Town"]);
  assert.equal(sitesFound(SITES, "  "), SITES);
});

test("who has only seen it has not answered", () => {
  assert.deepEqual(siteTotals(SITES), { accepted: 1, declined: 1, open: 2 });
});
