// A plan as it is typed, and what it says to the server.
import type { AgendaItem, ClassFull, ClassKind, ClassWay, PlanBody } from "../protocol/classes";

export interface Typed {
  readonly title: string;
  readonly kind: ClassKind;
  readonly way: ClassWay;
  readonly campaign: string;
  readonly subject: string;
  /** As a datetime-local field has it: 2026-11-21T09:00, in the zone of the browser. */
  readonly start: string;
  readonly minutes: string;
  readonly subtree: boolean;
  readonly agenda: readonly TypedItem[];
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
}

export interface TypedItem {
  readonly title: string;
  readonly speaker: string;
  readonly minutes: string;
}

export type PlanField = "title" | "start_ms" | "end_ms" | "agenda";
export const MINUTES_MAX = 720;
export const AGENDA_MAX = 100;
export const HOSTS_MAX = 20;

const two = (n: number): string => String(n).padStart(2, "0");

export function localText(time_ms: number): string {
  const t = new Date(time_ms);
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}T${two(t.getHours())}:${two(t.getMinutes())}`;
}

/** Tomorrow at nine for an hour and a half, as most are. */
export function freshPlan(now_ms: number): Typed {
  const t = new Date(now_ms);
  const start = localText(new Date(t.getFullYear(), t.getMonth(), t.getDate() + 1, 9).getTime());
  return { title: "", kind: "lecture", way: "video", campaign: "", subject: "", start, minutes: "90", subtree: true, agenda: [], hosts: [] };
}

export function planAsTyped(row: ClassFull): Typed {
  return {
    title: row.title, kind: row.kind, way: row.way, campaign: row.campaign, subject: row.subject, start: localText(row.start_ms), minutes: String(Math.round((row.end_ms - row.start_ms) / 60_000)),
    subtree: row.subtree, agenda: row.agenda.map((item) => ({ title: item.title, speaker: item.speaker ?? "", minutes: item.minutes ? String(item.minutes) : "" })),
    hosts: row.hosts.map((host) => ({ id: host.person, name: host.name })),
  };
}

function wholeMinutes(text: string): number | undefined {
  return /^\d{1,3}$/.test(text.trim()) && Number(text) <= MINUTES_MAX ? Number(text) : undefined;
}

const isEmpty = (item: TypedItem): boolean => !item.title.trim() && !item.speaker.trim() && !item.minutes.trim();

/** The first field that cannot be sent. */
export function troubleOf(typed: Typed): PlanField | undefined {
  if (!typed.title.trim()) return "title";
  if (Number.isNaN(new Date(typed.start).getTime())) return "start_ms";
  if (!wholeMinutes(typed.minutes)) return "end_ms";
  const wrong = typed.agenda.some((item) => !isEmpty(item) && (!item.title.trim() || (item.minutes.trim() !== "" && wholeMinutes(item.minutes) === undefined)));
  return wrong ? "agenda" : undefined;
}

/** To be sent: troubleOf() found nothing. */
export function planBody(typed: Typed, zone: string): PlanBody {
  const start_ms = new Date(typed.start).getTime();
  const agenda = typed.agenda.filter((item) => !isEmpty(item)).map((item): AgendaItem => {
    const minutes = wholeMinutes(item.minutes);
    return { title: item.title.trim(), ...(item.speaker.trim() ? { speaker: item.speaker.trim() } : {}), ...(minutes === undefined ? {} : { minutes }) };
  });
  return {
    title: typed.title.trim(), kind: typed.kind, way: typed.way, campaign: typed.campaign.trim(), subject: typed.subject.trim(), start_ms,
    end_ms: start_ms + (wholeMinutes(typed.minutes) ?? 0) * 60_000, zone, subtree: typed.subtree, agenda, hosts: typed.hosts.map((host) => host.id),
  };
}
