import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE, seat, smallRoom } from "../../test/fakeserver";
import type { Room, Seat } from "../protocol/messages";
import { mayStage, ownStanding, sameRule, whoSpeaks } from "./floor";
import { layoutOf, stageOf } from "./layout";
import { roomFromJoin, withEvent } from "./room";
import type { RoomState } from "./room";

function stateOf(seats: readonly Seat[], room: Partial<Room> = {}): RoomState {
  return roomFromJoin({ seat: "me", role: "host", resume: "", offer: "", room: { ...smallRoom().room, ...room }, roster: seats, slots: [], chat: [], line: LINE, hands: { up: 0, hands: [] } });
}

const SEATS = [seat("me"), seat("a", { on: ["camera"] }), seat("b", { on: ["camera"] }), seat("p", { role: "presenter", on: ["camera", "screen"] })];

test("the own standing is what matters most", () => {
  const hand = { seat: "me", since_ms: 1 };
  const raised = withEvent(stateOf(SEATS), { event: "hands", seq: 1, hands: { up: 1, hands: [hand], place: 1 } }, 0);
  assert.equal(ownStanding(stateOf(SEATS)), undefined);
  assert.equal(ownStanding(raised), "hand");
  assert.equal(ownStanding({ ...raised, room: { ...raised.room, stage: ["p", "me"] } }), "stage");
  assert.equal(ownStanding({ ...raised, room: { ...raised.room, spotlight: "me", stage: ["me"] } }), "spotlight");
  assert.equal(ownStanding({ ...raised, room: { ...raised.room, floor: { seat: "me", began_ms: 0, until_ms: 1 } } }), "floor");
});

test("the spotlight has the main place before a pin; the stage follows the pin", () => {
  assert.deepEqual(stageOf(stateOf(SEATS, { spotlight: "a", stage: ["b", "p"] }), "b"), { seat: "a", source: "camera" });
  assert.deepEqual(stageOf(stateOf(SEATS, { stage: ["b"] }), "a"), { seat: "a", source: "camera" });
  assert.deepEqual(stageOf(stateOf(SEATS, { stage: ["b", "p"] }), undefined), { seat: "p", source: "screen" });
  const talk = SEATS.map((s) => (s.id === "p" ? { ...s, on: ["camera" as const] } : s));
  assert.deepEqual(stageOf(stateOf(talk, { stage: ["b", "p"] }), undefined), { seat: "b", source: "camera" });
  assert.deepEqual(stageOf({ ...stateOf(talk, { stage: ["b", "p"] }), last_speaker: "p" }, undefined), { seat: "p", source: "camera" });
});

test("who is on the stage leads the strip", () => {
  const talk = SEATS.map((s) => (s.id === "p" ? { ...s, on: ["camera" as const] } : s));
  const layout = layoutOf({ state: stateOf(talk, { stage: ["b", "p"] }), view: "speaker", page: 0, width: 1366, height: 600, strip: 5, most: 25 });
  assert.deepEqual(layout.tiles.map((t) => t.seat), ["me", "p", "a"]);
});

test("a presenter brings sites up, leaders anybody, others nobody", () => {
  const [, a, , p] = SEATS;
  assert.ok(a && p);
  assert.equal(mayStage(seat("x", { role: "presenter" }), a), true);
  assert.equal(mayStage(seat("x", { role: "presenter" }), p), false);
  assert.equal(mayStage(seat("x", { role: "cohost" }), p), true);
  assert.equal(mayStage(seat("x"), a), false);
  assert.equal(mayStage(seat("x", { role: "host" }), seat("v", { role: "viewer" })), false);
});

test("rules are found by source and people; a speaker stands behind the site", () => {
  const rules = [{ source: "mic", rule: "deny", org: 3, subtree: true } as const, { source: "mic", rule: "allow", org: 3 } as const];
  assert.equal(sameRule(rules, { source: "mic", rule: "clear", org: 3 }), rules[1]);
  assert.equal(sameRule(rules, { source: "camera", rule: "clear", org: 3 }), undefined);
  assert.equal(whoSpeaks(seat("a", { name: "一支部" }), "张三"), "一支部 · 张三");
  assert.equal(whoSpeaks(seat("a", { name: "一支部" }), undefined), "一支部");
});
