// What the page remembers in this browser: language, theme, devices, and the way back to a seat (for this tab only).
import { Cell } from "../base/cell";
import { LINE_PROFILE_VALUES, PICTURE_CODING_VALUES } from "../protocol/messages";
import type { LineProfile, PictureCoding } from "../protocol/messages";

export type Lang = "zh-CN" | "en";
export type Theme = "auto" | "light" | "dark";

export interface Prefs {
  readonly lang: Lang;
  readonly theme: Theme;
  readonly camera?: string;
  readonly mic?: string;
  readonly speaker?: string;
  readonly camera_on: boolean;
  readonly mic_on: boolean;
  readonly guest_name: string;
  readonly line?: LineProfile;
  readonly coding?: PictureCoding;
}

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = "huitang.prefs";

function read(store: Store): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(store.getItem(KEY) ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // unreadable or forbidden: the defaults
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function loadPrefs(store: Store, languages: readonly string[]): Prefs {
  const saved = read(store);
  const first: Lang = languages.length > 0 && !languages.some((l) => l.toLowerCase().startsWith("zh")) ? "en" : "zh-CN";
  const lang = saved["lang"] === "zh-CN" || saved["lang"] === "en" ? saved["lang"] : first;
  const theme = saved["theme"] === "light" || saved["theme"] === "dark" ? saved["theme"] : "auto";
  return {
    lang, theme, camera_on: saved["camera_on"] !== false, mic_on: saved["mic_on"] !== false, guest_name: textOf(saved["guest_name"]) ?? "",
    line: LINE_PROFILE_VALUES.find((l) => l === saved["line"]), coding: PICTURE_CODING_VALUES.find((c) => c === saved["coding"]),
    camera: textOf(saved["camera"]), mic: textOf(saved["mic"]), speaker: textOf(saved["speaker"]),
  };
}

/** A cell that writes itself down. */
export function prefsCell(store: Store, languages: readonly string[]): Cell<Prefs> {
  const cell = new Cell(loadPrefs(store, languages));
  cell.subscribe((prefs) => {
    try {
      store.setItem(KEY, JSON.stringify(prefs));
    } catch {
      return; // a full or forbidden store: the choice lasts as long as the page
    }
  });
  return cell;
}

export interface Keeper {
  get(): string | undefined;
  set(value: string | undefined): void;
}

/** One value of one room, kept by the tab: a reload comes back to its seat, a second tab does not take it. */
export function tabKeeper(store: Store, what: "resume" | "inside" | "phone" | "expert" | "reloaded", room: string): Keeper {
  const key = `huitang.${what}.${room}`;
  return {
    get: () => store.getItem(key) ?? undefined,
    set: (value) => (value === undefined ? store.removeItem(key) : store.setItem(key, value)),
  };
}

const DEVICE_KEY = "huitang.device";

/** A random name that this browser keeps for itself, so that the server can tell when one phone signs in for many. */
export function deviceName(store: Store, random: () => Uint8Array): string {
  const fresh = [...random()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = store.getItem(DEVICE_KEY);
    if (kept !== null && /^[0-9a-f]{8,64}$/.test(kept)) return kept;
    store.setItem(DEVICE_KEY, fresh);
  } catch {
    return fresh; // a forbidden store: for as long as the page
  }
  return fresh;
}
