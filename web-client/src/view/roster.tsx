// Who is here: grouped by organisation, sorted by pinyin, searched in place. Only the rows in view are in the page.
import { useMemo, useState } from "preact/hooks";
import type { Meeting } from "../model/meeting";
import { isOnStage, mayStage } from "../model/floor";
import { rosterRows } from "../model/roster";
import type { RosterRow } from "../model/roster";
import { isBlocked, isOn, mayHost } from "../model/room";
import type { RoomState } from "../model/room";
import type { Words } from "../i18n/words";
import type { Host } from "../model/host";
import { LINE_PROFILE_VALUES } from "../protocol/messages";
import type { Seat } from "../protocol/messages";
import { codingRows } from "./coding";
import { giveRows } from "./floor";
import { useRowWindow, useWords } from "./hooks";
import { Icon } from "./icons";
import { Avatar, Confirm, Menu, Name, SearchBox } from "./parts";
import type { MenuRow } from "./parts";

const ROW_PX = 52;

interface RosterProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly pinned?: string;
  readonly onPin: (seat: string | undefined) => void;
}

type Asking = { readonly kind: "remove" | "hand_over"; readonly seat: Seat };

export function Roster({ meeting, state, pinned, onPin }: RosterProps) {
  const words = useWords();
  const [search, setSearch] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking | undefined>();
  const rows = useMemo(() => rosterRows(state.seats.values(), state.me, search, closed), [state.seats, state.me, search, closed]);
  const found = useMemo(() => rows.reduce((n, r) => n + (r.kind === "group" ? r.all : 0), 0), [rows]);
  const toggle = (org: string): void => setClosed((c) => new Set(c.has(org) ? [...c].filter((o) => o !== org) : [...c, org]));
  return (
    <div class="roster">
      <SearchBox value={search} onChange={setSearch} />
      <p class="roster-count figures" role="status">{rows.length === 0 ? words.roster.none : words.roster.found(found)}</p>
      <RowWindow rows={rows}>
        {(row) => row.kind === "group"
          ? <GroupRow row={row} onToggle={() => toggle(row.org)} />
          : <SeatRow meeting={meeting} state={state} seat={row.seat} pinned={pinned === row.seat.id} onPin={onPin} onAsk={setAsking} />}
      </RowWindow>
      {asking && <SeatQuestion meeting={meeting} asking={asking} onClose={() => setAsking(undefined)} />}
    </div>
  );
}

function keyOf(row: RosterRow): string {
  return row.kind === "group" ? `org ${row.org}` : row.seat.id;
}

function RowWindow({ rows, children }: { readonly rows: readonly RosterRow[]; readonly children: (row: RosterRow) => preact.ComponentChild }) {
  const words = useWords();
  const { first, last, ...area } = useRowWindow<HTMLDivElement>(rows.length, ROW_PX);
  const setHeight = (list: HTMLElement | null): void => list?.style.setProperty("--rows", String(rows.length));
  return (
    <div class="roster-rows" {...area} tabIndex={0} role="region" aria-label={words.roster.title}>
      <ul class="roster-list" ref={setHeight}>
        {rows.slice(first, last).map((row, n) => (
          <li key={keyOf(row)} class="roster-place" aria-setsize={rows.length} aria-posinset={first + n + 1} ref={(place: HTMLElement | null) => place?.style.setProperty("--row", String(first + n))}>
            {children(row)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function GroupRow({ row, onToggle }: { readonly row: Extract<RosterRow, { kind: "group" }>; readonly onToggle: () => void }) {
  const words = useWords();
  return (
    <button type="button" class="roster-group" aria-expanded={row.open} onClick={onToggle}>
      <Icon name={row.open ? "down" : "right"} size={16} />
      <Name text={row.org || words.roster.no_org} />
      <span class="roster-group-count figures">{words.roster.count(row.here, row.all)}</span>
    </button>
  );
}

interface SeatRowProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly seat: Seat;
  readonly pinned: boolean;
  readonly onPin: (seat: string | undefined) => void;
  readonly onAsk: (asking: Asking) => void;
}

function SeatRow({ meeting, state, seat, pinned, onPin, onAsk }: SeatRowProps) {
  const words = useWords();
  const me = seat.id === state.me;
  const names = seat.presence === "here" ? "roster-seat" : "roster-seat absent";
  const rows = (): readonly MenuRow[] => seatMenu({ meeting, state, seat, pinned, onPin, onAsk }, words);
  return (
    <div class={names} data-seat={seat.id}>
      <Avatar name={seat.name} />
      <div class="roster-who">
        <span class="roster-name"><Name text={seat.name} />{me && <span class="tile-me">{words.room.you}</span>}</span>
        <span class="roster-note">{noteOf(seat, words)}</span>
      </div>
      <SeatSigns seat={seat} />
      <Menu rows={rows} label={words.seat_menu.open(seat.name)}><Icon name="more" /></Menu>
    </div>
  );
}

function noteOf(seat: Seat, words: Words): string {
  const notes = [
    seat.presence === "away" ? words.roster.away : seat.presence === "gone" ? words.roster.gone : "",
    seat.role === "participant" ? "" : words.roles[seat.role],
    seat.line === undefined ? "" : words.line.short[seat.line],
    seat.kind === "whip" ? words.roster.studio : seat.kind === "whep" ? words.roster.player : "",
  ];
  return notes.filter(Boolean).join(" · ");
}

function SeatSigns({ seat }: { readonly seat: Seat }) {
  const words = useWords();
  const mic = isOn(seat, "mic");
  const camera = isOn(seat, "camera");
  return (
    <span class="roster-signs">
      {isOn(seat, "screen") && <Sign icon="screen" label={words.roster.sharing} on />}
      <Sign icon={mic ? "mic" : "mic_off"} label={mic ? words.roster.mic_on : words.roster.mic_off} on={mic} />
      <Sign icon={camera ? "camera" : "camera_off"} label={camera ? words.roster.camera_on : words.roster.camera_off} on={camera} />
    </span>
  );
}

function Sign({ icon, label, on }: { readonly icon: "mic" | "mic_off" | "camera" | "camera_off" | "screen"; readonly label: string; readonly on: boolean }) {
  return <span class={on ? "sign on" : "sign"} role="img" aria-label={label} title={label}><Icon name={icon} size={18} /></span>;
}

function seatMenu(props: SeatRowProps, words: Words): readonly MenuRow[] {
  const { state, seat, pinned, onPin } = props;
  const me = state.seats.get(state.me);
  const pin: MenuRow = { kind: "act", icon: "pin", label: pinned ? words.seat_menu.unpin : words.seat_menu.pin, act: () => onPin(pinned ? undefined : seat.id) };
  const rows: MenuRow[] = [pin];
  if (seat.presence !== "gone" && seat.id !== state.me) rows.push(...stageRows(props, words));
  if (!mayHost(me) || seat.id === state.me || seat.presence === "gone") return rows;
  const over = me?.role === "host" || !mayHost(seat); // co-hosts do not act on hosts
  return [...rows, ...(over ? [...mediaRows(props, words), ...roleRows(props, words)] : [])];
}

function stageRows({ meeting, state, seat }: SeatRowProps, { floor: w }: Words): readonly MenuRow[] {
  const me = state.seats.get(state.me);
  const staged = isOnStage(state, seat.id);
  const spotlit = state.room.spotlight === seat.id;
  const rows: MenuRow[] = [];
  if (mayStage(me, seat)) rows.push({ kind: "act", icon: "stage", label: staged ? w.unstage : w.stage, act: () => void meeting.floor.stage(seat.id, !staged) });
  if (mayHost(me) && mayStage(me, seat)) {
    rows.push({ kind: "act", icon: "broadcast", label: spotlit ? w.unspotlight : w.spotlight, act: () => void meeting.floor.spotlight(seat.id, !spotlit) });
    if (seat.kind === "browser") rows.push({ kind: "line" }, { kind: "title", label: w.give }, ...giveRows(meeting, seat.id, w));
  }
  return rows;
}

function mediaRows({ meeting, seat }: SeatRowProps, words: Words): readonly MenuRow[] {
  const { host } = meeting;
  const { seat_menu: w } = words;
  const rows: MenuRow[] = [{ kind: "line" }];
  if (isBlocked(seat, "mic")) rows.push({ kind: "act", icon: "mic", label: w.allow_mic, act: () => void host.allow(seat.id, "mic") });
  else {
    if (isOn(seat, "mic")) rows.push({ kind: "act", icon: "mic_off", label: w.mute, act: () => void host.mute(seat.id, "mic", true) });
    rows.push({ kind: "act", icon: "mic_off", label: w.mute_hard, act: () => void host.mute(seat.id, "mic", false) });
  }
  if (isBlocked(seat, "camera")) rows.push({ kind: "act", icon: "camera", label: w.allow_camera, act: () => void host.allow(seat.id, "camera") });
  else if (isOn(seat, "camera")) rows.push({ kind: "act", icon: "camera_off", label: w.stop_camera, act: () => void host.mute(seat.id, "camera", true) });
  if (isBlocked(seat, "screen")) rows.push({ kind: "act", icon: "screen", label: w.allow_screen, act: () => void host.allow(seat.id, "screen") });
  else if (isOn(seat, "screen")) rows.push({ kind: "act", icon: "screen", label: w.stop_screen, act: () => void host.mute(seat.id, "screen", true) });
  return rows;
}

function roleRows({ meeting, state, seat, onAsk }: SeatRowProps, words: Words): readonly MenuRow[] {
  const { host } = meeting;
  const { seat_menu: w } = words;
  const rows: MenuRow[] = [{ kind: "line" }];
  const am_host = state.seats.get(state.me)?.role === "host";
  if (am_host && seat.kind === "browser") {
    if (seat.role !== "cohost") rows.push({ kind: "act", icon: "person", label: w.make_cohost, act: () => void host.setRole(seat.id, "cohost") });
    if (seat.role !== "participant") rows.push({ kind: "act", icon: "person", label: w.make_participant, act: () => void host.setRole(seat.id, "participant") });
    if (seat.role !== "viewer") rows.push({ kind: "act", icon: "eye", label: w.make_viewer, act: () => void host.setRole(seat.id, "viewer") });
    rows.push({ kind: "act", icon: "crown", label: w.hand_over, act: () => onAsk({ kind: "hand_over", seat }) });
  }
  if (seat.kind !== "whip") rows.push(...lineRows(seat, host, words), ...(seat.kind === "browser" ? codingRowsOf(seat, host, words) : []), { kind: "line" });
  rows.push({ kind: "act", icon: "remove", label: w.remove, danger: true, act: () => onAsk({ kind: "remove", seat }) });
  return rows;
}

function lineRows(seat: Seat, host: Host, words: Words): readonly MenuRow[] {
  const choice = seat.line_choice ?? "auto";
  return [
    { kind: "line" },
    { kind: "title", label: words.line.title },
    ...LINE_PROFILE_VALUES.map((line): MenuRow => ({ kind: "act", label: words.line.profiles[line], checked: choice === line, act: () => void host.setLine(seat.id, line) })),
  ];
}

function codingRowsOf(seat: Seat, host: Host, words: Words): readonly MenuRow[] {
  return [{ kind: "line" }, ...codingRows(words, seat.coding ?? "usual", (coding) => void host.setCoding(seat.id, coding))];
}

function SeatQuestion({ meeting, asking, onClose }: { readonly meeting: Meeting; readonly asking: Asking; readonly onClose: () => void }) {
  const { host: w } = useWords();
  const { seat, kind } = asking;
  if (kind === "remove") return <Confirm title={w.remove_title(seat.name)} text={w.remove_text} yes={w.remove_yes} onYes={() => void meeting.host.remove(seat.id)} onClose={onClose} />;
  return <Confirm title={w.hand_over_title(seat.name)} text={w.hand_over_text} yes={w.hand_over_yes} onYes={() => void meeting.host.handOver(seat.id)} onClose={onClose} />;
}
