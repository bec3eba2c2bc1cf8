// The REST API's way of speaking: JSON both ways, problems as errors with a code, versions by ETag.
import { RequestError } from "./socket";
import type { FailCode } from "./socket";

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Sends a file by POST; how far it has come, from 0 to 1, is told on the way. Throws when it cannot be sent. */
export type Upload = (path: string, file: Blob, headers: Readonly<Record<string, string>>, onProgress: (part: number) => void) => Promise<Response>;

/** The server did not answer at all. */
export class Unreachable extends Error {}

/** A value as it was read, with what PATCH needs to tell whether somebody changed it meanwhile. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

/** How long an act that was not answered may be asked for again under its key; then it is taken for another of the same words. */
const ASKED_AGAIN_MS = 10 * 60_000;

interface Unanswered {
  readonly key: string;
  readonly until_ms: number;
}

export class Rest {
  /** By what was asked: it may have been done, though nobody knows. */
  private readonly unanswered = new Map<string, Unanswered>();

  /** With `newKey` acts are named by it, so that what is asked again because no answer came is not done twice. */
  constructor(private readonly fetch: Fetch, private readonly sender?: Upload, private readonly newKey?: () => string) {}

  async get<T>(path: string): Promise<T> {
    return (await this.call("GET", path)).value as T;
  }

  async read<T>(path: string): Promise<Versioned<T>> {
    const { value, etag } = await this.call("GET", path);
    return { value: value as T, etag };
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return (await this.call("POST", path, body)).value as T;
  }

  async patch<T>(path: string, body: unknown, etag: string): Promise<T> {
    return (await this.call("PATCH", path, body, etag)).value as T;
  }

  /** The whole anew, against the version that was read. */
  async put<T>(path: string, body: unknown, etag: string): Promise<T> {
    return (await this.call("PUT", path, body, etag)).value as T;
  }

  /** A file as it is; what it is, the server sees itself. */
  async upload<T>(path: string, file: Blob, onProgress: (part: number) => void = () => undefined): Promise<T> {
    const headers = { accept: "application/json", "content-type": "application/octet-stream" };
    const send = this.sender ?? ((to, body, with_headers) => this.fetch(to, { method: "POST", credentials: "same-origin", headers: with_headers, body }));
    return (await answerOf(reached(send(path, file, headers, onProgress)))).value as T;
  }

  async delete(path: string): Promise<void> {
    await this.call("DELETE", path);
  }

  private async call(method: string, path: string, body?: unknown, etag?: string): Promise<Versioned<unknown>> {
    if (!this.newKey || body === undefined) return answerOf(this.send(method, path, body, etag));
    return this.act(this.newKey, method, path, body, etag);
  }

  private async act(newKey: () => string, method: string, path: string, body: unknown, etag: string | undefined): Promise<Versioned<unknown>> {
    const what = `${method} ${path} ${etag ?? ""} ${JSON.stringify(body)}`;
    this.forget();
    const before = this.unanswered.get(what);
    const again = before !== undefined;
    const key = before?.key ?? newKey();
    this.unanswered.delete(what);
    try {
      return await answerOf(this.send(method, path, body, etag, key));
    } catch (error) {
      if (isUnknown(error)) this.unanswered.set(what, { key, until_ms: Date.now() + ASKED_AGAIN_MS });
      if (again && error instanceof RequestError && error.code === "key_reused") return this.act(newKey, method, path, body, etag); // a secret that is told once: another is made
      throw error;
    }
  }

  private forget(): void {
    for (const [what, { until_ms }] of this.unanswered) if (Date.now() >= until_ms) this.unanswered.delete(what);
  }

  private async send(method: string, path: string, body: unknown, etag: string | undefined, key?: string): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    const init: RequestInit = { method, credentials: "same-origin", headers };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    if (etag) headers["if-match"] = etag;
    if (key) headers["idempotency-key"] = key;
    return reached(this.fetch(path, init));
  }
}

/** Whether it was done: no answer, or one that was not the server's. */
function isUnknown(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof RequestError && error.code === "internal");
}

async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch {
    throw new Unreachable();
  }
}

async function answerOf(asked: Promise<Response>): Promise<Versioned<unknown>> {
  const response = await asked;
  const value = parse(await reached(response.text()));
  if (!response.ok) throw refusalOf(response.status, value);
  return { value, etag: response.headers.get("etag") ?? "" };
}

/** Path and query; what is undefined or empty stays away. */
export function address(path: string, query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "" && value !== false) all.set(name, value === true ? "1" : String(value));
  const text = all.toString();
  return text ? `${path}?${text}` : path;
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError("internal");
  }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function refusalOf(status: number, value: unknown): RequestError {
  const error = field(value, "error");
  const where = field(error, "field");
  const retry_ms = field(error, "retry_ms");
  return new RequestError(codeOf(status, field(error, "code")), typeof where === "string" ? where : undefined, typeof retry_ms === "number" ? retry_ms : undefined);
}

function codeOf(status: number, code: unknown): FailCode {
  if (typeof code === "string") return code as FailCode;
  if (status === 401) return "not_signed_in";
  if (status === 429) return "rate_limited";
  return status === 503 ? "overloaded" : "internal";
}
