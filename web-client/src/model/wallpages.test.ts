import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOf, keepSlots, onScreen, pageWith, perPage, sameAsked, smaller, wallPage } from "./wallpages";
import type { WallIn, WallSeat } from "./wallpages";

const seats = (n: number): WallSeat[] => Array.from({ length: n }, (_, i) => ({ key: `r/${i}`, room: "r", seat: String(i) }));
const input = (more: Partial<WallIn<WallSeat>> = {}): WallIn<WallSeat> => ({ seats: seats(200), pinned: [], size: "auto", page: 0, width: 1900, height: 1000, most: 25, ...more });

test("4, 9, 16 or 25 by the size of the window, or as chosen, never more than there are slots", () => {
  assert.equal(perPage("auto", 1900, 1000, 25), 25);
  assert.equal(perPage("auto", 1340, 620, 25), 25);
  assert.equal(perPage("auto", 390, 640, 9), 4);
  assert.equal(perPage(25, 390, 640, 9), 9);
  assert.equal(perPage(4, 1900, 1000, 25), 4);
});

test("200 sites stand on eight pages, the last page is not beyond the end", () => {
  assert.equal(wallPage(input()).pages, 8);
  const last = wallPage(input({ page: 99 }));
  assert.equal(last.page, 7);
  assert.equal(last.tiles.length, 25);
  assert.equal(wallPage(input({ seats: [] })).pages, 1);
});

test("what is pinned stands beside the page, not on it, and takes its slots from it", () => {
  const page = wallPage(input({ pinned: ["r/3", "gone/1", "r/7"] }));
  assert.deepEqual(page.pinned.map((s) => s.seat), ["3", "7"]);
  assert.equal(page.tiles.length, 23);
  assert.equal(page.tiles.some((s) => s.seat === "3"), false);
  assert.equal(wallPage(input({ pinned: seats(9).map((s) => s.key) })).pinned.length, 4);
});

test("a site is found on its page", () => {
  const page = wallPage(input({ pinned: ["r/0"] }));
  assert.equal(pageWith(page, seats(200), "r/1"), 0);
  assert.equal(pageWith(page, seats(200), "r/199"), 8);
  assert.equal(pageWith(page, seats(200), "r/0"), -1);
});

test("who stays keeps the slot; a turned page fills the free ones", () => {
  const first = keepSlots(new Map(), ["a", "b", "c"], 3);
  assert.deepEqual([...first], [["a", 4], ["b", 5], ["c", 6]]);
  const turned = keepSlots(first, ["d", "c", "e"], 3);
  assert.deepEqual([...turned].sort(), [["c", 6], ["d", 4], ["e", 5]]);
  assert.equal(keepSlots(new Map(), ["a", "b"], 1).size, 1);
  assert.equal(keepSlots(new Map([["a", 20]]), ["a"], 9).get("a"), 4);
});

test("only what is on the screen is asked for, as high as it is drawn", () => {
  const page = wallPage(input({ pinned: ["r/0"], size: 4 }));
  const keys = onScreen(page).map((s) => s.key);
  const slots = keepSlots(new Map(), keys, 25);
  const asked = askedOf({ page, slots, heights: new Map([["r/0", 355], ["r/1", 101]]), pixel_ratio: 2 });
  assert.equal(asked.length, 5);
  assert.deepEqual(asked[0], { slot: 4, room: "r", seat: "0", source: "camera", rank: "spotlight", height: 720 });
  assert.deepEqual(asked[1], { slot: 5, room: "r", seat: "1", source: "camera", rank: "tile", height: 220 });
  assert.equal("height" in (asked[2] ?? {}), false);
});

test("nothing is asked of a place that nobody sits at", () => {
  const page = wallPage(input({ seats: [{ key: "r/0", room: "r", seat: "" }], big: "r/0" }));
  const asked = askedOf({ page, slots: new Map([["r/0", 4]]), heights: new Map(), pixel_ratio: 1, ...(page.big ? { heard: page.big } : {}) });
  assert.deepEqual(asked, []);
});

test("one large picture is all there is, with its sound", () => {
  const page = wallPage(input({ big: "r/9", pinned: ["r/0"] }));
  const slots = keepSlots(new Map(), onScreen(page).map((s) => s.key), 25);
  const asked = askedOf({ page, slots, heights: new Map(), pixel_ratio: 1, ...(page.big ? { heard: page.big } : {}) });
  assert.deepEqual(asked.map((s) => [s.slot, s.seat, s.source]), [[4, "9", "camera"], [0, "9", "mic"], [1, "9", "screen_audio"]]);
  assert.equal(wallPage(input({ big: "gone" })).big, undefined);
});

test("the same page is not asked for twice", () => {
  const page = wallPage(input({ size: 4 }));
  const slots = keepSlots(new Map(), onScreen(page).map((s) => s.key), 25);
  const asked = (height: number) => askedOf({ page, slots, heights: new Map([["r/0", height]]), pixel_ratio: 1 });
  assert.equal(sameAsked(asked(101), asked(119)), true);
  assert.equal(sameAsked(asked(101), asked(130)), false);
});

test("a page too large for the line has a smaller one, until four", () => {
  assert.equal(smaller(25), 16);
  assert.equal(smaller(23), 16);
  assert.equal(smaller(4), undefined);
});
