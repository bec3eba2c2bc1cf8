// Which words, and how times and sizes are written in each language.
import type { Lang } from "../model/prefs";
import type { Words } from "./zh";

export type { Words } from "./zh";

const loaded = new Map<Lang, Words>();

/** Fetches the words of a language, once; to be awaited before a page in it is shown. Rejects where the file cannot be had. */
export async function loadWords(lang: Lang): Promise<void> {
  if (!loaded.has(lang)) loaded.set(lang, lang === "en" ? (await import("./en")).en : (await import("./zh")).zh);
}

export function wordsFor(lang: Lang): Words {
  const words = loaded.get(lang);
  if (!words) throw new Error(`the words of ${lang} are not loaded`);
  return words;
}

/** 09:14 */
export function clockTime(time_ms: number): string {
  const time = new Date(time_ms);
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

/** 11月21日 周六, or Saturday 21 November */
export function calendarDay(time_ms: number, lang: Lang): string {
  const time = new Date(time_ms);
  if (lang === "en") return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" }).format(time);
  return `${time.getMonth() + 1}月${time.getDate()}日 周${"日一二三四五六"[time.getDay()] ?? ""}`;
}

/** 11月21日 周六 09:00, or Sat 21 Nov 09:00; with the year when it is another one */
export function dateTime(time_ms: number, lang: Lang, now_ms = Date.now()): string {
  return `${dateOf(time_ms, lang, now_ms)} ${clockTime(time_ms)}`;
}

/** 11月21日 周六, or Sat 21 Nov; 2025年11月21日 when it is another year */
export function dateOf(time_ms: number, lang: Lang, now_ms = Date.now()): string {
  const time = new Date(time_ms);
  const other_year = time.getFullYear() !== new Date(now_ms).getFullYear();
  if (lang === "en") {
    return new Intl.DateTimeFormat("en-GB", other_year ? { day: "numeric", month: "short", year: "numeric" } : { weekday: "short", day: "numeric", month: "short" }).format(time);
  }
  const day = `${time.getMonth() + 1}月${time.getDate()}日`;
  return other_year ? `${time.getFullYear()}年${day}` : `${day} 周${"日一二三四五六"[time.getDay()] ?? ""}`;
}

/** 4:05 */
export function countdown(span_ms: number): string {
  const seconds = Math.max(0, Math.ceil(span_ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** 1小时32分, or 1 h 32 min */
export function duration(span_ms: number, lang: Lang): string {
  const minutes = Math.max(0, Math.floor(span_ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (lang === "en") return hours > 0 ? `${hours} h ${rest} min` : `${rest} min`;
  return hours > 0 ? `${hours}小时${rest}分` : `${rest}分`;
}

/** 1.24 Mbit/s */
export function bitrate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1_000_000).toFixed(2)} Mbit/s` : `${Math.round(bps / 1_000)} kbit/s`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
