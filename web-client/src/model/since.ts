// Days as a form has them, and the moment at which they begin here.
import type { Lang } from "./prefs";

/** The first millisecond of "2026-11-26" here; undefined for no day. */
export function dayOf(text: string): number | undefined {
  const [year, month, day] = text.split("-").map(Number);
  return year && month && day ? new Date(year, month - 1, day).getTime() : undefined;
}

/** From when it holds; undefined: from now, for today and no day. */
export function sinceOf(text: string, now_ms: number): number | undefined {
  const day = dayOf(text);
  const now = new Date(now_ms);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  return day === undefined || day === today ? undefined : day;
}

/** What is to come cannot be entered. */
export function isToCome(text: string, now_ms: number): boolean {
  return (sinceOf(text, now_ms) ?? 0) > now_ms;
}

export function dayText(text: string, lang: Lang): string {
  const day = dayOf(text);
  return day === undefined ? "" : new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", { year: "numeric", month: "long", day: "numeric" }).format(day);
}
