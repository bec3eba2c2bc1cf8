// The rows of an import that were refused, read as far as somebody looks.
import { Cell } from "../base/cell";
import type { ReadCell } from "../base/cell";
import type { ImportRow, Imports } from "../protocol/imports";

export interface RefusedState {
  readonly rows: readonly ImportRow[];
  readonly error?: unknown;
}

export class RefusedRows {
  private readonly cell = new Cell<RefusedState>({ rows: [] });
  private readonly pages: AsyncGenerator<readonly ImportRow[]>;
  private wanted = 0;
  private reading = false;
  private over = false;

  constructor(imports: Pick<Imports, "rows">, id: number) {
    this.pages = imports.rows(id, "refused");
  }

  get state(): ReadCell<RefusedState> {
    return this.cell;
  }

  /** Reads on until there are `n` rows, or all. */
  need(n: number): void {
    this.wanted = Math.max(this.wanted, n);
    if (!this.reading) void this.read();
  }

  private async read(): Promise<void> {
    this.reading = true;
    try {
      while (!this.over && this.cell.value.rows.length < this.wanted) {
        const page = await this.pages.next();
        this.over = page.done === true;
        if (!page.done) this.cell.update((s) => ({ rows: [...s.rows, ...page.value] }));
      }
    } catch (error) {
      this.over = true;
      this.cell.update((s) => ({ ...s, error }));
    } finally {
      this.reading = false;
    }
  }
}
