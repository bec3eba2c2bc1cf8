// What a table's columns mean, as somebody corrects it: each header has a field, or none.
import type { ImportDetail, ProfileHeaders } from "../protocol/imports";

export interface MappedColumn {
  readonly column: string;
  readonly header: string;
  /** "" for a column that is left out. */
  readonly field: string;
}

/** By column, those that are taken and those that are not. */
export function columnsOf(run: Pick<ImportDetail, "mapping" | "ignored">): readonly MappedColumn[] {
  const all = [...(run.mapping ?? []), ...(run.ignored ?? []).map((h) => ({ ...h, field: "" }))];
  return all.sort((a, b) => a.column.length - b.column.length || (a.column < b.column ? -1 : 1));
}

/** Of two columns for one field the one that was chosen last has it. */
export function withField(columns: readonly MappedColumn[], column: string, field: string): readonly MappedColumn[] {
  return columns.map((c) => (c.column === column ? { ...c, field } : field !== "" && c.field === field ? { ...c, field: "" } : c));
}

/** The profile that the server plans by. */
export function profileOf(columns: readonly MappedColumn[]): ProfileHeaders {
  return Object.fromEntries(columns.filter((c) => c.header !== "").map((c) => [c.header, c.field || null]));
}
