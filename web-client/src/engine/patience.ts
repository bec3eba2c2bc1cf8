// How long a receiver holds sound back so that late packets are still in time. Browsers go by the jitter that they see; Chromium keeps to a tenth
// of a second on a line where what was lost comes with later packets or is repeated after that. So while it makes up sound though packets come,
// it is told to wait longer, and less again by and by once it does not: every tenth of a second makes talking harder.
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";

/** Counters of one receiver of sound. */
export interface Heard {
  /** Samples played, those that were made up, and of these what was mere silence. */
  readonly samples: number;
  readonly concealed: number;
  readonly silent: number;
  readonly packets: number;
  /** Packets lost, asked for again or too late. */
  readonly missed: number;
  /** How long the samples that left the buffer were in it, together, and how many these are. */
  readonly waited_s: number;
  readonly emitted: number;
}

const LOOK_MS = 1_000;
/** Share of samples made up that is heard as a flaw, and that is none. */
const BAD = 0.01;
const GOOD = 0.002;
/** A pause in speech has few packets, and the end of one is made up without a fault of the line. */
const PACKETS = 20;
/** Share of packets missing or late at which it is the line: a machine that is busy for a moment, or a source that changes, makes a few late. */
const MISSING = 0.05;
/** Beyond what it waits already; and more than that is worse than the flaws. */
const STEP_MS = 80;
const MOST_MS = 300;
const CLEAN_LOOKS = 10;
const BACK_MS = 40;
const LEAST_MS = 120;

/** Judges what was counted at each look. Pure. */
export class Patience {
  private last: Heard | undefined;
  private clean = 0;
  /** To be waited for; 0: as long as the browser thinks right. */
  target_ms = 0;

  /** The new target. */
  look(now: Heard): number {
    const last = this.last;
    this.last = now;
    if (!last || now.samples <= last.samples) return this.target_ms;
    const share = Math.max(0, now.concealed - now.silent - last.concealed + last.silent) / (now.samples - last.samples);
    const packets = now.packets - last.packets;
    if (share >= BAD && packets >= PACKETS && now.missed - last.missed >= packets * MISSING) this.wait(waitOf(now, last));
    else if (share < GOOD) this.relax();
    return this.target_ms;
  }

  private wait(now_ms: number): void {
    this.clean = 0;
    if (now_ms < MOST_MS) this.target_ms = Math.min(MOST_MS, Math.max(this.target_ms, Math.round(now_ms)) + STEP_MS);
  }

  private relax(): void {
    if (this.target_ms === 0 || ++this.clean < CLEAN_LOOKS) return;
    this.target_ms = this.target_ms - BACK_MS >= LEAST_MS ? this.target_ms - BACK_MS : 0;
  }
}

function waitOf(now: Heard, last: Heard): number {
  return now.emitted > last.emitted ? ((now.waited_s - last.waited_s) * 1_000) / (now.emitted - last.emitted) : 0;
}

/** As newer browsers have it. */
export interface SoundReceiver {
  getStats(): Promise<unknown>;
  jitterBufferTarget?: number | null;
}

function number(row: Readonly<Record<string, unknown>>, field: string): number {
  const value = row[field];
  return typeof value === "number" ? value : 0;
}

/** What a receiver's report counts; undefined: it has received nothing yet. */
export function heardOf(report: ReadonlyMap<string, unknown>): Heard | undefined {
  const row = [...report.values()].find((r): r is Readonly<Record<string, unknown>> => (r as { type?: unknown } | null)?.type === "inbound-rtp");
  return row && {
    samples: number(row, "totalSamplesReceived"), concealed: number(row, "concealedSamples"), silent: number(row, "silentConcealedSamples"),
    packets: number(row, "packetsReceived"), missed: number(row, "packetsLost") + number(row, "packetsDiscarded") + number(row, "nackCount"),
    waited_s: number(row, "jitterBufferDelay"), emitted: number(row, "jitterBufferEmittedCount"),
  };
}

/** Looks after the receivers given to `attach` until the returned `end` is called. A browser that cannot be told is left alone. */
export function watchSound(clock: Clock): { readonly attach: (receiver: SoundReceiver) => void; readonly end: Undo } {
  const ears = new Map<SoundReceiver, Patience>();
  let next: Undo = () => undefined;
  let over = false;
  const look = async (receiver: SoundReceiver, patience: Patience): Promise<void> => {
    const before = patience.target_ms;
    const heard = heardOf((await receiver.getStats()) as ReadonlyMap<string, unknown>);
    if (!heard || over || patience.look(heard) === before) return;
    receiver.jitterBufferTarget = patience.target_ms || null;
  };
  const plan = (): void => {
    next = clock.after(LOOK_MS, () => {
      for (const [receiver, patience] of ears) look(receiver, patience).catch(() => undefined); // a connection that has just closed
      plan();
    });
  };
  plan();
  return {
    attach: (receiver) => {
      if ("jitterBufferTarget" in receiver) ears.set(receiver, new Patience());
    },
    end: () => {
      over = true;
      next();
    },
  };
}
