import assert from "node:assert/strict";
import { test } from "node:test";
import type { Seat } from "../protocol/messages";
import { encoderOf, facesShown, facesToChoose, hostOf, watchFaces } from "./faces";
import type { RoomState } from "./room";

function seat(id: string, more: Partial<Seat> = {}): Seat {
  return { id, name: id, org: "", kind: "browser", role: "participant", presence: "here", on: ["camera"], blocked: [], ...more };
}

function room(...seats: readonly Seat[]): RoomState {
  return { me: "me", seats: new Map(seats.map((s) => [s.id, s])) } as unknown as RoomState;
}

const ME = seat("me", { name: "王教授", role: "presenter" });

test("sites can be chosen, those with a picture first, found by name and place", () => {
  const state = room(ME, seat("h", { role: "host" }), seat("b", { name: "乙", on: [] }), seat("a", { name: "甲", org: "城关镇" }), seat("gone", { presence: "gone" }));
  assert.deepEqual(facesToChoose(state).map((s) => s.id), ["a", "b"]);
  assert.deepEqual(facesToChoose(state, "城关").map((s) => s.id), ["a"]);
});

test("without a choice some stand there by themselves; a choice holds while they are here", () => {
  const state = room(ME, seat("a"), seat("b"), seat("c", { on: [] }));
  assert.deepEqual(facesShown(state, undefined, 1).map((s) => s.id), ["a"]);
  assert.deepEqual(facesShown(state, ["c", "left", "a"]).map((s) => s.id), ["c", "a"]);
  assert.deepEqual(facesShown(state, []), []);
});

test("the encoder under the own name is the own picture, and the host is known", () => {
  const state = room(ME, seat("w", { kind: "whip", name: "王教授", role: "presenter" }), seat("x", { kind: "whip", name: "别人" }), seat("co", { role: "cohost" }), seat("h", { role: "host" }));
  assert.equal(encoderOf(state)?.id, "w");
  assert.equal(hostOf(state)?.id, "h");
  assert.equal(encoderOf(room(ME)), undefined);
});

test("pictures are asked for at the size at which they stand", () => {
  assert.deepEqual(watchFaces([seat("a")], 135, 2), [{ seat: "a", source: "camera", rank: "tile", height: 280 }]);
});
