import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account, OwnGrant } from "../protocol/http";
import { firstOrg, hasNotices, looksDown, onlyOrg, pathOf, rightsOf, sectionsOf } from "./sections";

const grant = (role: OwnGrant["role"], org: number): OwnGrant => ({ role, org, org_name: "", subtree: true });
const account = (person: number, grants: readonly OwnGrant[]): Account =>
  ({ account: "a", name: "", org: "", org_id: 9, person, home: "member", grants, must_change: false, has_password: true });

test("each sees only what concerns him", () => {
  assert.deepEqual(sectionsOf(account(0, [])), ["home", "sessions"]);
  assert.deepEqual(sectionsOf(account(3, [])), ["home", "classes", "card", "own", "sessions"]);
  assert.deepEqual(sectionsOf(account(3, [grant("expert", 4)])), ["home", "classes", "card", "own", "sessions"]);
  assert.deepEqual(sectionsOf(account(3, [grant("inspector", 4)])), ["home", "classes", "look", "reports", "orgs", "people", "grants", "policy", "audit", "card", "own", "sessions"]);
});

test("who answers for one organisation alone has nobody to look down at, but notices; a member has neither", () => {
  const secretary = account(3, [{ ...grant("leader", 4), subtree: false }]);
  assert.equal(looksDown(secretary), false);
  assert.equal(hasNotices(secretary), true);
  assert.equal(hasNotices(account(0, [])), true);
  assert.equal(hasNotices(account(3, [grant("member", 4)])), false);
});

test("pages of one organisation begin where the user answers for it", () => {
  const inspector = account(3, [grant("expert", 1), grant("inspector", 4)]);
  assert.equal(firstOrg(inspector), 4);
  assert.equal(firstOrg(account(3, [])), 9);
  assert.equal(pathOf("policy", inspector), "/policy/4");
  assert.equal(pathOf("own", inspector), "/person/3");
  assert.equal(pathOf("grants", inspector), "/grants");
});

test("whoever answers for one organisation need not choose it", () => {
  const named = (role: OwnGrant["role"], org: number): OwnGrant => ({ ...grant(role, org), org_name: `org ${org}` });
  assert.deepEqual(onlyOrg(account(3, [named("leader", 4), named("administrator", 4), named("inspector", 1)])), { id: 4, name: "org 4" });
  assert.equal(onlyOrg(account(3, [named("leader", 4), named("leader", 5)])), undefined);
  assert.equal(onlyOrg(account(3, [named("inspector", 4)])), undefined);
});

test("rights are the same in any order, and others when one is gone", () => {
  const [a, b] = [grant("leader", 4), grant("inspector", 5)];
  assert.equal(rightsOf(account(3, [a, b])), rightsOf(account(3, [b, a])));
  assert.notEqual(rightsOf(account(3, [a, b])), rightsOf(account(3, [a])));
  assert.notEqual(rightsOf(account(3, [a])), rightsOf(account(3, [{ ...a, subtree: false }])));
});
