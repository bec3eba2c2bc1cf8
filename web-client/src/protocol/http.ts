// The few things that go over plain HTTP: signing in and out, and the list of rooms.
import { RequestError } from "./socket";
import type { FailCode } from "./socket";

export interface Account {
  readonly account: string;
  readonly name: string;
  readonly org: string;
}

export interface RoomCard {
  readonly id: string;
  readonly title: string;
  readonly org: string;
  readonly state: "waiting" | "running" | "ended";
  readonly here: number;
  readonly locked: boolean;
}

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** The server did not answer at all. */
export class Unreachable extends Error {}

export class Api {
  constructor(private readonly fetch: Fetch) {}

  signIn(account: string, password: string): Promise<Account> {
    return this.call("POST", "/api/v1/session", { account, password }).then(readAccount);
  }

  async signOut(): Promise<void> {
    await this.call("DELETE", "/api/v1/session");
  }

  /** Who is signed in; undefined for nobody. */
  async whoAmI(): Promise<Account | undefined> {
    try {
      return readAccount(await this.call("GET", "/api/v1/session"));
    } catch (error) {
      if (error instanceof RequestError && error.code === "not_signed_in") return undefined;
      throw error;
    }
  }

  rooms(): Promise<readonly RoomCard[]> {
    return this.call("GET", "/api/v1/rooms").then(readRooms);
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    const value = parse(text);
    if (!response.ok) throw new RequestError(codeOf(response.status, value), undefined, retryOf(value));
    return value;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const init: RequestInit = { method, credentials: "same-origin", headers: { accept: "application/json" } };
    if (body !== undefined) {
      init.headers = { accept: "application/json", "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    try {
      return await this.fetch(path, init);
    } catch {
      throw new Unreachable();
    }
  }
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError("internal");
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
}

function codeOf(status: number, value: unknown): FailCode {
  const code = field(field(value, "error"), "code");
  if (typeof code === "string") return code as FailCode;
  if (status === 401) return "not_signed_in";
  if (status === 429) return "rate_limited";
  return status === 503 ? "overloaded" : "internal";
}

function retryOf(value: unknown): number | undefined {
  const retry_ms = field(field(value, "error"), "retry_ms");
  return typeof retry_ms === "number" ? retry_ms : undefined;
}

function readAccount(value: unknown): Account {
  return { account: text(value, "account"), name: text(value, "name"), org: text(value, "org") };
}

function readRooms(value: unknown): readonly RoomCard[] {
  const list = field(value, "rooms");
  if (!Array.isArray(list)) throw new RequestError("internal");
  return list.map((room: unknown) => {
    const here = Number(field(room, "here") ?? 0);
    const state = text(room, "state");
    return {
      id: text(room, "id"), title: text(room, "title"), org: text(room, "org"), here,
      state: state === "ended" ? "ended" : here > 0 || state === "running" ? "running" : "waiting",
      locked: field(room, "locked") === true,
    };
  });
}
