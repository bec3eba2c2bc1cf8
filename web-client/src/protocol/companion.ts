// What a phone sends by REST before its page opens: the code that was scanned, and who it is.
import type { ClassPerson } from "./messages";
import { address } from "./rest";
import type { Rest } from "./rest";

/** What the QR code on a site's screen leads to. */
export interface ScanAddress {
  readonly class: number;
  readonly site: number;
  readonly code: string;
}

export interface Visit {
  readonly claim: string;
  readonly title: string;
  readonly site_name: string;
}

export class CompanionApi {
  constructor(private readonly rest: Rest) {}

  visit(at: ScanAddress): Promise<Visit> {
    return this.rest.post("/api/v1/companion/visit", at);
  }

  /** The claim of the visit becomes one that names a person. */
  async name(claim: string, name: string, card: string): Promise<string> {
    return (await this.rest.post<{ readonly claim: string }>("/api/v1/companion", { claim, name, ...(card === "" ? {} : { card }) })).claim;
  }
}

/** The path that a site's QR code encodes. */
export function scanPath({ class: number, site, code }: ScanAddress): string {
  return `/c/${number}/${site}/${code}`;
}

export function readScanPath(path: string): ScanAddress | undefined {
  const found = /^\/c\/([1-9]\d{0,15})\/([1-9]\d{0,15})\/([A-Za-z0-9]{1,16})\/?$/.exec(path);
  return found ? { class: Number(found[1]), site: Number(found[2]), code: found[3] ?? "" } : undefined;
}

interface PeoplePage {
  readonly items: readonly (Omit<ClassPerson, "site"> & { readonly site?: number })[];
  readonly next?: string;
}

/** Who is at home or signed in at a site of a class. */
export async function classPeople(rest: Rest, number: number, site: number): Promise<readonly ClassPerson[]> {
  const all: ClassPerson[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const page: PeoplePage = await rest.get(address(`/api/v1/classes/${number}/people`, { site, limit: 500, cursor }));
    all.push(...page.items.map((p) => ({ ...p, site: p.site ?? 0 })));
    cursor = page.next;
  }
  return all;
}
