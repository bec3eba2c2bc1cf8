// What an entry of the audit log says about a change, as pairs that a page can show beside each other.
export interface Change {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

/** Words for a field's value; undefined: as it stands. */
export type ValueWords = (field: string, value: unknown) => string | undefined;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(field: string, value: unknown, words: ValueWords): string {
  if (value === undefined) return "";
  const said = words(field, value);
  if (said !== undefined) return said;
  if (isRecord(value)) return typeof value["name"] === "string" ? value["name"] : "";
  return value === null ? "" : String(value);
}

const isPlace = (value: unknown): boolean => isRecord(value) && "id" in value && "name" in value;

/** What was called so when two were made one, and is still called so. */
function isToldTwice(field: string, value: unknown, rest: Readonly<Record<string, unknown>>): boolean {
  const now = field.endsWith("_name") ? rest[field.slice(0, -"_name".length)] : undefined;
  return isRecord(now) && now["name"] === value;
}

/** Before and after are either values of their own (a parent, a value) or objects of fields, of which those that differ are told. What ended has only a before. */
export function changesOf(detail: Readonly<Record<string, unknown>>, words: ValueWords): readonly Change[] {
  const { before, after, ...rest } = detail;
  const changes: Change[] = [];
  const put = (field: string, was: unknown, is: unknown): void => {
    const old = textOf(field, was, words);
    const now = textOf(field, is, words);
    if (old !== now) changes.push({ field, ...(old ? { before: old } : {}), ...(now ? { after: now } : {}) });
  };
  if ((isRecord(before) && !isPlace(before)) || (isRecord(after) && !isPlace(after))) {
    const was = isRecord(before) ? before : {};
    const is = isRecord(after) ? after : {};
    const ended = !("after" in detail); // what was, and is no more: nothing to compare with
    for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) put(field, ended ? undefined : was[field], ended ? was[field] : is[field]);
  } else if (before !== undefined || after !== undefined) {
    put("value", before, after);
  }
  for (const [field, value] of Object.entries(rest)) if (!isToldTwice(field, value, rest)) put(field, undefined, value);
  return changes;
}
