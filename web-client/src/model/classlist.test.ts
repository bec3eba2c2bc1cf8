import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClassState } from "../protocol/classes";
import { byWhen, MANY_SITES, nextToEnter, ofToday, waitsForAnswer, whenOf } from "./classlist";

const HOUR = 3_600_000;
const NOW = new Date(2026, 10, 21, 12, 0).getTime();
const row = (start_h: number, state: ClassState = "planned", role: string | null = "guest", end_h = start_h + 1) =>
  ({ start_ms: NOW + start_h * HOUR, end_ms: NOW + end_h * HOUR, state, role });

test("a class is on from its lobby to its close, whatever the plan says", () => {
  assert.equal(whenOf(row(0.5), NOW), "now");
  assert.equal(whenOf(row(-3, "open"), NOW), "now");
  assert.equal(whenOf(row(-3, "paused"), NOW), "now");
  assert.equal(whenOf(row(2), NOW), "soon");
  assert.equal(whenOf(row(24), NOW), "soon");
  assert.equal(whenOf(row(24.1), NOW), "later");
  assert.equal(whenOf(row(-1), NOW), "over");
  assert.equal(whenOf(row(5, "cancelled"), NOW), "over");
  assert.equal(whenOf(row(-1, "closed"), NOW), "over");
});

test("what comes next is first, what is over has its latest first", () => {
  const rows = [row(3), row(1), row(-9), row(-5)];
  const groups = byWhen(rows, NOW);
  assert.deepEqual(groups.get("soon"), [rows[1], rows[0]]);
  assert.deepEqual(groups.get("over"), [rows[3], rows[2]]);
  assert.deepEqual(groups.get("now"), []);
});

test("today has what is on since yesterday, and nothing that was cancelled or is tomorrow", () => {
  const rows = [row(-20, "open"), row(-2, "closed"), row(2), row(3, "cancelled"), row(13), row(-40, "closed")];
  assert.deepEqual(ofToday(rows, NOW), [rows[0], rows[2], rows[1]]);
});

test("the large button is for the first that one may enter", () => {
  const rows = [row(-20, "open", null), row(2), row(3)];
  assert.equal(nextToEnter(rows, NOW), rows[1]);
  assert.equal(nextToEnter([row(-2, "closed")], NOW), undefined);
});

test("a site is reminded until it has said yes or no; who is over many is not", () => {
  const of = (...answers: readonly ("" | "seen" | "accepted" | "declined")[]) => ({ state: "planned" as const, own_sites: answers.map((answer, site) => ({ site, name: "", answer })) });
  assert.equal(waitsForAnswer(of("")), true);
  assert.equal(waitsForAnswer(of("accepted", "seen")), true);
  assert.equal(waitsForAnswer(of("accepted", "declined")), false);
  assert.equal(waitsForAnswer({ ...of(""), state: "cancelled" }), false);
  assert.equal(waitsForAnswer(of(...Array.from({ length: MANY_SITES }, () => "" as const))), false);
});
