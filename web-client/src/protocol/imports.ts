// Imports of tables over REST: begun with a file, looked at, mapped, applied. Shapes as openapi.json has them.
import type { Page, PersonKind } from "./records";
import { address, Rest } from "./rest";

export type TableKind = "people" | "organisations";
export const FATES = ["added", "changed", "same", "refused"] as const;
export type Fate = (typeof FATES)[number];
export type ImportState = "reading" | "planning" | "planned" | "applying" | "done" | "failed";
export type ImportError = "table" | "forbidden" | "overloaded" | "not_recorded" | "conflict";

/** A sentence of the server about a place in a table, in both languages. */
export interface TableProblem {
  readonly code: string;
  readonly place: string;
  readonly zh: string;
  readonly en: string;
}

export interface Import {
  readonly id: number;
  readonly state: ImportState;
  readonly kind: TableKind;
  readonly org: number;
  readonly file: string;
  readonly begun_ms: number;
  readonly counts: Readonly<Partial<Record<Fate, number>>>;
  readonly planned: number;
  readonly total: number;
  readonly error?: ImportError;
}

export interface Header {
  readonly column: string;
  readonly header: string;
}

/** Header and field; null: the column is left out. */
export type ProfileHeaders = Readonly<Record<string, string | null>>;

/** A mapping that an organisation keeps. */
export interface Profile {
  readonly id: number;
  readonly org: number;
  readonly org_name: string;
  readonly kind: TableKind;
  readonly name: string;
  readonly profile: ProfileHeaders;
}

/** Of a new import. */
export interface Wish {
  readonly kind: TableKind;
  readonly org: number;
  readonly profile?: number;
}

export interface ImportDetail extends Import {
  readonly mapping?: readonly (Header & { readonly field: string })[];
  readonly ignored?: readonly Header[];
  readonly profile?: ProfileHeaders;
  /** Of people whom no column tells it of. */
  readonly person_kind?: PersonKind;
  readonly fields: readonly { readonly field: string; readonly header: string; readonly required: boolean }[];
  readonly sheets: readonly string[];
  /** That was asked for, "": the first that is not hidden. */
  readonly sheet: string;
  /** Another can be read without sending the file once more. */
  readonly other_sheets: boolean;
  readonly problems: readonly TableProblem[];
}

export interface ImportRow extends Partial<TableProblem> {
  readonly row: number;
  readonly name: string;
  readonly fate: Fate;
}

const V1 = "/api/v1";
const PAGE_ROWS = 500;

/** It goes on by itself. */
export function isUnderWay(state: ImportState): boolean {
  return state === "reading" || state === "planning" || state === "applying";
}

export class Imports {
  constructor(private readonly rest: Rest) {}

  async own(): Promise<readonly Import[]> {
    return (await this.rest.get<Page<Import>>(`${V1}/imports`)).items;
  }

  begin({ kind, org, profile }: Wish, file: Blob, name: string, onProgress?: (part: number) => void): Promise<ImportDetail> {
    return this.rest.upload(address(`${V1}/imports`, { kind, org, name, profile }), file, onProgress);
  }

  /** The nearest organisation's first. */
  async profiles(org: number): Promise<readonly Profile[]> {
    return (await this.rest.get<Page<Profile>>(`${V1}/orgs/${org}/profiles`)).items;
  }

  addProfile(org: number, kind: TableKind, name: string, profile: ProfileHeaders): Promise<Profile> {
    return this.rest.post(`${V1}/orgs/${org}/profiles`, { kind, name, profile });
  }

  changeProfile({ org, id }: Profile, change: { readonly name?: string; readonly profile?: ProfileHeaders }): Promise<Profile> {
    return this.rest.patch(`${V1}/orgs/${org}/profiles/${id}`, change, "*");
  }

  endProfile({ org, id }: Profile): Promise<void> {
    return this.rest.post(`${V1}/orgs/${org}/profiles/${id}/end`);
  }

  readSheet(id: number, sheet: string): Promise<ImportDetail> {
    return this.rest.post(`${V1}/imports/${id}/sheet`, { sheet });
  }

  read(id: number): Promise<ImportDetail> {
    return this.rest.get(`${V1}/imports/${id}`);
  }

  /** All rows of a fate, page after page. */
  async *rows(id: number, fate: Fate): AsyncGenerator<readonly ImportRow[]> {
    let cursor: string | undefined;
    do {
      const { items, next }: Page<ImportRow> = await this.rest.get<Page<ImportRow>>(address(`${V1}/imports/${id}/rows`, { fate, limit: PAGE_ROWS, cursor }));
      yield items;
      cursor = next;
    } while (cursor !== undefined);
  }

  map(id: number, profile: ProfileHeaders | null, person_kind?: PersonKind): Promise<ImportDetail> {
    return this.rest.post(`${V1}/imports/${id}/mapping`, { profile, ...(person_kind === undefined ? {} : { person_kind }) });
  }

  apply(id: number): Promise<ImportDetail> {
    return this.rest.post(`${V1}/imports/${id}/apply`);
  }

  drop(id: number): Promise<void> {
    return this.rest.delete(`${V1}/imports/${id}`);
  }

  /** Where the browser finds an empty table, and what is there now. */
  template(kind: TableKind): string {
    return address(`${V1}/templates/${kind}`, { format: "xlsx" });
  }

  table(kind: TableKind, org: number): string {
    return address(`${V1}/exports/${kind}`, { org, format: "xlsx" });
  }
}
