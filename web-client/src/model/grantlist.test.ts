import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant, GrantRole } from "../protocol/records";
import { filterGrants } from "./grantlist";

const grant = (id: number, name: string, org_name: string, role: GrantRole): Grant => ({ id, name, org_name, role, org: id, person: id, subtree: true, purpose: "2026 Plan", from_ms: 0, holds: true });

test("grants are found by person, organisation, purpose and role", () => {
  const all = [grant(1, "梁国华", "新华社区党支部", "leader"), grant(2, "周卫东", "青河县", "inspector")];
  const ids = (text: string, role?: GrantRole): readonly number[] => filterGrants(all, text, role).map((g) => g.id);
  assert.deepEqual(ids(""), [1, 2]);
  assert.deepEqual(ids("国华"), [1]);
  assert.deepEqual(ids("青河 plan"), [2]);
  assert.deepEqual(ids("", "inspector"), [2]);
  assert.deepEqual(ids("国华", "inspector"), []);
});
