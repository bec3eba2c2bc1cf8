import assert from "node:assert/strict";
import { test } from "node:test";
import type { LookOrg, LookSite } from "../protocol/messages";
import { barsOf, districtsOf, findNode, initialsOf, inOrder, lookRows, lookTree, nodesFound, PARTS, partsOf, scaleOf, sitesUnder, totalOf, wholeOf } from "./looktree";

const org = (id: number, name: string, parent?: number): LookOrg => ({ org: id, name, kind: "township", ...(parent === undefined ? {} : { parent }) });
const site = (id: number, name: string, above: number, more: Partial<LookSite> = {}): LookSite => ({
  site: id, name, above, answer: "accepted", state: "here", came_ms: 1, since_ms: 1, on: ["camera"], expected: 10, arrived: 8, absent: 2, late: 1, left: 0, on_leave: 1, here: 8, unproved: 2, names: true, ...more,
});
const ORGS = new Map([org(1, "市委"), org(2, "城关镇", 1), org(3, "南岗镇", 1), org(9, "没有会场的镇", 1)].map((o) => [o.org, o]));
const SITES = new Map([
  site(20, "第十党支部", 2), site(21, "第二党支部", 2, { absent: 5, arrived: 5 }), site(30, "机关支部", 3, { state: "gone", absent: 10, arrived: 0, late: 0, unproved: 0 }), site(40, "外地支部", 77),
].map((s) => [s.site, s]));
const tree = lookTree(ORGS, SITES);
const names = (rows: readonly { readonly node: { readonly name: string } }[]): string[] => rows.map((r) => r.node.name);

test("sums go up the tree, organisations without sites are left out", () => {
  assert.deepEqual(tree.map((n) => n.name), ["外地支部", "市委"]);
  const top = findNode(tree, 1);
  assert.equal(top?.sums.sites, 3);
  assert.equal(top?.sums.sites_here, 2);
  assert.equal(top?.sums.absent, 17);
  assert.equal(findNode(tree, 9), undefined);
  assert.equal(totalOf(tree).sites, 4);
});

test("by pinyin with numbers as numbers, or with who lacks most first", () => {
  const town = findNode(tree, 2)?.below ?? [];
  assert.deepEqual(inOrder(town, "name").map((n) => n.id), [21, 20]);
  const towns = findNode(tree, 1)?.below ?? [];
  assert.deepEqual(inOrder(towns, "absent").map((n) => n.id), [3, 2]);
  assert.deepEqual(inOrder(towns, "name").map((n) => n.id), [2, 3]);
  assert.deepEqual(sitesUnder(tree).map((n) => n.id), [21, 20, 30, 40]);
});

test("rows stand open where somebody opened them, and where something was found", () => {
  assert.deepEqual(names(lookRows(tree, new Set(), "name")), ["市委", "外地支部"]);
  assert.deepEqual(names(lookRows(tree, new Set([1, 2]), "name")), ["市委", "城关镇", "第二党支部", "第十党支部", "南岗镇", "外地支部"]);
  const found = lookRows(tree, new Set(), "name", nodesFound(tree, "机关"));
  assert.deepEqual(names(found), ["市委", "南岗镇", "机关支部"]);
  assert.deepEqual(found.map((r) => r.level), [1, 2, 3]);
});

test("characters, initials, and what the server found", () => {
  assert.equal(initialsOf("城关镇"), "cgz");
  assert.equal(initialsOf("南岗镇第2支部"), "ngzd2zb");
  assert.deepEqual([...(nodesFound(tree, "cgz") ?? [])], [2]);
  assert.deepEqual([...(nodesFound(tree, "jgzb") ?? [])], [30]);
  assert.deepEqual([...(nodesFound(tree, "nan", new Set([3])) ?? [])], [3]);
  assert.equal(nodesFound(tree, "  "), undefined);
});

test("the bars are the districts, below what is chosen, or one site", () => {
  const city = lookTree(ORGS, new Map([...SITES].filter(([id]) => id !== 40)));
  assert.deepEqual(districtsOf(city).map((n) => n.id).sort(), [2, 3]);
  assert.deepEqual(barsOf(city, 2).map((n) => n.id).sort(), [20, 21]);
  assert.deepEqual(barsOf(city, 30).map((n) => n.id), [30]);
  assert.deepEqual(barsOf(city, 12345).map((n) => n.id).sort(), [2, 3]);
});

test("the parts of a bar do not overlap and are the whole", () => {
  for (const node of [...sitesUnder(tree), ...tree]) {
    const parts = partsOf(node.sums);
    for (const part of PARTS) assert.ok(parts[part] >= 0, `${node.name} ${part}`);
    assert.equal(PARTS.reduce((n, p) => n + parts[p], 0), wholeOf(node.sums));
  }
  const weak = partsOf({ ...(findNode(tree, 20)?.sums ?? totalOf([])), arrived: 3, late: 2, unproved: 9, absent: 7 });
  assert.deepEqual(weak, { on_time: 0, unproved: 3, late: 0, absent: 7, on_leave: 1 });
  assert.equal(scaleOf([]), 1);
});

test("a circle of organisations hangs nobody up", () => {
  const circle = new Map([org(1, "甲", 2), org(2, "乙", 1), org(3, "丙", 3)].map((o) => [o.org, o]));
  assert.deepEqual(lookTree(circle, new Map([[5, site(5, "支部", 3)]])).map((n) => n.id), [3]);
});
