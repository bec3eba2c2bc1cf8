import assert from "node:assert/strict";
import { test } from "node:test";
import { bitrate, calendarDay, countdown, dateTime, duration, loadWords, wordsFor } from "./words";
import { en } from "./en";
import { zh } from "./zh";

function paths(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}:${Array.isArray(value) ? "list" : typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${at}.${key}`));
}

test("both languages have every word", () => {
  assert.deepEqual(paths(en).sort(), paths(zh).sort());
});

test("a language is fetched before it is shown", async () => {
  assert.throws(() => wordsFor("en"));
  await loadWords("en");
  assert.equal(wordsFor("en"), en);
});

test("dates and durations as people write them", () => {
  const day = new Date(2026, 10, 21, 9, 0).getTime();
  assert.equal(calendarDay(day, "zh-CN"), "11月21日 周六");
  assert.equal(duration(92 * 60_000, "zh-CN"), "1小时32分");
  assert.equal(duration(5 * 60_000, "en"), "5 min");
});

test("bitrates in the unit that people compare", () => {
  assert.equal(bitrate(1_240_000), "1.24 Mbit/s");
  assert.equal(bitrate(96_400), "96 kbit/s");
});

test("a time of another year says which", () => {
  const now = new Date(2026, 10, 21).getTime();
  assert.equal(dateTime(new Date(2026, 10, 21, 9, 0).getTime(), "zh-CN", now), "11月21日 周六 09:00");
  assert.equal(dateTime(new Date(2025, 0, 2, 15, 30).getTime(), "zh-CN", now), "2025年1月2日 15:30");
  assert.equal(countdown(245_001), "4:06");
  assert.equal(countdown(-1), "0:00");
});
