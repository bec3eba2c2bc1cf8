import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE, seat, smallRoom } from "../../test/fakeserver";
import type { JoinReply } from "../protocol/messages";
import { mutable, roomFromJoin, withEvent, withPage } from "./room";
import type { RoomState } from "./room";

function joined(): RoomState {
  const { room, seats, me, slots, chat, offer } = smallRoom();
  return roomFromJoin({ seat: me, role: "host", resume: "", offer, room, roster: seats, slots, chat, line: LINE, hands: { up: 0, hands: [] } } satisfies JoinReply);
}

test("a delta adds, changes and removes whole rows and sets the count", () => {
  const after = withEvent(joined(), { event: "roster.delta", seq: 1, seats: [seat("b", { name: "乙" }), seat("c")], gone: ["a"], here: 7 }, 0);
  assert.deepEqual([...after.seats.keys()], ["b", "c"]);
  assert.equal(after.seats.get("b")?.name, "乙");
  assert.equal(after.here, 7);
});

test("a roster page never overwrites what a delta has brought since, nor brings back who left", () => {
  const state = withEvent(joined(), { event: "roster.delta", seq: 1, seats: [seat("c", { on: ["mic"] })], gone: [], here: 3 }, 0);
  const after = withPage(state, [seat("c"), seat("d"), seat("e")], new Set(["e"]));
  assert.deepEqual(after.seats.get("c")?.on, ["mic"]);
  assert.equal(after.seats.has("d"), true);
  assert.equal(after.seats.has("e"), false);
});

test("the last other voice is kept when it falls silent; the own voice does not take its place", () => {
  let state = withEvent(joined(), { event: "speakers", seq: 1, seats: ["b"] }, 0);
  state = withEvent(state, { event: "speakers", seq: 2, seats: ["a"] }, 0);
  state = withEvent(state, { event: "speakers", seq: 3, seats: [] }, 0);
  assert.equal(state.last_speaker, "b");
  assert.deepEqual(state.speakers, []);
});

test("two who talk at once do not chase each other off the stage", () => {
  let state = withEvent(joined(), { event: "speakers", seq: 1, seats: ["b"] }, 0);
  state = withEvent(state, { event: "speakers", seq: 2, seats: ["c", "b"] }, 1_000);
  assert.equal(state.last_speaker, "b");
  state = withEvent(state, { event: "speakers", seq: 3, seats: ["c", "b"] }, 3_000);
  assert.equal(state.last_speaker, "c");
  state = withEvent(state, { event: "speakers", seq: 4, seats: ["b"] }, 3_100);
  assert.equal(state.last_speaker, "b");
});

test("a chat line is shown once, and only others' lines count as unread", () => {
  const line = { id: 1, seat: "b", name: "乙", text: "好", time_ms: 0 };
  let state = withEvent(joined(), { event: "chat.line", seq: 1, line }, 0);
  state = withEvent(state, { event: "chat.line", seq: 2, line }, 0);
  state = withEvent(state, { event: "chat.line", seq: 3, line: { ...line, id: 2, seat: "a" } }, 0);
  assert.equal(state.chat.length, 2);
  assert.equal(state.unread, 1);
});

test("a snapshot replaces room and roster, keeps the chat and brings the lines that were missed", () => {
  const line = { id: 1, seat: "b", name: "乙", text: "好", time_ms: 0 };
  const before = withEvent(joined(), { event: "chat.line", seq: 1, line }, 0);
  const room = { ...before.room, locked: true, here: 1 };
  const after = withEvent(before, { event: "snapshot", seq: 2, room, roster: [seat("z")], slots: [], chat: [line, { ...line, id: 9 }], hands: { up: 0, hands: [] } }, 0);
  assert.deepEqual([...after.seats.keys()], ["z"]);
  assert.equal(after.room.locked, true);
  assert.deepEqual(after.chat.map((c) => c.id), [1, 9]);
  assert.equal(after.unread, 2);
});

test("muting all counts open microphones of all but hosts and co-hosts", () => {
  const state = withEvent(joined(), { event: "roster.delta", seq: 1, seats: [seat("c", { role: "cohost", on: ["mic"] }), seat("d", { on: ["mic"] })], gone: [], here: 4 }, 0);
  assert.equal(mutable(state), 2);
});

test("who looks on is known while it lasts; a snapshot begins anew", () => {
  let state = withEvent(joined(), { event: "looks", seq: 1, looking: true, orgs: ["青河县委"] }, 0);
  assert.deepEqual(state.looks, ["青河县委"]);
  state = withEvent(state, { event: "looks", seq: 2, looking: true, orgs: [] }, 0);
  assert.deepEqual(state.looks, [""], "of an organisation without a name");
  state = withEvent(state, { event: "looks", seq: 3, looking: false, orgs: [] }, 0);
  assert.deepEqual(state.looks, []);
});
