// Classes over REST: plans, answers, leave, and what came of them. Shapes as openapi.json has them.
import { address, Rest } from "./rest";
import type { Versioned } from "./rest";

export const CLASS_KINDS = ["members_meeting", "committee_meeting", "group_meeting", "lecture", "theme_day", "organisation_life", "review", "training", "meeting"] as const;
export type ClassKind = (typeof CLASS_KINDS)[number];
export const CLASS_WAYS = ["video", "hall", "mixed"] as const;
export type ClassWay = (typeof CLASS_WAYS)[number];
export type ClassState = "planned" | "cancelled" | "open" | "paused" | "closed" | "sealed";
export type SiteAnswer = "" | "seen" | "accepted" | "declined";
export type LeaveState = "none" | "asked" | "granted" | "refused";
export type ProofGrade = "own" | "qr" | "delegate" | "typed";
export const CREDIT_REASONS = ["credited", "presence_short", "checks_missed", "not_signed_in", "on_leave", "not_on_roster", "capped", "overlap"] as const;
export type CreditReason = (typeof CREDIT_REASONS)[number];

export interface AgendaItem {
  readonly minutes?: number;
  readonly title: string;
  readonly speaker?: string;
}

/** Over the sites in sight. */
export interface ClassCount {
  readonly sites: number;
  readonly expected: number;
  readonly arrived: number;
  readonly on_leave: number;
  readonly unproved: number;
}

export interface OwnSite {
  readonly site: number;
  readonly name: string;
  readonly answer: SiteAnswer;
}

export interface ClassRow {
  readonly id: number;
  readonly room: string;
  readonly title: string;
  readonly org_name: string;
  readonly kind: ClassKind;
  readonly campaign: string;
  readonly way: ClassWay;
  readonly zone: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly state: ClassState;
  /** Its time went by without it. */
  readonly not_held?: boolean;
  readonly opened_ms: number;
  readonly closed_ms: number;
  /** The caller's in its room; null: may not enter. */
  readonly role: string | null;
  readonly count?: ClassCount;
  readonly own_sites: readonly OwnSite[];
}

export interface ClassFull extends ClassRow {
  readonly subject: string;
  readonly subtree: boolean;
  readonly agenda: readonly AgendaItem[];
  readonly hosts: readonly { readonly person: number; readonly name: string }[];
  /** Version that holds, 0 before it was frozen. */
  readonly roster: number;
  /** Why it was changed by hand; "" for version 1. */
  readonly roster_why?: string;
  readonly may_roster: boolean;
  /** The last version of its minutes, 0 none yet. */
  readonly minutes: number;
  readonly may_change: boolean;
  readonly org?: number;
  readonly target?: number;
}

export interface ClassSite {
  readonly site: number;
  readonly name: string;
  readonly above?: number;
  readonly above_name?: string;
  readonly answer: SiteAnswer;
  readonly why: string;
  /** For who answers for the site, or is above it. */
  readonly expected?: number;
  readonly arrived?: number;
  readonly on_leave?: number;
  readonly here?: number;
  readonly unproved?: number;
}

export interface ClassPerson {
  readonly person: number;
  readonly name: string;
  readonly expected: boolean;
  /** Where the caller sees who belongs there. */
  readonly home?: number;
  readonly home_name?: string;
  readonly leave: LeaveState;
  readonly leave_why?: string;
  readonly site?: number;
  readonly site_name?: string;
  readonly since_ms?: number;
  readonly grade?: ProofGrade;
  readonly shared?: boolean;
  readonly late?: boolean;
  readonly together?: boolean;
}

/** What a plan holds when it is made or changed as a whole. */
export interface PlanBody {
  readonly title: string;
  readonly kind: ClassKind;
  readonly campaign?: string;
  readonly way?: ClassWay;
  readonly subject?: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly zone?: string;
  readonly target?: number;
  readonly subtree?: boolean;
  readonly agenda?: readonly AgendaItem[];
  readonly hosts?: readonly number[];
}

export interface CreditSum {
  readonly year: number;
  readonly subject: string;
  readonly kind: string;
  readonly milli_hours: number;
  readonly counted_s: number;
}

/** What came of one class for one person. */
export interface CreditResult {
  readonly class: number;
  readonly title: string;
  /** "2026-11-26" */
  readonly day: string;
  readonly window_s: number;
  readonly present_s: number;
  readonly counted_s: number;
  readonly milli_hours: number;
  readonly met: number;
  readonly sent: number;
  readonly reason: CreditReason;
}

/** One posting of the ledger. */
export interface CreditEntry {
  readonly entry: number;
  readonly class: number;
  readonly title?: string;
  readonly day: string;
  readonly posted_us: number;
  readonly milli_hours: number;
  readonly reason: CreditReason;
  /** The posting that it takes back. */
  readonly reverses?: number;
  readonly appeal?: number;
}

/** `text` and `decision` are missing once they were erased. */
export interface CardAppeal {
  readonly appeal: number;
  readonly class: number;
  readonly written_us: number;
  readonly text?: string;
  /** 1: written by somebody for the person. */
  readonly by_other: number;
  readonly decided_us?: number;
  readonly granted?: number;
  readonly decision?: string;
  readonly milli_hours?: number;
}

/** Lists the newest first. */
export interface CreditCard {
  readonly sums: readonly CreditSum[];
  readonly entries: readonly CreditEntry[];
  readonly results: readonly CreditResult[];
  readonly appeals: readonly CardAppeal[];
  readonly may_appeal: boolean;
  /** What the year should reach; missing: none is set. */
  readonly target?: number;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const V1 = "/api/v1";
const PAGE_ROWS = 500;

export class Classes {
  constructor(private readonly rest: Rest) {}

  /** Not over by `from_ms`, begun by `to_ms`, by their start. */
  list(from_ms?: number, to_ms?: number): Promise<readonly ClassRow[]> {
    return this.all<ClassRow>((cursor) => address(`${V1}/classes`, { from_ms, to_ms, limit: PAGE_ROWS, cursor }));
  }

  one(id: number): Promise<Versioned<ClassFull>> {
    return this.rest.read(`${V1}/classes/${id}`);
  }

  plan(org: number, plan: PlanBody): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes`, { org, ...plan });
  }

  change(id: number, plan: PlanBody, etag: string): Promise<ClassFull> {
    return this.rest.patch(`${V1}/classes/${id}`, plan, etag);
  }

  cancel(id: number, why: string): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes/${id}/cancel`, { why });
  }

  sites(id: number): Promise<readonly ClassSite[]> {
    return this.all<ClassSite>((cursor) => address(`${V1}/classes/${id}/sites`, { limit: PAGE_ROWS, cursor }));
  }

  people(id: number, site?: number): Promise<readonly ClassPerson[]> {
    return this.all<ClassPerson>((cursor) => address(`${V1}/classes/${id}/people`, { site, limit: PAGE_ROWS, cursor }));
  }

  /** Persons put on the roster and taken off. `site`: where those are expected whose own organisation was not invited. */
  changeRoster(id: number, change: { readonly add?: readonly number[]; readonly remove?: readonly number[]; readonly site?: number }, why: string): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes/${id}/roster`, { ...change, why });
  }

  answer(id: number, site: number, answer: Exclude<SiteAnswer, "">, why: string): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes/${id}/answer`, { site, answer, ...(why ? { why } : {}) });
  }

  askLeave(id: number, person: number, why: string): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes/${id}/leave`, { person, why });
  }

  decideLeave(id: number, person: number, granted: boolean, why: string): Promise<ClassFull> {
    return this.rest.post(`${V1}/classes/${id}/leave/decide`, { person, granted, ...(why ? { why } : {}) });
  }

  /** A person's card; this year without `year`. */
  card(person: number, year?: number): Promise<CreditCard> {
    return this.rest.get(address(`${V1}/people/${person}/credit`, { year }));
  }

  private async all<T>(page: (cursor: string | undefined) => string): Promise<readonly T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const { items, next }: Page<T> = await this.rest.get<Page<T>>(page(cursor));
      found.push(...items);
      cursor = next;
    } while (cursor !== undefined);
    return found;
  }
}
