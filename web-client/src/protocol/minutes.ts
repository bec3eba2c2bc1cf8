// Minutes of a class over REST: made by the server, written by people version by version, sealed. Shapes as openapi.json has them.
import type { AgendaItem, ClassKind, ClassWay, SiteAnswer } from "./classes";
import { address, Rest } from "./rest";
import type { Versioned } from "./rest";

export interface MinutesNumbers {
  /** present + leave + absent */
  readonly expected: number;
  readonly present: number;
  readonly leave: number;
  readonly absent: number;
  readonly visitors: number;
}

export interface MinutesSite extends MinutesNumbers {
  readonly site: number;
  readonly name: string;
  readonly answer: SiteAnswer;
}

export type Attendance = "present" | "leave" | "absent" | "visitor";

export interface MinutesPerson {
  /** Empty: erased. */
  readonly name: string;
  readonly home?: number;
  /** Of a home that was not invited. */
  readonly home_name?: string;
  readonly state: Attendance;
  /** Was there, not at home. */
  readonly site?: number;
  readonly site_name?: string;
  /** Of who was absent. */
  readonly leave?: "asked" | "refused";
}

export interface MinutesAsk {
  readonly ask: number;
  readonly kind: "poll" | "quiz" | "vote" | "ballot";
  readonly audience: "persons" | "seats";
  readonly prompt: string;
  readonly answered: number;
  readonly options: readonly { readonly text: string; readonly votes: number; readonly right?: boolean }[];
  readonly void?: "too_few" | "key_lost";
  readonly unanimous?: boolean;
  readonly spoiled?: number;
}

export interface MinutesVersion {
  readonly version: number;
  readonly at_ms: number;
  readonly by_name: string;
  readonly by_server: boolean;
}

export interface Speech {
  readonly speaker: string;
  readonly text: string;
}

/** What people write, each version as a whole. */
export interface MinutesEdit {
  readonly place: string;
  readonly recorder: string;
  /** About each item of the agenda, in order. */
  readonly notes: readonly string[];
  readonly speeches: readonly Speech[];
  readonly conclusion: string;
}

export interface Minutes extends MinutesEdit {
  readonly class: number;
  /** This one. */
  readonly version: number;
  readonly latest: number;
  readonly versions: readonly MinutesVersion[];
  readonly sealed?: MinutesVersion & { readonly hash: string };
  readonly may_write: boolean;
  readonly may_seal: boolean;
  readonly org_name: string;
  readonly title: string;
  readonly kind: ClassKind;
  readonly campaign: string;
  readonly way: ClassWay;
  readonly opened_ms: number;
  readonly closed_ms: number;
  /** Without pauses. */
  readonly taught_s: number;
  readonly checks: number;
  readonly hosts: readonly { readonly name: string }[];
  readonly numbers: MinutesNumbers;
  /** How many were invited; `sites` are those in sight. */
  readonly sites_all: number;
  readonly sites: readonly MinutesSite[];
  readonly persons: readonly MinutesPerson[];
  readonly persons_left_out: number;
  readonly agenda: readonly AgendaItem[];
  readonly speakers: readonly { readonly name: string; readonly from_ms: number; readonly on_s: number }[];
  readonly asks: readonly MinutesAsk[];
  readonly gaps: readonly { readonly from_ms: number; readonly to_ms: number }[];
}

/** As long as each may be, in characters that take one byte; the server counts bytes. */
export const LINE_MAX = 200;
export const NOTE_MAX = 6_000;
export const CONCLUSION_MAX = 24_000;

const path = (id: number): string => `/api/v1/classes/${id}/minutes`;

export class MinutesApi {
  constructor(private readonly rest: Rest) {}

  /** The last version, or an older one. */
  read(id: number, version?: number): Promise<Versioned<Minutes>> {
    return this.rest.read(address(path(id), { version }));
  }

  /** A further version, in the place of the one with that ETag. */
  write(id: number, edit: MinutesEdit, etag: string): Promise<Minutes> {
    return this.rest.put(path(id), edit, etag);
  }

  seal(id: number, version: number): Promise<Minutes> {
    return this.rest.post(`${path(id)}/seal`, { version });
  }
}
