import assert from "node:assert/strict";
import { test } from "node:test";
import { Cell } from "./cell";
import { FakeClock } from "./clock";
import { later, Scope } from "./scope";

test("a scope undoes everything once, newest first", () => {
  const done: number[] = [];
  const scope = new Scope();
  scope.add(() => done.push(1));
  scope.add(() => done.push(2));
  scope.end();
  scope.end();
  assert.deepEqual(done, [2, 1]);
});

test("what is added to an ended scope is undone at once", () => {
  let undone = false;
  const scope = new Scope();
  scope.end();
  scope.add(() => { undone = true; });
  assert.equal(undone, true);
});

test("a child ends with its parent and leaves nothing behind when it ends earlier", () => {
  let ended = 0;
  const scope = new Scope();
  const first = scope.child();
  first.add(() => ended++);
  first.end();
  scope.child().add(() => ended++);
  scope.end();
  assert.equal(ended, 2);
});

test("a timer ends with its scope, and one that ran leaves nothing in it", () => {
  const clock = new FakeClock();
  const scope = new Scope();
  let ran = 0;
  for (let n = 0; n < 100; n++) {
    later(scope, clock, 10, () => ran++);
    clock.advance(10);
  }
  assert.equal(ran, 100);
  assert.equal((scope as unknown as { readonly undos: readonly unknown[] }).undos.length, 0);
  later(scope, clock, 10, () => ran++)();
  later(scope, clock, 10, () => ran++);
  scope.end();
  later(scope, clock, 10, () => ran++);
  clock.advance(20);
  assert.deepEqual([ran, clock.waiting], [100, 0]);
});

test("a cell tells only changes, and not who has left", () => {
  const cell = new Cell(1);
  const seen: number[] = [];
  const undo = cell.subscribe((v) => seen.push(v));
  cell.set(1);
  cell.set(2);
  undo();
  cell.set(3);
  assert.deepEqual(seen, [2]);
});
