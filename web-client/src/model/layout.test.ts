import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE, seat, smallRoom } from "../../test/fakeserver";
import type { Seat } from "../protocol/messages";
import { gridShape, gridSize, layoutOf, stageOf, watchHeight, watchOf } from "./layout";
import { roomFromJoin } from "./room";
import type { RoomState } from "./room";

function stateOf(seats: readonly Seat[], fields: Partial<RoomState> = {}): RoomState {
  const { room } = smallRoom();
  return { ...roomFromJoin({ seat: "me", role: "participant", resume: "", offer: "", room, roster: seats, slots: [], chat: [], line: LINE, hands: { up: 0, hands: [] } }), ...fields };
}

const many = (n: number): Seat[] => [seat("me"), ...Array.from({ length: n }, (_, i) => seat(`s${i}`, { on: ["camera"] }))];
const WINDOW = { page: 0, width: 1366, height: 600, strip: 5, most: 25 };

test("a grid page has 4, 9, 16 or 25 by the size of the window", () => {
  assert.equal(gridSize(1920, 900, 25), 25);
  assert.equal(gridSize(1000, 600, 25), 25);
  assert.equal(gridSize(800, 520, 25), 16);
  assert.equal(gridSize(600, 400, 25), 9);
  assert.equal(gridSize(390, 700, 9), 4);
});

test("a grid prefers full rows", () => {
  assert.deepEqual(gridShape(25, 1900, 880), { columns: 5, rows: 5 });
  assert.deepEqual(gridShape(1, 1900, 880), { columns: 1, rows: 1 });
  assert.deepEqual(gridShape(4, 390, 700), { columns: 1, rows: 4 });
});

test("the stage: a pin, then a shared screen, then the last voice, then a picture, then oneself", () => {
  const seats = [seat("me"), seat("a"), seat("b", { on: ["camera"] }), seat("c", { on: ["screen"] })];
  assert.deepEqual(stageOf(stateOf(seats), "a"), { seat: "a", source: "camera" });
  assert.deepEqual(stageOf(stateOf(seats), undefined), { seat: "c", source: "screen" });
  assert.equal(stageOf(stateOf(seats.slice(0, 3), { last_speaker: "a" }), undefined)?.seat, "a");
  assert.equal(stageOf(stateOf(seats.slice(0, 3)), undefined)?.seat, "b");
  assert.equal(stageOf(stateOf([seat("me")]), undefined)?.seat, "me");
});

test("players, viewers and those who left have no tile", () => {
  const seats = [seat("me"), seat("w", { kind: "whep" }), seat("v", { role: "viewer" }), seat("g", { presence: "gone" }), seat("a")];
  assert.equal(layoutOf({ ...WINDOW, state: stateOf(seats), view: "grid" }).total, 2);
});

test("a page past the end is the last one", () => {
  const layout = layoutOf({ ...WINDOW, state: stateOf(many(60)), view: "grid", page: 99 });
  assert.equal(layout.page, 2);
  assert.equal(layout.tiles.length, 11);
});

test("nobody stands on stage and in the strip at once", () => {
  const layout = layoutOf({ ...WINDOW, state: stateOf(many(10)), view: "speaker" });
  assert.equal(layout.tiles.some((t) => t.seat === layout.stage?.seat), false);
});

test("what is asked of the server: the stage first, never oneself, no more than there are slots", () => {
  const state = stateOf(many(60));
  const layout = layoutOf({ ...WINDOW, state, view: "speaker" });
  const items = watchOf(layout, state, 3);
  assert.equal(items[0]?.seat, layout.stage?.seat);
  assert.equal(items.length, 3);
  assert.equal(items.some((i) => i.seat === "me"), false);
});

test("each picture is asked for at its height, and the speaker beside slides goes before the other tiles", () => {
  const seats = [seat("me"), seat("a", { on: ["screen"] }), seat("b", { on: ["camera"] }), seat("c", { on: ["camera"] })];
  const state = stateOf(seats, { last_speaker: "c" });
  const items = watchOf(layoutOf({ ...WINDOW, state, view: "speaker" }), state, 3, (tile) => (tile.source === "screen" ? 720 : 100));
  assert.deepEqual(items.slice(0, 2), [{ seat: "a", source: "screen", rank: "stage", height: 720 }, { seat: "c", source: "camera", rank: "spotlight", height: 100 }]);
  assert.equal(items[2]?.rank, "tile");
});

test("heights are those of the screen, in steps", () => {
  assert.equal(watchHeight(99, 1), 100);
  assert.equal(watchHeight(99, 2), 200);
  assert.equal(watchHeight(3_000, 2), 2_160);
  assert.equal(watchHeight(0, 1), undefined);
});
