// Sums and texts of a person's credit.
import type { CardAppeal, CreditEntry, CreditSum } from "../protocol/classes";
import type { AppealState } from "../protocol/credit";

/** Of all subjects and kinds of one year. */
export function yearHours(sums: readonly CreditSum[], year: number): number {
  return sums.filter((sum) => sum.year === year).reduce((total, sum) => total + sum.milli_hours, 0);
}

/** Each subject of a year with its hours, the most first. */
export function subjectsOf(sums: readonly CreditSum[], year: number): readonly { readonly subject: string; readonly milli_hours: number }[] {
  const subjects = new Map<string, number>();
  for (const sum of sums) if (sum.year === year) subjects.set(sum.subject, (subjects.get(sum.subject) ?? 0) + sum.milli_hours);
  return [...subjects].map(([subject, milli_hours]) => ({ subject, milli_hours })).sort((a, b) => b.milli_hours - a.milli_hours);
}

/** Hours with at most two decimals, never more than there are. */
export function hoursText(milli_hours: number): string {
  return String(Math.trunc(milli_hours / 10) / 100);
}

/** "2026-11-26" as the beginning of that day here. */
export function dayOf(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date).getTime();
}

/** Hours with all their decimals, as a form takes them. */
export function exactHours(milli_hours: number): string {
  return String(milli_hours / 1_000);
}

/** "2.5" in thousandths; undefined for what are no hours. */
export function parseHours(text: string): number | undefined {
  return /^\d{1,5}(\.\d{1,3})?$/.test(text.trim()) ? Math.round(Number(text) * 1_000) : undefined;
}

/** The last appeal about a class, of a list with the newest first. */
export function appealOf(appeals: readonly CardAppeal[], of_class: number): CardAppeal | undefined {
  return appeals.find((appeal) => appeal.class === of_class);
}

export function stateOf(appeal: Pick<CardAppeal, "granted">): AppealState {
  if (appeal.granted === undefined) return "waiting";
  return appeal.granted ? "granted" : "refused";
}

/** As many as there may be about one class. */
export const APPEALS_A_CLASS = 3;

export function mayAppeal(appeals: readonly CardAppeal[], of_class: number): boolean {
  const about = appeals.filter((appeal) => appeal.class === of_class);
  return about.length < APPEALS_A_CLASS && about.every((appeal) => appeal.granted !== undefined);
}

/** What a class counts now: the sum of its postings. */
export function standsOf(entries: readonly CreditEntry[], of_class: number): number {
  return entries.filter((entry) => entry.class === of_class).reduce((total, entry) => total + entry.milli_hours, 0);
}

/** How much of the target is reached, from 0 to 1. */
export function partOf(milli_hours: number, target: number): number {
  return target > 0 ? Math.min(1, Math.max(0, milli_hours / target)) : 0;
}

/** What was posted for classes of each month, January first. */
export function monthsOf(entries: readonly CreditEntry[]): readonly number[] {
  const months = Array.from({ length: 12 }, () => 0);
  for (const { day, milli_hours } of entries) {
    const at = Number(day.slice(5, 7)) - 1;
    if (at >= 0 && at < 12) months[at] = (months[at] ?? 0) + milli_hours;
  }
  return months;
}
