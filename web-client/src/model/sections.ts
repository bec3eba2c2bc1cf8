// What a signed-in user has: the entries of the navigation, by grants and home.
import type { Account, GrantRole } from "../protocol/http";

export type Section = "home" | "classes" | "look" | "reports" | "card" | "orgs" | "people" | "grants" | "policy" | "audit" | "own" | "sessions";

const OVERSEERS: readonly GrantRole[] = ["administrator", "leader", "inspector"];

function oversees(account: Account): boolean {
  return account.grants.some((g) => OVERSEERS.includes(g.role));
}

/** Whether something lies below that may be looked at. */
export function looksDown(account: Account): boolean {
  return account.grants.some((g) => OVERSEERS.includes(g.role) && g.subtree);
}

/** Whether notices of an organisation come to this account. */
export function hasNotices(account: Account): boolean {
  return oversees(account) || account.person === 0;
}

export function sectionsOf(account: Account): readonly Section[] {
  const over: readonly Section[] = oversees(account) ? ["reports", "orgs", "people", "grants", "policy", "audit"] : [];
  const own: readonly Section[] = account.person > 0 ? ["card", "own"] : [];
  const classes: readonly Section[] = account.person > 0 ? ["classes"] : []; // a site has them on its home
  const look: readonly Section[] = looksDown(account) ? ["look"] : [];
  return ["home", ...classes, ...look, ...over, ...own, "sessions"];
}

/** Where pages that are of one organisation begin: the first that is overseen, else the own. */
export function firstOrg(account: Account): number {
  return account.grants.find((g) => OVERSEERS.includes(g.role))?.org ?? account.org_id;
}

/** The one organisation that the account answers for; undefined where there are several, or none. */
export function onlyOrg(account: Account): { readonly id: number; readonly name: string } | undefined {
  const [first, ...rest] = account.grants.filter((g) => g.role === "administrator" || g.role === "leader");
  return first && rest.every((g) => g.org === first.org) ? { id: first.org, name: first.org_name } : undefined;
}

/** Differs when what the account may do differs. */
export function rightsOf(account: Account): string {
  return `${account.account} ${account.grants.map((g) => `${g.role} ${g.org} ${g.subtree}`).sort().join(", ")}`;
}

/** The first organisation that the account administers with all below it, where webhooks may be set. */
export function administeredOrg(account: Account): number | undefined {
  return account.grants.find((g) => g.role === "administrator" && g.subtree)?.org;
}

/** The address of a section. */
export function pathOf(section: Section, account: Account): string {
  switch (section) {
    case "home":
      return "/";
    case "orgs":
      return "/org";
    case "policy":
      return `/policy/${firstOrg(account)}`;
    case "own":
      return `/person/${account.person}`;
    default:
      return `/${section}`;
  }
}
