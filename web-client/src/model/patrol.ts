// A patrol: one stop after another, each for so long, until somebody pauses it. Pure; the page passes the time in.
//
//   paused --resume--> running --the dwell is over--> the next stop, running
//      ^                  |
//      +------pause-------+        what was spent at the stop is kept

/** Bounds of how long one stop lasts. */
export const DWELL_MIN_S = 5;
export const DWELL_MAX_S = 60;

export interface Patrol {
  readonly running: boolean;
  readonly dwell_ms: number;
  /** Which stop, by its name; undefined before the first. */
  readonly at?: string;
  /** Its place when it was reached, for when it goes away. */
  readonly place: number;
  /** Spent at this stop up to `since_ms`. */
  readonly spent_ms: number;
  readonly since_ms: number;
}

export function dwellOf(seconds: number): number {
  const whole = Number.isFinite(seconds) ? Math.round(seconds) : DWELL_MIN_S;
  return Math.min(DWELL_MAX_S, Math.max(DWELL_MIN_S, whole)) * 1_000;
}

export function newPatrol(dwell_s: number): Patrol {
  return { running: false, dwell_ms: dwellOf(dwell_s), place: 0, spent_ms: 0, since_ms: 0 };
}

function spentOf(patrol: Patrol, now_ms: number): number {
  return patrol.spent_ms + (patrol.running ? Math.max(0, now_ms - patrol.since_ms) : 0);
}

/** How much of the stop is over, from 0 to 1. */
export function progressOf(patrol: Patrol, now_ms: number): number {
  return Math.min(1, spentOf(patrol, now_ms) / patrol.dwell_ms);
}

/** Seconds left at this stop, rounded up. */
export function left_s(patrol: Patrol, now_ms: number): number {
  return Math.ceil(Math.max(0, patrol.dwell_ms - spentOf(patrol, now_ms)) / 1_000);
}

export function resume(patrol: Patrol, now_ms: number): Patrol {
  return patrol.running ? patrol : { ...patrol, running: true, since_ms: now_ms };
}

export function pause(patrol: Patrol, now_ms: number): Patrol {
  return patrol.running ? { ...patrol, running: false, spent_ms: spentOf(patrol, now_ms), since_ms: now_ms } : patrol;
}

export function setDwell(patrol: Patrol, seconds: number): Patrol {
  return { ...patrol, dwell_ms: dwellOf(seconds) };
}

/** At a stop, from its beginning. */
export function goTo(patrol: Patrol, stops: readonly string[], at: string | undefined, now_ms: number): Patrol {
  const { at: _, ...rest } = patrol;
  const place = at === undefined ? 0 : Math.max(0, stops.indexOf(at));
  return { ...rest, place, spent_ms: 0, since_ms: now_ms, ...(at === undefined ? {} : { at }) };
}

/** Where the patrol is among the stops of now: a stop that went away gives its place to the one behind it. -1: there are none. */
export function placeOf(patrol: Patrol, stops: readonly string[]): number {
  if (stops.length === 0) return -1;
  const found = patrol.at === undefined ? -1 : stops.indexOf(patrol.at);
  return found >= 0 ? found : Math.min(patrol.place, stops.length - 1);
}

/** So many stops on (or back), around the ends. */
export function step(patrol: Patrol, stops: readonly string[], by: number, now_ms: number): Patrol {
  const place = placeOf(patrol, stops);
  if (place < 0) return goTo(patrol, stops, undefined, now_ms);
  const gone = patrol.at !== undefined && !stops.includes(patrol.at);
  const next = (place + (gone && by > 0 ? by - 1 : by) + stops.length * Math.abs(by)) % stops.length;
  return goTo(patrol, stops, stops[next], now_ms);
}

/** What time does: at the end of the dwell one stop on. What nobody saw while the page slept is not walked through. */
export function advance(patrol: Patrol, stops: readonly string[], now_ms: number): Patrol {
  if (!patrol.running) return patrol;
  if (patrol.at === undefined && stops.length > 0) return goTo(patrol, stops, stops[placeOf(patrol, stops)], now_ms);
  const gone = patrol.at !== undefined && !stops.includes(patrol.at);
  if (!gone && spentOf(patrol, now_ms) < patrol.dwell_ms) return patrol;
  return step(patrol, stops, 1, now_ms);
}
