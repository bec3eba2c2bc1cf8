// The sites of a class in a table: found by name, added up.
import type { ClassSite } from "../protocol/classes";

export function sitesFound(sites: readonly ClassSite[], query: string): readonly ClassSite[] {
  const wanted = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return sites;
  return sites.filter((site) => {
    const text = `${site.above_name ?? ""} ${site.name}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export interface SiteTotals {
  readonly accepted: number;
  readonly declined: number;
  /** Nothing, or that it was seen. */
  readonly open: number;
}

export function siteTotals(sites: readonly Pick<ClassSite, "answer">[]): SiteTotals {
  const accepted = sites.filter((site) => site.answer === "accepted").length;
  const declined = sites.filter((site) => site.answer === "declined").length;
  return { accepted, declined, open: sites.length - accepted - declined };
}
