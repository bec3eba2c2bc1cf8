import assert from "node:assert/strict";
import { test } from "node:test";
import type { LookRoom, LookSite } from "../protocol/messages";
import { NOT_LOOKING, onDetail, onMoreSites, onRoom, onRoomList, onRooms, roomsInOrder, sumOfRooms } from "./looking";

const room = (name: string, more: Partial<LookRoom> = {}): LookRoom => ({
  room: name, title: name, org_name: "市委", class: 1, state: "open", hosts: [], since_ms: 5, start_ms: 5, end_ms: 9, seats: 1, sites: 2, sites_here: 1,
  expected: 10, arrived: 8, absent: 2, late: 0, left: 0, on_leave: 0, here: 8, unproved: 0, findings: 0, may_check: true, ...more,
});
const site = (id: number, arrived: number): LookSite => ({
  site: id, name: `支部${id}`, answer: "", state: "here", came_ms: 1, since_ms: 1, on: [], expected: 10, arrived, absent: 10 - arrived, late: 0, left: 0, on_leave: 0, here: arrived, unproved: 0, names: true,
});
const listed = onRoomList(NOT_LOOKING, { rooms: [room("class-1"), room("class-2")], more: 3 });
const NONE = { orgs: [], sites: [], seats: [], gone_sites: [], gone_seats: [] };

test("rooms change, come and go", () => {
  const next = onRooms(listed, { event: "look.rooms", seq: 0, rooms: [room("class-2", { arrived: 9 }), room("class-3")], gone: ["class-1"] });
  assert.deepEqual([...(next.rooms?.keys() ?? [])], ["class-2", "class-3"]);
  assert.equal(next.rooms?.get("class-2")?.arrived, 9);
  assert.equal(next.more, 3);
});

test("details come in pages, and an event between them is newer than a page", () => {
  let s = onRoom(listed, "class-1", { room: room("class-1"), sites: [site(1, 1)], next: 1 });
  assert.equal(s.detail?.partial, true);
  s = onDetail(s, { event: "look.detail", seq: 0, room: "class-1", ...NONE, sites: [site(2, 7)] });
  s = onMoreSites(s, "class-1", { room: room("class-1"), sites: [site(2, 3), site(3, 4)] });
  assert.equal(s.detail?.partial, false);
  assert.deepEqual([...(s.detail?.sites.values() ?? [])].map((x) => x.arrived).sort(), [1, 4, 7]);
});

test("what is told of another room changes nothing, and a room out of sight has no details", () => {
  const s = onRoom(listed, "class-1", { room: room("class-1"), sites: [site(1, 1)] });
  assert.equal(onDetail(s, { event: "look.detail", seq: 0, room: "class-2", ...NONE, sites: [site(1, 9)] }), s);
  assert.equal(onMoreSites(s, "class-2", { sites: [site(9, 9)] }), s);
  assert.equal(onRoom(s, "class-9", {}).detail, undefined);
});

test("sites and seats that leave the list are gone; the head follows the list of rooms", () => {
  let s = onRoom(listed, "class-1", { room: room("class-1"), sites: [site(1, 1), site(2, 2)], seats: [] });
  s = onDetail(s, { event: "look.detail", seq: 0, room: "class-1", ...NONE, gone_sites: [1] });
  assert.deepEqual([...(s.detail?.sites.keys() ?? [])], [2]);
  s = onRooms(s, { event: "look.rooms", seq: 0, rooms: [room("class-1", { state: "closed" })], gone: [] });
  assert.equal(s.detail?.room.state, "closed");
});

test("what is on stands first, and the closed count for nothing", () => {
  const { class: _, ...plain } = room("org-3", { start_ms: 0 });
  const rooms = [room("c", { state: "closed" }), plain, room("l", { state: "lobby" }), room("o")];
  assert.deepEqual(roomsInOrder(rooms).map((r) => r.room), ["o", "l", "org-3", "c"]);
  assert.deepEqual(sumOfRooms(rooms.slice(0, 1)), { rooms: 0, expected: 0, arrived: 0, absent: 0 });
  assert.equal(sumOfRooms(rooms).arrived, 24);
});
