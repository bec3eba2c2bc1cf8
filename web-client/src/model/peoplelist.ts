// A list of thousands of persons in the server's order, read as far as somebody looks.
import { Cell } from "../base/cell";
import type { ReadCell } from "../base/cell";
import type { PeopleFilter, PersonRow, Records } from "../protocol/records";

export interface ListState {
  readonly rows: readonly PersonRow[];
  /** Undefined until the first page is there. */
  readonly total?: number;
  /** Organisations whose persons policy keeps from those above, the user among them. */
  readonly closed?: number;
  readonly error?: unknown;
}

export class PeopleList {
  private readonly cell = new Cell<ListState>({ rows: [] });
  private filter: PeopleFilter = {};
  private cursor: string | undefined;
  private wanted = 0;
  private generation = 0;
  private reading = false;

  constructor(private readonly records: Pick<Records, "people">) {}

  get state(): ReadCell<ListState> {
    return this.cell;
  }

  /** Begins anew. What was shown stays until the first rows of the new list are there. */
  show(filter: PeopleFilter): void {
    this.generation++;
    this.filter = filter;
    this.cursor = undefined;
    this.wanted = 1;
    this.reading = false;
    void this.read(this.generation, true);
  }

  /** Reads on until there are `n` rows, or all. */
  need(n: number): void {
    this.wanted = Math.max(this.wanted, n);
    if (!this.reading && this.cursor !== undefined && this.cell.value.rows.length < this.wanted) void this.read(this.generation, false);
  }

  private async read(generation: number, first: boolean): Promise<void> {
    this.reading = true;
    try {
      let begin = first;
      do {
        const page = await this.records.people(this.filter, begin ? undefined : this.cursor);
        if (generation !== this.generation) return; // another list was asked for meanwhile
        const rows = begin ? page.items : [...this.cell.value.rows, ...page.items];
        this.cursor = page.next;
        begin = false;
        this.cell.set({ rows, total: page.total ?? rows.length, closed: page.closed_orgs ?? 0 });
      } while (this.cursor !== undefined && this.cell.value.rows.length < this.wanted);
    } catch (error) {
      if (generation === this.generation) this.cell.update((s) => ({ ...s, error }));
    } finally {
      if (generation === this.generation) this.reading = false;
    }
  }
}
