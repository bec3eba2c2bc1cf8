// Classes by when they concern somebody: now, soon, later, over.
import type { ClassRow } from "../protocol/classes";

export type When = "now" | "soon" | "later" | "over";
export const WHENS: readonly When[] = ["now", "soon", "later", "over"];

const SOON_MS = 24 * 3_600_000;
/** So long before its start people begin to arrive in the lobby. */
const LOBBY_MS = 30 * 60_000;

/** Who answers for so many answers only in the place of others. */
export const MANY_SITES = 4;

type Timed = Pick<ClassRow, "state" | "start_ms" | "end_ms">;

export function whenOf(row: Timed, now_ms: number): When {
  if (row.state === "open" || row.state === "paused") return "now";
  if (row.state !== "planned" || row.end_ms <= now_ms) return "over";
  if (row.start_ms - LOBBY_MS <= now_ms) return "now";
  return row.start_ms - now_ms <= SOON_MS ? "soon" : "later";
}

/** Each group by its start, what is over with the latest first. */
export function byWhen<T extends Timed>(rows: readonly T[], now_ms: number): ReadonlyMap<When, readonly T[]> {
  const groups = new Map<When, T[]>(WHENS.map((when) => [when, []]));
  for (const row of rows) groups.get(whenOf(row, now_ms))?.push(row);
  for (const [when, group] of groups) group.sort((a, b) => (when === "over" ? b.start_ms - a.start_ms : a.start_ms - b.start_ms));
  return groups;
}

/** Those that somebody attends on the day of `now_ms`, without the cancelled ones; what is still on from the day before is among them. */
export function ofToday<T extends Timed>(rows: readonly T[], now_ms: number): readonly T[] {
  const day = new Date(now_ms);
  const from_ms = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const to_ms = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
  const today = rows.filter((row) => row.state !== "cancelled" && (whenOf(row, now_ms) === "now" || (row.start_ms < to_ms && row.end_ms >= from_ms)));
  const groups = byWhen(today, now_ms);
  return WHENS.flatMap((when) => groups.get(when) ?? []);
}

/** The first that the caller may enter and that is on, or begins next: it gets the large button. */
export function nextToEnter<T extends Timed & Pick<ClassRow, "role">>(rows: readonly T[], now_ms: number): T | undefined {
  return rows.find((row) => row.role !== null && whenOf(row, now_ms) !== "over");
}

/** Whether it waits for the caller: of many sites each answers for itself. */
export function waitsForAnswer(row: Pick<ClassRow, "state" | "own_sites">): boolean {
  return row.state === "planned" && row.own_sites.length < MANY_SITES && row.own_sites.some((site) => site.answer === "" || site.answer === "seen");
}

/** Whether answers are still taken. */
export function takesAnswers(row: Pick<ClassRow, "state">): boolean {
  return row.state === "planned" || row.state === "open" || row.state === "paused";
}
