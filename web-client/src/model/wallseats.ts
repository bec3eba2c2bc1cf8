// Who can stand on the wall of a room, in the order of the tree. Pure.
import type { LookSeat, LookSite, Source } from "../protocol/messages";
import type { RoomDetail } from "./looking";
import { findNode, lookTree, sitesUnder } from "./looktree";
import type { LookNode } from "./looktree";
import { compareNames } from "./roster";
import type { WallSeat } from "./wallpages";

export interface LookTile extends WallSeat {
  /** 0: no site, a seat of its own. */
  readonly site: number;
  readonly name: string;
  readonly org: string;
  readonly state: "here" | "away" | "gone";
  readonly since_ms: number;
  readonly on: readonly Source[];
}

/** A site keeps its place on the wall whichever device it comes with, and also for a while when it has left. */
function ofSite(room: string, site: LookSite, org: string): LookTile | undefined {
  const { state } = site;
  if (state === "never") return undefined;
  return { key: `${room}/${site.site}`, room, seat: site.seat ?? "", site: site.site, name: site.name, org, state, since_ms: site.since_ms, on: site.on };
}

function ofSeat(room: string, seat: LookSeat): LookTile | undefined {
  if (seat.presence === "gone") return undefined;
  return { key: `${room}/${seat.seat}`, room, seat: seat.seat, site: 0, name: seat.name, org: seat.org, state: seat.presence, since_ms: 0, on: seat.on };
}

/** The name with its organisation before it, unless it begins with that already. */
export function fullName({ org, name }: Pick<LookTile, "org" | "name">): string {
  return org === "" || name.startsWith(org) ? name : `${org} · ${name}`;
}

/** All, or the sites below an organisation. */
export function wallSeats(detail: RoomDetail, within?: number): readonly LookTile[] {
  const tree = lookTree(detail.orgs, detail.sites);
  const chosen = within === undefined ? undefined : findNode(tree, within);
  const nodes: readonly LookNode[] = chosen ? [chosen] : tree;
  const sites = sitesUnder(nodes).flatMap(({ site, parent }) => (site && ofSite(detail.name, site, parent === undefined ? "" : detail.orgs.get(parent)?.name ?? "")) || []);
  if (chosen) return sites;
  const seats = [...detail.seats.values()].sort((a, b) => compareNames(a.name, b.name)).flatMap((seat) => ofSeat(detail.name, seat) ?? []);
  return [...sites, ...seats];
}

/** Those that a patrol from site to site stops at. */
export function patrolSites(seats: readonly LookTile[]): readonly LookTile[] {
  return seats.filter((s) => s.state === "here");
}
