// Who is signed in, and the list of rooms.
import { field, Rest } from "./rest";
import type { Fetch } from "./rest";
import { RequestError } from "./socket";

export { Unreachable } from "./rest";
export type { Fetch } from "./rest";

export type Home = "administrator" | "superior" | "branch" | "expert" | "member";
export type GrantRole = "administrator" | "leader" | "inspector" | "expert" | "member";

export interface OwnGrant {
  readonly role: GrantRole;
  readonly org: number;
  readonly org_name: string;
  readonly subtree: boolean;
}

export interface Account {
  readonly account: string;
  readonly name: string;
  readonly org: string;
  readonly org_id: number;
  /** 0: a site's account, which is nobody's own. */
  readonly person: number;
  readonly home: Home;
  readonly grants: readonly OwnGrant[];
  /** A password of one's own comes before everything else. */
  readonly must_change: boolean;
  /** Without one a change asks for no old one. */
  readonly has_password: boolean;
}

export interface RoomCard {
  readonly id: string;
  readonly title: string;
  readonly org: string;
  readonly state: "waiting" | "running" | "ended";
  readonly here: number;
  readonly locked: boolean;
  readonly standing: boolean; // an organisation's, which is always there
}

const QUEUE_TRIES = 10;

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export class Api {
  private readonly rest: Rest;

  constructor(fetch: Fetch, private readonly wait: (ms: number) => Promise<void> = pause) {
    this.rest = new Rest(fetch);
  }

  /** Where many sign in at once the server says when to come again: `onQueue` is told that it is so, and the wait is kept. */
  async signIn(account: string, password: string, onQueue: () => void = () => undefined): Promise<Account> {
    for (let tries = 1; ; tries++) {
      try {
        return readAccount(await this.rest.post("/api/v1/session", { account, password }));
      } catch (error) {
        if (!(error instanceof RequestError && error.code === "overloaded" && error.retry_ms !== undefined) || tries === QUEUE_TRIES) throw error;
        onQueue();
        await this.wait(error.retry_ms);
      }
    }
  }

  signOut(): Promise<void> {
    return this.rest.delete("/api/v1/session");
  }

  /** The name of the provider by which one may sign in; undefined: there is none. */
  async provider(): Promise<string | undefined> {
    const name = text(await this.rest.get("/api/v1/session/ways"), "provider");
    return name === "" ? undefined : name;
  }

  /** Who is signed in; undefined for nobody. */
  async whoAmI(): Promise<Account | undefined> {
    try {
      return readAccount(await this.rest.get("/api/v1/session"));
    } catch (error) {
      if (error instanceof RequestError && error.code === "not_signed_in") return undefined;
      throw error;
    }
  }

  /** A code that was given once becomes a sign-in of this browser. */
  useLink(code: string): Promise<Account> {
    return this.rest.post("/api/v1/session/link", { code }).then(readAccount);
  }

  /** Without an old password for an account that has none yet. All other sign-ins of the account end. */
  changePassword(old: string, fresh: string): Promise<Account> {
    return this.rest.post("/api/v1/session/password", old === "" ? { new: fresh } : { old, new: fresh }).then(readAccount);
  }

  rooms(): Promise<readonly RoomCard[]> {
    return this.rest.get("/api/v1/rooms").then(readRooms);
  }
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
}

const HOMES: readonly Home[] = ["administrator", "superior", "branch", "expert", "member"];

function readAccount(value: unknown): Account {
  const grants = field(value, "grants");
  return {
    account: text(value, "account"), name: text(value, "name"), org: text(value, "org"), org_id: Number(field(value, "org_id") ?? 0), person: Number(field(value, "person") ?? 0),
    home: HOMES.find((home) => home === field(value, "home")) ?? "branch", grants: Array.isArray(grants) ? (grants as readonly OwnGrant[]) : [],
    must_change: field(value, "must_change") === true, has_password: field(value, "has_password") !== false,
  };
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
      standing: field(room, "standing") === true,
    };
  });
}
