// Reports over a period over REST: pages of rows, and files. Shapes as openapi.json has them.
import { address, Rest, Unreachable } from "./rest";
import type { Fetch } from "./rest";
import type { OrgKind } from "./records";

export const FIGURES = [
  "held", "invited", "accepted", "attended", "expected", "arrived", "on_leave", "absent", "guests", "present_s", "unproved_s", "met", "sent", "milli_hours",
] as const;
export type Figure = (typeof FIGURES)[number];

/** Of arrived to expected, in thousandths; null: nobody was expected. */
export type Figures = Readonly<Record<Figure, number>> & { readonly rate_permille: number | null };

export type ReportLevel = "children" | "orgs" | "persons";
export type FileFormat = "csv" | "xlsx";

export interface OrgFigures extends Figures {
  readonly org: number;
  readonly name: string;
  readonly kind: OrgKind;
  /** What is its own, and not of those below. */
  readonly own: boolean;
}

export interface PersonFigures extends Figures {
  readonly person: number;
  readonly name: string;
  readonly org: number;
  readonly org_name: string;
}

/** Rows without names, added up. */
export interface RestFigures extends Figures {
  readonly count: number;
}

export interface Report<Row> {
  readonly org: number;
  readonly org_name: string;
  readonly above: readonly { readonly org: number; readonly name: string }[];
  readonly from: string;
  readonly to: string;
  readonly alone: boolean;
  readonly as_of_ms: number;
  readonly known: { readonly sequence: number; readonly hash: string; readonly time_ms: number };
  readonly rules: readonly number[];
  readonly hash: string;
  readonly total: Figures;
  readonly months: readonly (Figures & { readonly month: string })[];
  readonly count: number;
  readonly items: readonly Row[];
  readonly others?: RestFigures;
  readonly ranking: boolean;
  readonly persons: boolean;
  readonly may_export: boolean;
  readonly next?: string;
}

export interface ReportQuery {
  readonly org: number;
  readonly from: string;
  readonly to: string;
}

/** How much of a file has come, in bytes; `total` where it is known. */
export type Received = (bytes: number, total: number | undefined) => void;

const PATH = "/api/v1/reports/attendance";
const FILE_PATH = "/api/v1/exports/attendance";
const PAGE_ROWS = 200;

export class Reports {
  private readonly rest: Rest;

  constructor(private readonly fetch: Fetch) {
    this.rest = new Rest(fetch);
  }

  /** All of them: there are no more organisations right below another than a page or three hold. */
  async children(query: ReportQuery): Promise<Report<OrgFigures>> {
    let page = await this.page<OrgFigures>(query, "children");
    const items = [...page.items];
    while (page.next !== undefined) {
      page = await this.page<OrgFigures>(query, "children", page.next);
      items.push(...page.items);
    }
    return { ...page, items };
  }

  persons(query: ReportQuery, cursor?: string): Promise<Report<PersonFigures>> {
    return this.page<PersonFigures>(query, "persons", cursor);
  }

  /** A file, and its name. */
  async file(query: ReportQuery, level: ReportLevel, format: FileFormat, lang: string, onReceived: Received, signal: AbortSignal): Promise<{ readonly blob: Blob; readonly name: string }> {
    const response = await this.ask(address(FILE_PATH, { ...query, level, format, lang }), signal);
    const total = Number(response.headers.get("content-length") ?? "");
    return { blob: await received(response, total > 0 ? total : undefined, onReceived), name: `attendance-${query.from}-${query.to}.${format}` };
  }

  private page<Row>(query: ReportQuery, level: ReportLevel, cursor?: string): Promise<Report<Row>> {
    return this.rest.get(address(PATH, { ...query, level, limit: PAGE_ROWS, cursor }));
  }

  /** Refused: told as every refusal of the API is. */
  private async ask(path: string, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(path, { credentials: "same-origin", signal });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Unreachable();
    }
    if (response.ok) return response;
    const told = new Rest(() => Promise.resolve(response));
    await told.get(path);
    throw new Unreachable();
  }
}

async function received(response: Response, total: number | undefined, onReceived: Received): Promise<Blob> {
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  if (!reader) return response.blob();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    onReceived(bytes, total);
  }
  return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
}
