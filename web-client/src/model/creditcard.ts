// Sums and texts of a person's credit.
import type { CreditSum } from "../protocol/classes";

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
