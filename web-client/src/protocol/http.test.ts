import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "./http";
import { RequestError } from "./socket";

const BUSY = () => Response.json({ type: "about:blank", status: 503, detail: "", error: { code: "overloaded", retry_ms: 7000 } }, { status: 503 });
const RIGHT = () => Response.json({ account: "host", name: "", org: "", org_id: 1, person: 1, home: "member", grants: [], must_change: false });

function asked(replies: readonly (() => Response)[]) {
  const waits: number[] = [];
  let n = 0, queued = 0;
  const api = new Api(async () => (replies[Math.min(n++, replies.length - 1)] as () => Response)(), async (ms) => void waits.push(ms));
  return { waits, times: () => n, queued: () => queued, signIn: () => api.signIn("host", "secret", () => queued++) };
}

test("who signs in among many waits as long as the server says, and is told", async () => {
  const a = asked([BUSY, BUSY, RIGHT]);
  assert.equal((await a.signIn()).account, "host");
  assert.deepEqual(a.waits, [7000, 7000]);
  assert.equal(a.queued(), 2);
});

test("a server that stays busy is not asked for ever", async () => {
  const a = asked([BUSY]);
  await assert.rejects(a.signIn(), (error) => error instanceof RequestError && error.code === "overloaded");
  assert.equal(a.times(), 10);
});

test("a wrong password is not tried again", async () => {
  const a = asked([() => Response.json({ error: { code: "not_signed_in" } }, { status: 401 })]);
  await assert.rejects(a.signIn(), (error) => error instanceof RequestError && error.code === "not_signed_in");
  assert.equal(a.times(), 1);
});
