// Appeals against what a class gave, over REST. Shapes as openapi.json has them.
import type { CreditReason } from "./classes";
import { address, Rest } from "./rest";

/** As long as an appeal or its decision may be, in characters. */
export const APPEAL_TEXT_MAX = 1_000;

export type AppealState = "waiting" | "granted" | "refused";

/** One that waits for the caller. */
export interface AppealRow {
  readonly id: number;
  readonly class: number;
  readonly title: string;
  /** "2026-11-26" */
  readonly day: string;
  readonly person: number;
  readonly name: string;
  readonly home_name: string;
  readonly written_ms: number;
}

/** `text` and `decision` are missing once they were erased; figures once the class's are. Hours in thousandths. */
export interface Appeal extends AppealRow {
  readonly state: AppealState;
  readonly may_decide: boolean;
  readonly text?: string;
  readonly decision?: string;
  readonly decided_ms?: number;
  readonly milli_hours?: number;
  readonly window_s?: number;
  readonly present_s?: number;
  readonly unproved_s?: number;
  readonly met?: number;
  readonly sent?: number;
  readonly reason?: CreditReason;
  readonly computed?: number;
  readonly stands?: number;
  readonly worth?: number;
}

/** `milli_hours`: what the class counts from then on. */
export type Decision = { readonly granted: true; readonly text: string; readonly milli_hours: number } | { readonly granted: false; readonly text: string };

const V1 = "/api/v1";

export class Credit {
  constructor(private readonly rest: Rest) {}

  write(person: number, of_class: number, text: string): Promise<{ readonly id: number }> {
    return this.rest.post(`${V1}/people/${person}/appeals`, { class: of_class, text });
  }

  /** Those that wait for the caller, the oldest first. */
  async waiting(): Promise<readonly AppealRow[]> {
    const found: AppealRow[] = [];
    let cursor: string | undefined;
    do {
      const page: { readonly items: readonly AppealRow[]; readonly next?: string } = await this.rest.get(address(`${V1}/appeals`, { cursor }));
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  one(id: number): Promise<Appeal> {
    return this.rest.get(`${V1}/appeals/${id}`);
  }

  decide(id: number, decision: Decision): Promise<Appeal> {
    return this.rest.post(`${V1}/appeals/${id}/decide`, decision);
  }
}
