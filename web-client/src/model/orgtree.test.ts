import assert from "node:assert/strict";
import { test } from "node:test";
import type { Org } from "../protocol/records";
import { OrgTree, treeKey, treeRows, typeAhead } from "./orgtree";

const PARENTS: Readonly<Record<number, number | undefined>> = { 1: undefined, 2: 1, 3: 1, 4: 2, 5: 4 };
const NAMES: Readonly<Record<number, string>> = { 1: "City", 2: "North", 3: "South", 4: "Nordend", 5: "Branch" };

function org(id: number): Org {
  const parent = PARENTS[id];
  const children = Object.values(PARENTS).filter((p) => p === id).length;
  return { id, name: NAMES[id] ?? "", kind: "branch", code: "", path: "", may: [], children, ...(parent === undefined ? {} : { parent }) };
}

function makeTree(): { readonly tree: OrgTree; readonly asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  const orgs = async (parent?: number): Promise<readonly Org[]> => {
    asked.push(parent);
    return Object.keys(PARENTS).map(Number).filter((id) => PARENTS[id] === parent).map(org);
  };
  return { tree: new OrgTree({ orgs, org: async (id) => ({ value: org(id), etag: "" }) }), asked };
}

const names = (tree: OrgTree): readonly string[] => treeRows(tree.state.value).map((r) => `${r.level}${r.org.name}`);

test("the only topmost one is open; the rest is read when it is opened, once", async () => {
  const { tree, asked } = makeTree();
  await tree.begin();
  assert.deepEqual(names(tree), ["1City", "2North", "2South"]);
  await tree.setOpen(2, true);
  await tree.setOpen(2, false);
  await tree.setOpen(2, true);
  assert.deepEqual(names(tree), ["1City", "2North", "3Nordend", "2South"]);
  assert.deepEqual(asked, [undefined, 1, 2]);
});

test("what is looked for is shown with all above it", async () => {
  const { tree } = makeTree();
  await tree.begin();
  await tree.reveal(5);
  assert.deepEqual(names(tree), ["1City", "2North", "3Nordend", "4Branch", "2South"]);
});

test("keys walk as in every tree", async () => {
  const { tree } = makeTree();
  await tree.begin();
  await tree.setOpen(2, true);
  const rows = treeRows(tree.state.value);
  assert.deepEqual(treeKey(rows, 0, "ArrowUp"), undefined);
  assert.deepEqual(treeKey(rows, 1, "ArrowRight"), { kind: "focus", index: 2 });
  assert.deepEqual(treeKey(rows, 1, "ArrowLeft"), { kind: "close", id: 2 });
  assert.deepEqual(treeKey(rows, 2, "ArrowRight"), { kind: "open", id: 4 });
  assert.deepEqual(treeKey(rows, 2, "ArrowLeft"), { kind: "focus", index: 1 });
  assert.deepEqual(treeKey(rows, 3, "ArrowRight"), undefined);
  assert.deepEqual(treeKey(rows, 1, "End"), { kind: "focus", index: 3 });
  assert.deepEqual(treeKey(rows, 3, "Enter"), { kind: "choose", id: 3 });
});

test("typing goes to the next of that name, and around", async () => {
  const { tree } = makeTree();
  await tree.begin();
  await tree.setOpen(2, true);
  const rows = treeRows(tree.state.value);
  assert.equal(typeAhead(rows, 0, "n"), 1);
  assert.equal(typeAhead(rows, 1, "n"), 2);
  assert.equal(typeAhead(rows, 2, "n"), 1);
  assert.equal(typeAhead(rows, 1, "nord"), 2);
  assert.equal(typeAhead(rows, 0, "x"), -1);
});
