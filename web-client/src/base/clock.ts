// Time is passed in, so that tests own it.
import type { Undo } from "./scope";

export interface Clock {
  /** Milliseconds that never run backwards. */
  now(): number;
  after(delay_ms: number, act: () => void): Undo;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (delay_ms, act) => {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that moves only when told. */
export class FakeClock implements Clock {
  private time_ms = 0;
  private due: { at_ms: number; act: () => void }[] = [];

  now(): number {
    return this.time_ms;
  }

  after(delay_ms: number, act: () => void): Undo {
    const entry = { at_ms: this.time_ms + delay_ms, act };
    this.due.push(entry);
    return () => {
      this.due = this.due.filter((d) => d !== entry);
    };
  }

  get waiting(): number {
    return this.due.length;
  }

  advance(delay_ms: number): void {
    const end_ms = this.time_ms + delay_ms;
    for (;;) {
      const next = this.due.filter((d) => d.at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (!next) break;
      this.due = this.due.filter((d) => d !== next);
      this.time_ms = next.at_ms;
      next.act();
    }
    this.time_ms = end_ms;
  }
}
