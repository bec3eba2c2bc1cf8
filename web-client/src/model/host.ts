// What a host or co-host does to others and to the room. Each act says how it went.
import type { LineProfile, PictureCoding, Role, Source } from "../protocol/messages";
import type { Link } from "../protocol/socket";
import type { Notices } from "./notices";

export class Host {
  constructor(private readonly link: Link, private readonly notices: Notices, private readonly onFailure: (error: unknown) => void) {}

  mute(seat: string, source: Source, self_unmute: boolean): Promise<boolean> {
    return this.attempt(() => this.link.request("seat.mute", { seat, source, self_unmute }));
  }

  allow(seat: string, source: Source): Promise<boolean> {
    return this.attempt(() => this.link.request("seat.allow", { seat, source }));
  }

  async remove(seat: string): Promise<void> {
    if (await this.attempt(() => this.link.request("seat.remove", { seat }))) this.notices.add({ kind: "removed_seat" });
  }

  setRole(seat: string, role: Role): Promise<boolean> {
    return this.attempt(() => this.link.request("seat.role", { seat, role }));
  }

  setLine(seat: string, line: LineProfile): Promise<boolean> {
    return this.attempt(() => this.link.request("seat.line", { seat, line }));
  }

  setCoding(seat: string, coding: PictureCoding): Promise<boolean> {
    return this.attempt(() => this.link.request("seat.coding", { seat, coding }));
  }

  async handOver(seat: string): Promise<void> {
    if (await this.attempt(() => this.link.request("room.hand_over", { seat }))) this.notices.add({ kind: "handed_over" });
  }

  muteAll(self_unmute: boolean): Promise<boolean> {
    return this.attempt(async () => {
      const { muted } = await this.link.request("room.mute_all", { self_unmute });
      // Microphones stay off either way: only the ban can be taken back.
      this.notices.add({ kind: "muted_all", count: muted, self_unmute }, self_unmute ? undefined : () => void this.allowUnmute());
    });
  }

  async allowUnmute(): Promise<void> {
    if (await this.attempt(() => this.link.request("room.allow_unmute", {}))) this.notices.add({ kind: "unmute_lifted" });
  }

  async lock(locked: boolean): Promise<void> {
    if (await this.attempt(() => this.link.request("room.lock", { locked }))) this.notices.add({ kind: locked ? "locked" : "unlocked" });
  }

  /** The path of a guest link; undefined after a failure that was told. */
  async invite(): Promise<string | undefined> {
    try {
      return (await this.link.request("room.link", { role: "participant" })).path;
    } catch (error) {
      this.onFailure(error);
      return undefined;
    }
  }

  end(): Promise<boolean> {
    return this.attempt(() => this.link.request("room.end", {}));
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.onFailure(error);
      return false;
    }
  }
}
