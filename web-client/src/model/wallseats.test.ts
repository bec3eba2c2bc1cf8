import assert from "node:assert/strict";
import { test } from "node:test";
import type { LookOrg, LookRoom, LookSeat, LookSite } from "../protocol/messages";
import { NOT_LOOKING, onRoom } from "./looking";
import { fullName, patrolSites, wallSeats } from "./wallseats";

const site = (id: number, above: number, name: string, state: LookSite["state"]): LookSite => ({
  site: id, name, above, answer: "", state, came_ms: 0, since_ms: 9, on: [], ...(state === "here" || state === "away" ? { seat: `s${id}` } : {}),
  expected: 1, arrived: 0, absent: 1, late: 0, left: 0, on_leave: 0, here: 0, unproved: 0, names: true,
});
const orgs: readonly LookOrg[] = [{ org: 1, name: "市委", kind: "city" }, { org: 2, parent: 1, name: "城关镇", kind: "township" }, { org: 3, parent: 1, name: "南岗镇", kind: "township" }];
const studio: LookSeat = { seat: "x", name: "演播室", org: "市委", kind: "whip", role: "presenter", presence: "here", on: ["camera"] };
const sites = [site(31, 3, "一支部", "here"), site(22, 2, "第十支部", "away"), site(21, 2, "第二支部", "gone"), site(20, 2, "第三支部", "never")];
const { detail } = onRoom(NOT_LOOKING, "class-1", { room: { room: "class-1" } as LookRoom, orgs, sites, seats: [studio] });
if (!detail) throw new Error("no details");

test("sites by the tree, then who has a seat of the own; who never came is not there", () => {
  assert.deepEqual(wallSeats(detail).map((s) => [s.name, s.org, s.seat]), [["第二支部", "城关镇", ""], ["第十支部", "城关镇", "s22"], ["一支部", "南岗镇", "s31"], ["演播室", "市委", "x"]]);
});

test("below an organisation only its sites", () => {
  assert.deepEqual(wallSeats(detail, 3).map((s) => s.key), ["class-1/31"]);
});

test("a patrol stops where somebody is", () => {
  assert.deepEqual(patrolSites(wallSeats(detail)).map((s) => s.name), ["一支部", "演播室"]);
});

test("an organisation is not said twice", () => {
  assert.equal(fullName({ org: "城关镇", name: "第一党支部" }), "城关镇 · 第一党支部");
  assert.equal(fullName({ org: "城关镇", name: "城关镇第一党支部" }), "城关镇第一党支部");
  assert.equal(fullName({ org: "", name: "演播室" }), "演播室");
});
