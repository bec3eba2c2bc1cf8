import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClassFull } from "../protocol/classes";
import { freshPlan, localText, planAsTyped, planBody, troubleOf } from "./classplan";

const NOW = new Date(2026, 11, 31, 23, 30).getTime();
const plan = { ...freshPlan(NOW), title: " 专题党课 " };

test("a fresh plan is for tomorrow at nine, also over the year's end", () => {
  assert.equal(plan.start, "2027-01-01T09:00");
  const body = planBody(plan, "Asia/Shanghai");
  assert.equal(body.start_ms, new Date(2027, 0, 1, 9).getTime());
  assert.equal(body.end_ms - body.start_ms, 90 * 60_000);
  assert.equal(body.title, "专题党课");
});

test("the first field that is wrong is named", () => {
  assert.equal(troubleOf(plan), undefined);
  assert.equal(troubleOf({ ...plan, title: "  " }), "title");
  assert.equal(troubleOf({ ...plan, start: "" }), "start_ms");
  for (const minutes of ["", "0", "-5", "1.5", "721", "x"]) assert.equal(troubleOf({ ...plan, minutes }), "end_ms", minutes);
  assert.equal(troubleOf({ ...plan, agenda: [{ title: "", speaker: "王老师", minutes: "" }] }), "agenda");
  assert.equal(troubleOf({ ...plan, agenda: [{ title: "第一讲", speaker: "", minutes: "soon" }] }), "agenda");
});

test("empty rows of the agenda are left out", () => {
  const agenda = [{ title: "", speaker: "", minutes: "" }, { title: "第一讲", speaker: "王老师", minutes: "45" }, { title: "讨论", speaker: "", minutes: "" }];
  assert.equal(troubleOf({ ...plan, agenda }), undefined);
  assert.deepEqual(planBody({ ...plan, agenda }, "").agenda, [{ title: "第一讲", speaker: "王老师", minutes: 45 }, { title: "讨论" }]);
});

test("a plan that is read, shown and sent unchanged is the same", () => {
  const body = planBody({ ...plan, agenda: [{ title: "第一讲", speaker: "", minutes: "45" }], hosts: [{ id: 7, name: "A" }] }, "Asia/Shanghai");
  const read = { ...body, hosts: [{ person: 7, name: "A" }] } as unknown as ClassFull;
  assert.deepEqual(planBody(planAsTyped(read), "Asia/Shanghai"), body);
  assert.equal(localText(body.start_ms), plan.start);
});
