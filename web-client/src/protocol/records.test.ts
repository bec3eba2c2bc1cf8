import assert from "node:assert/strict";
import { test } from "node:test";
import { Records } from "./records";
import { address, Rest, Unreachable } from "./rest";
import { RequestError } from "./socket";

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly body: unknown;
  readonly if_match: string | undefined;
}

/** A server that gives one answer after the other. */
function makeRecords(...answers: readonly { readonly status?: number; readonly body?: unknown; readonly etag?: string }[]) {
  const asked: Asked[] = [];
  const left = [...answers];
  const fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = init.headers as Record<string, string>;
    asked.push({ path, method: init.method ?? "", body: init.body === undefined ? undefined : JSON.parse(String(init.body)), if_match: headers["if-match"] });
    const { status = 200, body, etag } = left.shift() ?? {};
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: etag === undefined ? {} : { etag } });
  };
  return { records: new Records(new Rest(fetch)), asked };
}

test("a list is read to its end", async () => {
  const { records, asked } = makeRecords({ body: { items: [{ id: 1 }], next: "1" } }, { body: { items: [{ id: 2 }] } });
  assert.deepEqual((await records.orgs(7)).map((o) => o.id), [1, 2]);
  assert.deepEqual(asked.map((a) => a.path), ["/api/v1/orgs?parent=7&limit=500", "/api/v1/orgs?parent=7&limit=500&cursor=1"]);
});

test("a change says which version it was made from", async () => {
  const { records, asked } = makeRecords({ body: { id: 3, name: "A" }, etag: '"v1"' }, { status: 412, body: { error: { code: "changed" } } });
  const { etag } = await records.org(3);
  await assert.rejects(records.changeOrg(3, { name: "B", kind: "branch" }, etag), (e) => e instanceof RequestError && e.code === "changed");
  assert.deepEqual(asked[1], { path: "/api/v1/orgs/3", method: "PATCH", body: { name: "B", kind: "branch" }, if_match: '"v1"' });
});

test("a refusal names its code and the field; a reply without a body is no mistake", async () => {
  const { records } = makeRecords({ status: 409, body: { error: { code: "name_taken", field: "name" } } }, { status: 204 });
  await assert.rejects(records.createOrg(1, { name: "A", kind: "branch" }), (e) => e instanceof RequestError && e.code === "name_taken" && e.field === "name");
  assert.equal(await records.moveOrg(1, { to: { id: 2 }, why: "" }), undefined);
});

test("a server that does not answer is told from one that refuses", async () => {
  const records = new Records(new Rest(() => Promise.reject(new TypeError("no line"))));
  await assert.rejects(records.sessions(), (e) => e instanceof Unreachable);
});

/** Acts by `keys` in turn, and under which key each was asked for; "lost" is an answer that does not come. */
function makeKeyed(...answers: readonly ("lost" | Response)[]) {
  const asked: (string | undefined)[] = [];
  const left = [...answers];
  let made = 0;
  const fetch = async (_path: string, init: RequestInit = {}): Promise<Response> => {
    asked.push((init.headers as Record<string, string>)["idempotency-key"]);
    const answer = left.shift() ?? "lost";
    if (answer === "lost") throw new TypeError("no line");
    return answer;
  };
  return { records: new Records(new Rest(fetch, undefined, () => `key${++made}`)), asked };
}

const ANN = { name: "Ann", kind: "member", org: 1 } as const;

test("an act whose answer was lost is asked for again under its key, and the next of the same words under another", async () => {
  const { records, asked } = makeKeyed("lost", new Response("<h1>Bad Gateway</h1>", { status: 502 }), Response.json({ id: 7 }), Response.json({ id: 8 }));
  await assert.rejects(records.createPerson(ANN), (e) => e instanceof Unreachable);
  await assert.rejects(records.createPerson(ANN), (e) => e instanceof RequestError && e.code === "internal");
  await records.createPerson(ANN);
  await records.createPerson(ANN);
  assert.deepEqual(asked, ["key1", "key1", "key1", "key2"]);
});

test("what was changed before it is asked for again, or was refused, is an act of its own", async () => {
  const refused = Response.json({ error: { code: "conflict" } }, { status: 409 });
  const { records, asked } = makeKeyed("lost", refused, Response.json({ id: 7 }));
  await assert.rejects(records.createPerson(ANN));
  await assert.rejects(records.createPerson({ ...ANN, name: "Anna" }));
  await records.createPerson({ ...ANN, name: "Anna" });
  assert.deepEqual(asked, ["key1", "key2", "key3"]);
});

test("a secret that is told once is made anew where its answer was lost", async () => {
  const done = Response.json({ error: { code: "key_reused" } }, { status: 409 });
  const { records, asked } = makeKeyed("lost", done, Response.json({ code: "x" }));
  await assert.rejects(records.createPerson(ANN));
  await records.createPerson(ANN);
  assert.deepEqual(asked, ["key1", "key1", "key2"]);
});

test("an address leaves out what was not asked for", () => {
  assert.equal(address("/x", { a: undefined, b: "", c: false, d: true, e: 0, f: "王 &" }), "/x?d=1&e=0&f=%E7%8E%8B+%26");
});

test("a file is sent by the sender that tells how far it is, and its refusal is a code like others", async () => {
  const parts: number[] = [];
  const sent: string[] = [];
  const rest = new Rest(() => Promise.reject(new TypeError("not by fetch")), async (path, _file, headers, onProgress) => {
    sent.push(path, headers["content-type"] ?? "");
    onProgress(0.5);
    onProgress(1);
    return new Response(path.endsWith("full") ? '{"error":{"code":"too_many"}}' : '{"id":7}', { status: path.endsWith("full") ? 409 : 202 });
  });
  assert.deepEqual(await rest.upload("/a", new Blob(["x"]), (part) => parts.push(part)), { id: 7 });
  assert.deepEqual([parts, sent], [[0.5, 1], ["/a", "application/octet-stream"]]);
  await assert.rejects(rest.upload("/full", new Blob(["x"])), (error: unknown) => error instanceof RequestError && error.code === "too_many");
});
