// Which days a report is about: whole months, quarters and years by name, or any days. Days are texts, "2026-11-26", in the browser's own zone.

export const PERIODS = ["month", "last_month", "quarter", "last_quarter", "year", "last_year"] as const;
export type Period = (typeof PERIODS)[number];

export interface Days {
  readonly from: string;
  readonly to: string;
}

/** As long as the server reads at once. */
const YEARS_MAX = 3;

function dayText(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month, day)); // months and days beyond the end go on into the next
  return date.toISOString().slice(0, 10);
}

/** `months` from the first of a month on. */
function months(year: number, month: number, n: number): Days {
  return { from: dayText(year, month, 1), to: dayText(year, month + n, 0) };
}

/** A period that is under way goes to its end: what is planned for later is not held yet. */
export function daysOf(period: Period, now_ms: number): Days {
  const now = new Date(now_ms);
  const [year, month] = [now.getFullYear(), now.getMonth()];
  const quarter = month - (month % 3);
  switch (period) {
    case "month":
      return months(year, month, 1);
    case "last_month":
      return months(year, month - 1, 1);
    case "quarter":
      return months(year, quarter, 3);
    case "last_quarter":
      return months(year, quarter - 3, 3);
    case "year":
      return months(year, 0, 12);
    case "last_year":
      return months(year - 1, 0, 12);
  }
}

/** The name of a span of days; undefined: it has none. */
export function periodOf(days: Days, now_ms: number): Period | undefined {
  return PERIODS.find((period) => {
    const of = daysOf(period, now_ms);
    return of.from === days.from && of.to === days.to;
  });
}

export type DaysTrouble = "missing" | "turned" | "long";

export function troubleOf({ from, to }: Days): DaysTrouble | undefined {
  if (!isDay(from) || !isDay(to)) return "missing";
  if (to < from) return "turned";
  const latest = `${String(Number(from.slice(0, 4)) + YEARS_MAX).padStart(4, "0")}${from.slice(4)}`;
  return to < latest ? undefined : "long";
}

/** A day that there is. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** What the address says, else this year. */
export function daysFrom(query: URLSearchParams, now_ms: number): Days {
  const days = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
  return troubleOf(days) === undefined ? days : daysOf("year", now_ms);
}

/** Every month of the days, "2026-11": those without a figure are in the chart as well. */
export function monthsOf({ from, to }: Days): readonly string[] {
  const found: string[] = [];
  for (let [year, month] = [Number(from.slice(0, 4)), Number(from.slice(5, 7))]; ; month = (month % 12) + 1, year += month === 1 ? 1 : 0) {
    const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
    if (text > to.slice(0, 7)) return found;
    found.push(text);
  }
}
