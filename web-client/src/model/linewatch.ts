// Looks at the own line: what the browser counts goes to the server, what the server knows comes back. Slowly by itself, each second
// while somebody looks at the figures.
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";
import type { Counters, Figures } from "../engine/stats";
import type { LineSecond, SlotLine, StatsReportFields } from "../protocol/messages";
import { RequestError } from "../protocol/socket";
import type { Link } from "../protocol/socket";
import { judge, lookAt, settle, SETTLED_GOOD } from "./quality";
import type { Judgement, Look, Settled } from "./quality";

export interface LineView {
  readonly judgement: Judgement;
  /** As the browser sees it; undefined before the second look. */
  readonly figures?: Figures;
  /** As the server saw it, oldest first; empty while nobody has looked at the figures. */
  readonly seconds: readonly LineSecond[];
  readonly slots: readonly SlotLine[];
}

export interface LineWatchConfig {
  readonly link: Link;
  readonly clock: Clock;
  /** The browser's counters, and figures since those given; undefined without a path. */
  readonly figures: (before: Counters | undefined) => Promise<{ readonly now: Counters; readonly figures: Figures } | undefined>;
  readonly onJudgement: (judgement: Judgement) => void;
}

const SLOW_MS = 5_000;
const QUICK_MS = 1_000;
const SECONDS_KEPT = 300;

/** Only what is worth a word: a browser that tells nothing sends nothing. */
export function reportOf(figures: Figures): StatsReportFields {
  return {
    ...(figures.freezes > 0 ? { freezes: Math.min(10_000, figures.freezes), slots: figures.slot_freezes.slice(0, 32) } : {}),
    ...(figures.freeze_ms > 0 ? { freeze_ms: Math.min(3_600_000, figures.freeze_ms) } : {}),
    ...(figures.dropped > 0 ? { dropped: Math.min(60_000, figures.dropped) } : {}),
    ...(figures.cpu_limited ? { cpu_limited: true } : {}),
  };
}

export class LineWatch {
  readonly view = new Cell<LineView>({ judgement: "good", seconds: [], slots: [] });
  private before: Counters | undefined;
  private settled: Settled = SETTLED_GOOD;
  private lookers = 0;
  private next: Undo | undefined;
  private busy = false;

  constructor(private readonly cfg: LineWatchConfig) {}

  start(): Undo {
    this.plan(SLOW_MS);
    return () => this.next?.();
  }

  /** The path was made anew: its counters begin at nothing. */
  reset(): void {
    this.before = undefined;
  }

  /** Somebody looks at the figures: looks come each second until the returned function is called. */
  open(): Undo {
    this.lookers++;
    this.view.update((v) => ({ ...v, seconds: [] })); // the next look brings the last minutes
    this.plan(0);
    return () => {
      this.lookers--;
    };
  }

  private plan(delay_ms: number): void {
    this.next?.();
    this.next = this.cfg.clock.after(delay_ms, () => {
      this.plan(this.lookers > 0 ? QUICK_MS : SLOW_MS);
      void this.look();
    });
  }

  private async look(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const seen = await this.cfg.figures(this.before);
      if (!seen) return;
      const figures = this.before ? seen.figures : undefined;
      this.before = seen.now;
      const known = this.view.value.seconds.length;
      const span = this.lookers > 0 ? (known > 0 ? 1 : SECONDS_KEPT) : SLOW_MS / 1_000;
      const reply = await this.cfg.link.request("stats.report", { ...(figures ? reportOf(figures) : {}), history: span });
      this.take(figures, reply.seconds ?? [], reply.line_slots ?? []);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error; // lost or too soon: the next look comes by itself
    } finally {
      this.busy = false;
    }
  }

  private take(figures: Figures | undefined, fresh: readonly LineSecond[], slots: readonly SlotLine[]): void {
    const seconds = this.lookers > 0 ? [...this.view.value.seconds, ...fresh].slice(-SECONDS_KEPT) : [];
    this.judge(figures, fresh.slice(-SLOW_MS / 1_000), seconds);
    this.view.set({ judgement: this.settled.said, seconds, slots, ...(figures ? { figures } : {}) });
  }

  /** Each look while slow; while quick only the mean of as many seconds counts, so that words do not flicker. */
  private judge(figures: Figures | undefined, fresh: readonly LineSecond[], seconds: readonly LineSecond[]): void {
    const page = { cpu_limited: figures?.cpu_limited ?? false, dropped_share: figures?.dropped_share ?? 0 };
    const look = lookAt(this.lookers > 0 ? seconds.slice(-SLOW_MS / 1_000) : fresh, page) ?? (figures && fromBrowser(figures));
    if (!look) return;
    const before = this.settled.said;
    this.settled = settle(this.settled, judge(look));
    if (this.settled.said !== before) this.cfg.onJudgement(this.settled.said);
  }
}

/** A server without figures: what the browser counts by itself. */
function fromBrowser(f: Figures): Look {
  return { loss_up: f.loss_up, loss_down: f.loss_down, rtt_ms: f.rtt_ms ?? 0, suspended: 0, cpu_limited: f.cpu_limited, dropped_share: f.dropped_share };
}
