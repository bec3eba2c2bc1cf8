// The tree of organisations as a page shows it: what has been read, what is open, and how a key moves in it.
import { Cell } from "../base/cell";
import type { ReadCell } from "../base/cell";
import type { Org, Records } from "../protocol/records";

/** Key of the topmost ones in `below`. */
const TOP = 0;

export interface TreeState {
  readonly orgs: ReadonlyMap<number, Org>;
  /** Children in order, of those whose children were read. */
  readonly below: ReadonlyMap<number, readonly number[]>;
  readonly open: ReadonlySet<number>;
}

export interface TreeRow {
  readonly org: Org;
  readonly level: number;
  readonly expandable: boolean;
  readonly open: boolean;
  readonly place: number;
  readonly places: number;
}

const EMPTY: TreeState = { orgs: new Map(), below: new Map(), open: new Set() };

/** Where an organisation lies: its path without its own name, which stands beside it. */
export function pathAbove(path: string): string {
  return path.split(" / ").slice(0, -1).join(" / ");
}

export class OrgTree {
  private readonly cell = new Cell<TreeState>(EMPTY);

  constructor(private readonly records: Pick<Records, "org" | "orgs">) {}

  get state(): ReadCell<TreeState> {
    return this.cell;
  }

  /** Reads the topmost ones; a single one is opened at once. */
  async begin(): Promise<void> {
    if (this.cell.value.below.has(TOP)) return;
    const top = await this.readBelow(TOP);
    if (top.length === 1 && top[0]) await this.setOpen(top[0].id, true);
  }

  async setOpen(id: number, open: boolean): Promise<void> {
    if (open && !this.cell.value.below.has(id)) await this.readBelow(id);
    this.cell.update((s) => {
      const next = new Set(s.open);
      if (open) next.add(id);
      else next.delete(id);
      return { ...s, open: next };
    });
  }

  /** Opens everything above an organisation, so that its row is there. */
  async reveal(id: number): Promise<void> {
    const above: number[] = [];
    let at = await this.one(id);
    while (at.parent !== undefined) {
      above.push(at.parent);
      at = await this.one(at.parent);
    }
    for (const parent of above.reverse()) await this.setOpen(parent, true);
  }

  /** After an act: reads again what was read of these. */
  async refresh(...ids: readonly (number | undefined)[]): Promise<void> {
    for (const id of new Set(ids)) {
      if (id === undefined) await this.readBelow(TOP);
      else if (this.cell.value.below.has(id)) await this.readBelow(id);
      if (id !== undefined) await this.readOne(id).catch(() => undefined); // out of sight by now
    }
  }

  private async one(id: number): Promise<Org> {
    return this.cell.value.orgs.get(id) ?? this.readOne(id);
  }

  private async readOne(id: number): Promise<Org> {
    const { value } = await this.records.org(id);
    this.cell.update((s) => ({ ...s, orgs: new Map(s.orgs).set(id, value) }));
    return value;
  }

  private async readBelow(id: number): Promise<readonly Org[]> {
    const found = await this.records.orgs(id === TOP ? undefined : id);
    this.cell.update((s) => {
      const orgs = new Map(s.orgs);
      for (const org of found) orgs.set(org.id, org);
      return { ...s, orgs, below: new Map(s.below).set(id, found.map((o) => o.id)) };
    });
    return found;
  }
}

/** The rows from top to bottom, as far as they are open. */
export function treeRows(state: TreeState): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (id: number, level: number): void => {
    const ids = state.below.get(id) ?? [];
    ids.forEach((child, n) => {
      const org = state.orgs.get(child);
      if (!org) return;
      const open = state.open.has(child) && state.below.has(child);
      const expandable = (org.children ?? 0) > 0;
      rows.push({ org, level, expandable, open: open && expandable, place: n + 1, places: ids.length });
      if (open) add(child, level + 1);
    });
  };
  add(TOP, 1);
  return rows;
}

/** What a key needs to know of a row. */
export interface KeyRow extends Pick<TreeRow, "level" | "expandable" | "open"> {
  readonly org: Pick<Org, "id" | "name">;
}

export type TreeMove = { readonly kind: "focus"; readonly index: number } | { readonly kind: "open" | "close" | "choose"; readonly id: number };

/** What a key does in a tree, by the WAI-ARIA pattern. Undefined: nothing. */
export function treeKey(rows: readonly KeyRow[], at: number, key: string): TreeMove | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const focus = (index: number): TreeMove | undefined => (index >= 0 && index < rows.length ? { kind: "focus", index } : undefined);
  switch (key) {
    case "ArrowDown":
      return focus(at + 1);
    case "ArrowUp":
      return focus(at - 1);
    case "Home":
      return focus(0);
    case "End":
      return focus(rows.length - 1);
    case "ArrowRight":
      if (!row.expandable) return undefined;
      return row.open ? focus(at + 1) : { kind: "open", id: row.org.id };
    case "ArrowLeft":
      return row.open ? { kind: "close", id: row.org.id } : focus(parentOf(rows, at));
    case "Enter":
    case " ":
      return { kind: "choose", id: row.org.id };
    default:
      return undefined;
  }
}

function parentOf(rows: readonly KeyRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let n = at - 1; n >= 0; n--) if ((rows[n]?.level ?? 0) < level) return n;
  return -1;
}

/** The next row below (then from the top) whose name begins so; -1 for none. */
export function typeAhead(rows: readonly KeyRow[], at: number, typed: string): number {
  const wanted = typed.toLocaleLowerCase();
  const from = wanted.length > 1 ? at : at + 1;
  for (let n = 0; n < rows.length; n++) {
    const index = (from + n) % rows.length;
    if (rows[index]?.org.name.toLocaleLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
