// Findings of superiors and notices, over REST. Shapes as openapi.json has them.
import type { OrgNotice } from "./messages";
import { address, Rest } from "./rest";

export interface Finding {
  readonly class: number;
  readonly class_title: string;
  /** Its number in the class. */
  readonly finding: number;
  readonly site: number;
  readonly site_name: string;
  /** Absent: erased after its days. */
  readonly text?: string;
  /** The moment that was looked at. */
  readonly look_ms: number;
  readonly written_ms: number;
  /** In whose right it was written. */
  readonly by_org: string;
  readonly by?: string;
  readonly answered_ms?: number;
  readonly answer?: string;
  readonly answer_by?: string;
  readonly may_answer: boolean;
}

export interface FindingFilter {
  readonly class?: number;
  readonly org?: number;
  /** Only those without an answer. */
  readonly open?: boolean;
}

export interface FindingPage {
  readonly items: readonly Finding[];
  readonly next?: string;
}

export interface NoticePage {
  readonly items: readonly OrgNotice[];
  readonly next?: string;
  readonly unread: number;
  /** The newest, for `read`. */
  readonly upto: number;
}

const V1 = "/api/v1";
const PAGE_ROWS = 50;

export class LookRecords {
  constructor(private readonly rest: Rest) {}

  /** Newest first. */
  findings(filter: FindingFilter, cursor?: string): Promise<FindingPage> {
    return this.rest.get(address(`${V1}/findings`, { ...filter, limit: PAGE_ROWS, cursor }));
  }

  write(number: number, site: number, text: string, look_ms: number): Promise<Finding> {
    return this.rest.post(`${V1}/classes/${number}/findings`, { site, text, look_ms });
  }

  answer(number: number, finding: number, text: string): Promise<Finding> {
    return this.rest.post(`${V1}/classes/${number}/findings/${finding}/answer`, { text });
  }

  /** Newest first. */
  notices(cursor?: string): Promise<NoticePage> {
    return this.rest.get(address(`${V1}/notices`, { limit: PAGE_ROWS, cursor }));
  }

  /** All up to there: how many are left. */
  async read(upto: number): Promise<number> {
    return (await this.rest.post<{ readonly unread: number }>(`${V1}/notices/read`, { upto })).unread;
  }
}
