// What lies between a plan and its class over REST: the calendar's file, classes that meet, experts by link, and what an expert's page asks.
import type { AgendaItem, ClassKind, ClassState } from "./classes";
import { address } from "./rest";
import type { Rest } from "./rest";

/** Another class at the same time, with sites in common. */
export interface Overlap {
  readonly class: number;
  readonly title: string;
  readonly org_name: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly sites: number;
  readonly site_name: string;
}

/** A plan that is not saved yet. */
export interface OverlapQuery {
  readonly org?: number;
  readonly target?: number;
  readonly subtree: boolean;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly except?: number;
}

export type ExpertState = "waiting" | "good" | "over" | "revoked";

export interface Expert {
  readonly expert: number;
  readonly name: string;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly by_plan: boolean;
  readonly state: ExpertState;
  readonly here: boolean;
  readonly encoder: boolean;
}

export interface ExpertLink {
  readonly expert: number;
  readonly path: string;
}

/** What the page of a link is told. Without a token the room cannot be entered yet. */
export interface ExpertPage {
  readonly name: string;
  readonly room: string;
  readonly title: string;
  readonly org_name: string;
  readonly kind: ClassKind;
  readonly state: ClassState;
  readonly not_held: boolean;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly from_ms: number;
  readonly until_ms: number;
  /** The server's clock as it answered. */
  readonly now_ms: number;
  readonly agenda: readonly AgendaItem[];
  readonly hosts: readonly string[];
  readonly token?: string;
}

const V1 = "/api/v1";

export function calendarPath(id: number): string {
  return `${V1}/classes/${id}/calendar.ics`;
}

export function whipPath(room: string): string {
  return `/whip/${encodeURIComponent(room)}`;
}

export class Invites {
  constructor(private readonly rest: Rest) {}

  async overlaps(id: number): Promise<readonly Overlap[]> {
    return (await this.rest.get<{ readonly items: readonly Overlap[] }>(`${V1}/classes/${id}/overlaps`)).items;
  }

  async overlapsOf(plan: OverlapQuery): Promise<readonly Overlap[]> {
    return (await this.rest.get<{ readonly items: readonly Overlap[] }>(address(`${V1}/classes/overlaps`, { ...plan }))).items;
  }

  async experts(id: number): Promise<readonly Expert[]> {
    return (await this.rest.get<{ readonly items: readonly Expert[] }>(`${V1}/classes/${id}/experts`)).items;
  }

  invite(id: number, name: string, times?: { readonly from_ms: number; readonly until_ms: number }): Promise<ExpertLink> {
    return this.rest.post(`${V1}/classes/${id}/experts`, { name, ...(times ?? {}) });
  }

  revoke(id: number, expert: number, why: string): Promise<void> {
    return this.rest.post(`${V1}/classes/${id}/experts/${expert}/revoke`, { why });
  }

  /** The page of an expert's link. */
  expert(id: number, code: string): Promise<ExpertPage> {
    return this.rest.post(`${V1}/expert`, { class: id, code });
  }
}
