// How everybody's line is, for who leads: asked for while somebody looks at the table.
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";
import type { SeatLine } from "../protocol/messages";
import type { Link } from "../protocol/socket";

const EVERY_MS = 5_000;

export class HostLines {
  /** By seat; undefined before the first answer. */
  readonly lines = new Cell<ReadonlyMap<string, SeatLine> | undefined>(undefined);
  private next: Undo | undefined;

  constructor(private readonly link: Link, private readonly clock: Clock) {}

  /** Asks now and then, until the returned function is called. */
  open(): Undo {
    this.next?.();
    void this.ask();
    this.plan();
    return () => {
      this.next?.();
      this.next = undefined;
    };
  }

  private plan(): void {
    this.next = this.clock.after(EVERY_MS, () => {
      this.plan();
      void this.ask();
    });
  }

  private async ask(): Promise<void> {
    const lines = new Map<string, SeatLine>();
    try {
      for (let after: string | undefined = ""; after !== undefined; ) {
        const page: { readonly seats: readonly SeatLine[]; readonly next?: string } = await this.link.request("stats.room", { after });
        for (const line of page.seats) lines.set(line.seat, line);
        after = page.next;
      }
      this.lines.set(lines);
    } catch {
      return; // lost, or no longer a host: the table keeps what it had
    }
  }
}
