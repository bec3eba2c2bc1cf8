// The sites of a room as a tree of organisations with sums, sorted and searched; and the same sums as bars. Pure.
import type { LookOrg, LookSite } from "../protocol/messages";
import { compareNames, searchWords } from "./roster";

export interface Sums {
  readonly sites: number;
  readonly sites_here: number;
  readonly expected: number;
  readonly arrived: number;
  readonly late: number;
  readonly absent: number;
  readonly left: number;
  readonly on_leave: number;
  readonly here: number;
  readonly unproved: number;
}

export interface LookNode {
  readonly id: number;
  readonly name: string;
  readonly parent?: number;
  readonly sums: Sums;
  /** Organisations and sites below, unordered; none of a site. */
  readonly below: readonly LookNode[];
  readonly site?: LookSite;
}

export type LookOrder = "name" | "absent";

export interface LookRow {
  readonly node: LookNode;
  readonly level: number;
  readonly expandable: boolean;
  readonly open: boolean;
  readonly place: number;
  readonly places: number;
}

export const NO_SUMS: Sums = { sites: 0, sites_here: 0, expected: 0, arrived: 0, late: 0, absent: 0, left: 0, on_leave: 0, here: 0, unproved: 0 };

function sumsOf(site: LookSite): Sums {
  const { expected, arrived, late, absent, left, on_leave, here, unproved } = site;
  return { sites: 1, sites_here: site.state === "here" ? 1 : 0, expected, arrived, late, absent, left, on_leave, here, unproved };
}

export function added(a: Sums, b: Sums): Sums {
  return {
    sites: a.sites + b.sites, sites_here: a.sites_here + b.sites_here, expected: a.expected + b.expected, arrived: a.arrived + b.arrived, late: a.late + b.late,
    absent: a.absent + b.absent, left: a.left + b.left, on_leave: a.on_leave + b.on_leave, here: a.here + b.here, unproved: a.unproved + b.unproved,
  };
}

/** The topmost nodes. What hangs on an organisation that is not in sight, or on itself, stands at the top. */
export function lookTree(orgs: ReadonlyMap<number, LookOrg>, sites: ReadonlyMap<number, LookSite>): readonly LookNode[] {
  const under = new Map<number | undefined, (LookOrg | LookSite)[]>();
  const put = (above: number | undefined, item: LookOrg | LookSite): void => {
    const at = above !== undefined && orgs.has(above) ? above : undefined;
    const list = under.get(at);
    if (list) list.push(item);
    else under.set(at, [item]);
  };
  for (const site of sites.values()) put(site.above, site);
  for (const org of orgs.values()) put(org.parent === org.org ? undefined : org.parent, org);
  const make = (item: LookOrg | LookSite, parent: number | undefined): LookNode | undefined => {
    const above = parent === undefined ? {} : { parent };
    if ("site" in item) return { id: item.site, name: item.name, sums: sumsOf(item), below: [], site: item, ...above };
    const below = (under.get(item.org) ?? []).flatMap((child) => make(child, item.org) ?? []);
    if (below.length === 0) return undefined;
    return { id: item.org, name: item.name, sums: below.map((n) => n.sums).reduce(added, NO_SUMS), below, ...above };
  };
  return (under.get(undefined) ?? []).flatMap((item) => make(item, undefined) ?? []);
}

export function totalOf(nodes: readonly LookNode[]): Sums {
  return nodes.map((n) => n.sums).reduce(added, NO_SUMS);
}

export function findNode(nodes: readonly LookNode[], id: number): LookNode | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : findNode(node.below, id);
    if (found) return found;
  }
  return undefined;
}

/** All sites under these, in order. */
export function sitesUnder(nodes: readonly LookNode[], order: LookOrder = "name"): readonly LookNode[] {
  return inOrder(nodes, order).flatMap((node) => (node.site ? [node] : sitesUnder(node.below, order)));
}

/** By pinyin, or with who lacks most first. */
export function inOrder(nodes: readonly LookNode[], order: LookOrder): readonly LookNode[] {
  return [...nodes].sort((a, b) => (order === "absent" ? b.sums.absent - a.sums.absent : 0) || compareNames(a.name, b.name));
}

/** Where the districts begin: a chain of single organisations above them says nothing. */
export function districtsOf(nodes: readonly LookNode[]): readonly LookNode[] {
  const [only] = nodes;
  return nodes.length === 1 && only && only.below.length > 0 ? districtsOf(only.below) : nodes;
}

/** What is shown as bars where `id` is chosen: what lies right under it; of a site itself. */
export function barsOf(nodes: readonly LookNode[], id: number | undefined): readonly LookNode[] {
  const chosen = id === undefined ? undefined : findNode(nodes, id);
  if (!chosen) return districtsOf(nodes);
  return chosen.site ? [chosen] : chosen.below;
}

/** The rows from top to bottom. A search keeps what it found and what lies above, open. */
export function lookRows(nodes: readonly LookNode[], open: ReadonlySet<number>, order: LookOrder, found?: ReadonlySet<number>): readonly LookRow[] {
  const rows: LookRow[] = [];
  const keeps = (node: LookNode): boolean => !found || found.has(node.id) || node.below.some(keeps);
  const add = (list: readonly LookNode[], level: number, all: boolean): void => {
    const kept = inOrder(all ? list : list.filter(keeps), order);
    kept.forEach((node, n) => {
      const whole = all || found?.has(node.id) === true;
      const expandable = node.below.length > 0;
      const is_open = expandable && (open.has(node.id) || (found !== undefined && node.below.some(keeps)));
      rows.push({ node, level, expandable, open: is_open, place: n + 1, places: kept.length });
      if (is_open) add(node.below, level + 1, whole && open.has(node.id));
    });
  };
  add(nodes, 1, found === undefined);
  return rows;
}

// Searching. The server knows every reading of a name; here are characters and initials, so that a page that is offline from it still finds.

/** The first character of each letter's readings, in pinyin order; i, u and v begin none. */
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";
const collator = new Intl.Collator("zh-CN-u-co-pinyin");

function initialOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLocaleLowerCase();
  let at = -1;
  for (const first of FIRSTS) {
    if (collator.compare(first, character) > 0) break;
    at++;
  }
  return LETTERS[Math.max(0, at)] ?? "";
}

const kept = new Map<string, string>();

/** 城关镇 -> cgz, without spaces. */
export function initialsOf(name: string): string {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made = [...name].filter((c) => c.trim() !== "").map(initialOf).join("");
  kept.set(name, made);
  return made;
}

function allNodes(nodes: readonly LookNode[]): readonly LookNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.below)]);
}

/** What the words find: characters or initials of the name; `more` is what the server found by other readings. Undefined: nothing is searched. */
export function nodesFound(nodes: readonly LookNode[], query: string, more: ReadonlySet<number> = new Set()): ReadonlySet<number> | undefined {
  const words = searchWords(query);
  if (words.length === 0) return undefined;
  const matches = (name: string): boolean => {
    const text = name.toLocaleLowerCase();
    const initials = initialsOf(name);
    return words.every((word) => text.includes(word) || initials.includes(word));
  };
  return new Set(allNodes(nodes).filter((n) => more.has(n.id) || matches(n.name)).map((n) => n.id));
}

// Bars

export const PARTS = ["on_time", "unproved", "late", "absent", "on_leave"] as const;
export type Part = (typeof PARTS)[number];

/** A whole of people in parts that do not overlap: who came in time and is proved, whose proof is weak, who came late, who is not there, who is on leave. */
export function partsOf(sums: Sums): Readonly<Record<Part, number>> {
  const on_time = Math.max(0, sums.arrived - sums.late);
  const weak = Math.min(sums.unproved, sums.arrived); // visitors are counted here, too, and are not expected
  const of_on_time = Math.min(weak, on_time);
  return { on_time: on_time - of_on_time, unproved: weak, late: sums.late - (weak - of_on_time), absent: sums.absent, on_leave: sums.on_leave };
}

export function wholeOf(sums: Sums): number {
  return sums.expected + sums.on_leave;
}

/** What the longest bar stands for; all begin at nought. */
export function scaleOf(nodes: readonly LookNode[]): number {
  return Math.max(1, ...nodes.map((n) => wholeOf(n.sums)));
}
