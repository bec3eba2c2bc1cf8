import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import type { Account } from "../protocol/http";
import { CompanionApi, readScanPath, scanPath } from "../protocol/companion";
import type { Ask, Companion } from "../protocol/messages";
import { Rest } from "../protocol/rest";
import { asksNow, Phone, there_ms } from "./phone";
import { deviceName } from "./prefs";

const AT = { class: 17, site: 4, code: "ABCDEFGHJK" };

function state(fields: Partial<Companion> = {}): Companion {
  return {
    name: "安娜", title: "党课", expected: true, asks: [], site: 4, site_name: "东郊村党支部", grade: "qr", since_ms: 1_000,
    class: { number: 17, state: "open", kind: "lecture", start_ms: 0, end_ms: 0, opened_ms: 1_000, closed_ms: 0, taught_s: 60 }, ...fields,
  };
}

function ask(fields: Partial<Ask> = {}): Ask {
  return { ask: 1, kind: "quiz", audience: "persons", prompt: "?", options: ["甲", "乙"], most: 1, state: "open", opened_ms: 0, deadline_ms: 30_000, answered: 0, ...fields };
}

const MEMBER = { person: 9, must_change: false } as Account;

function setup({ who, kept, refuse }: { who?: Account; kept?: string; refuse?: string } = {}) {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  const asked: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  const store = { text: kept };
  const fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    asked.push({ path, body: JSON.parse(String(init?.body)) as Record<string, unknown> });
    if (refuse) return new Response(JSON.stringify({ error: { code: refuse } }), { status: 409 });
    return new Response(JSON.stringify(path.endsWith("visit") ? { claim: "visit", title: "党课", site_name: "东郊村党支部" } : { claim: "named" }));
  };
  server.answers.set("companion.open", { state: state() });
  server.answers.set("companion.answer", { state: state({ asks: [ask({ own: [1] })] }) });
  const phone = new Phone({
    at: AT, api: new CompanionApi(new Rest(fetch)), whoAmI: async () => who, kept: { get: () => store.text, set: (text) => { store.text = text; } }, device: "device-of-ann",
    open: () => server.open(), clock, wall: () => clock.now(), random: () => 0.5, lang: () => "zh-CN",
  });
  return { server, clock, asked, store, phone };
}

const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

async function opened(config: Parameters<typeof setup>[0] = { who: MEMBER }) {
  const s = setup(config);
  await s.phone.start();
  s.server.connect();
  await settle();
  return s;
}

test("what a QR code encodes is read again, and nothing else", () => {
  assert.deepEqual(readScanPath(scanPath(AT)), AT);
  for (const path of ["/c/0/4/A", "/c/17/4", "/c/17/x/A", "/c/17/4/A/B", "/class/17/4/A", "/c/17/4/%20"]) assert.equal(readScanPath(path), undefined, path);
});

test("who is signed in on the phone is signed in at the site at once", async () => {
  const { server, phone } = await opened();
  assert.equal(server.of("hello")[0]?.["companion"], undefined);
  const sent = server.of("companion.open")[0];
  assert.deepEqual([sent?.["class"], sent?.["visit"], sent?.["device"]], [17, "visit", "device-of-ann"]);
  assert.equal(phone.view.value.kind, "page");
});

test("anybody else is asked for the name; the claim is kept, and a reload asks nothing", async () => {
  const { server, phone, asked, store } = setup();
  await phone.start();
  assert.equal(phone.view.value.kind, "name");
  await phone.name("鲍勃", "");
  assert.deepEqual(asked[1]?.body, { claim: "visit", name: "鲍勃" });
  server.connect();
  await settle();
  assert.equal(server.of("hello")[0]?.["companion"], "named");
  assert.equal(phone.view.value.kind, "page");
  const again = await opened({ kept: store.text ?? "" });
  assert.equal(again.asked.length, 0);
  assert.equal(again.server.of("hello")[0]?.["companion"], "named");
});

test("a code that is no longer good asks to scan again", async () => {
  const { phone } = setup({ who: MEMBER, refuse: "class.code" });
  await phone.start();
  assert.equal(phone.view.value.kind, "scan");
});

test("an old code takes nobody off the page who was named before", async () => {
  const kept = JSON.stringify({ code: "OLDER", claim: "named", title: "", site_name: "", named: true });
  const { phone } = await opened({ kept, refuse: "class.code" });
  assert.equal(phone.view.value.kind, "page");
});

test("a class that is over refuses in its own words", async () => {
  const s = setup({ who: MEMBER });
  s.server.refuse.set("companion.open", "not_now");
  await s.phone.start();
  s.server.connect();
  await settle();
  assert.equal(s.phone.view.value.kind, "refused");
});

test("an answer is acknowledged by its reply only", async () => {
  const { server, phone } = await opened();
  server.ignore.add("companion.answer");
  void phone.answer(1, [1]);
  await settle();
  assert.deepEqual([phone.sending.value?.ask, phone.acknowledged.value.has(1)], [1, false]);
  server.ignore.clear();
  server.refuse.set("companion.answer", "answer_refused");
  await phone.answer(1, [0]);
  assert.ok(phone.sending.value?.error);
  server.refuse.clear();
  await phone.answer(1, [1]);
  assert.deepEqual([phone.sending.value, phone.acknowledged.value.has(1)], [undefined, true]);
});

test("after the server went away the phone comes back within a minute at random, and sends again what had no reply", async () => {
  const { server, clock, phone } = await opened();
  server.ignore.add("companion.answer");
  void phone.answer(1, [1]);
  await settle();
  server.socket.cut();
  await settle();
  server.ignore.clear();
  clock.advance(29_000);
  assert.equal(server.sockets.length, 1);
  clock.advance(1_000);
  assert.equal(server.sockets.length, 2);
  server.connect();
  await settle();
  assert.equal(server.of("companion.answer").length, 2);
  assert.equal(phone.acknowledged.value.has(1), true);
});

test("who answers while the line is away comes back at once", async () => {
  const { server, phone } = await opened();
  server.socket.cut();
  void phone.answer(1, [1]);
  server.connect();
  await settle();
  assert.equal(phone.acknowledged.value.has(1), true);
});

test("who signed out stays so over a reload, until another code is scanned", async () => {
  const { phone, store } = await opened();
  await phone.leave();
  assert.equal(phone.view.value.kind, "left");
  const again = setup({ who: MEMBER, kept: store.text ?? "" });
  await again.phone.start();
  assert.equal(again.phone.view.value.kind, "left");
  const other = await opened({ who: MEMBER, kept: (store.text ?? "").replace(AT.code, "OLDER") });
  assert.equal(other.phone.view.value.kind, "page");
});

test("a state without a number is taken, and minutes go on until the next", async () => {
  const { server, phone } = await opened();
  server.socket.onmessage?.(JSON.stringify({ event: "companion.state", state: state({ name: "乙" }) }));
  const view = phone.view.value;
  assert.ok(view.kind === "page" && view.state.name === "乙");
  assert.equal(there_ms({ state: state({ since_ms: 0 }), read_ms: 100_000 }, 130_000), 90_000);
  assert.equal(there_ms({ state: state({ since_ms: 120_000 }), read_ms: 100_000 }, 130_000), 10_000, "no longer than signed in");
  const paused = state({ since_ms: 0 });
  assert.equal(there_ms({ state: { ...paused, class: { ...paused.class, state: "paused" } }, read_ms: 100_000 }, 130_000), 60_000);
});

test("an ask is open until its deadline, the newest first", () => {
  const asks = [ask({ ask: 1, state: "closed" }), ask({ ask: 2, deadline_ms: 5 }), ask({ ask: 3 }), ask({ ask: 4 })];
  const { open, last } = asksNow(asks, 10);
  assert.deepEqual(open.map((a) => a.ask), [4, 3]);
  assert.equal(last?.ask, 2);
});

test("a browser keeps its name for itself", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v), removeItem: (k: string) => void kept.delete(k) };
  const first = deviceName(store, () => new Uint8Array(16).fill(7));
  assert.equal(first.length, 32);
  assert.equal(deviceName(store, () => new Uint8Array(16).fill(8)), first);
});
