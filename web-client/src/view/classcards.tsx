// Classes as cards: when, what, who is there, and the way in. In the list, and on homes for today.
import { useEffect, useRef } from "preact/hooks";
import { clockTime, dateTime } from "../i18n/words";
import { nextToEnter, ofToday, waitsForAnswer, whenOf } from "../model/classlist";
import type { ClassRow } from "../protocol/classes";
import { CalendarLink } from "./calendarlink";
import { Link } from "./frame";
import { usePrefs, useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";
import { Shown, useRead } from "./reading";
import type { Read } from "./reading";

const REFRESH_MS = 15_000;
const HOUR_MS = 3_600_000;

/** What stays fresh while it is shown. `key` as in useRead; `version` changes where it is to be read at once, and what was there stays meanwhile. */
export function useClasses<T>(read: () => Promise<T>, key: unknown, version = ""): Read<T> {
  const list = useRead(read, key);
  const known = useRef(version);
  useEffect(() => {
    if (known.current !== version) void list.again();
    known.current = version;
  }, [version, list.again]);
  useEffect(() => {
    const timer = setInterval(() => void list.again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [list.again]);
  return list;
}

/** 11月21日 周六 09:00–10:30 */
export function ClassTime({ row }: { readonly row: Pick<ClassRow, "start_ms" | "end_ms"> }) {
  const words = useWords().classes;
  const { lang } = usePrefs();
  const same_day = new Date(row.start_ms).toDateString() === new Date(row.end_ms).toDateString();
  return <time class="figures" dateTime={new Date(row.start_ms).toISOString()}>{words.span(dateTime(row.start_ms, lang), same_day ? clockTime(row.end_ms) : dateTime(row.end_ms, lang))}</time>;
}

export function ClassStateLine({ row, now }: { readonly row: ClassRow; readonly now: number }) {
  const words = useWords().classes;
  const when = whenOf(row, now);
  const text = row.state === "planned" && (row.not_held || when === "over") ? words.missed : row.state !== "planned" || when !== "now" ? words.states[row.state] : words.waiting;
  return (
    <p class="class-state figures">
      {row.state === "open" && <span class="lamp" aria-hidden="true" />}
      <span>{text}</span>
      {row.count && row.count.expected > 0 && row.state !== "closed" && <span>{words.arrived(row.count.arrived, row.count.expected)}</span>}
      {row.count && row.count.sites > 1 && <span>{words.sites_count(row.count.sites)}</span>}
      {waitsForAnswer(row) && when !== "over" && <span class="tag warn">{words.waits}</span>}
    </p>
  );
}

export function EnterClass({ row, main }: { readonly row: ClassRow; readonly main: boolean }) {
  const words = useWords().classes;
  const { go } = useServices();
  return (
    <Button kind={main ? "main" : "plain"} large onClick={() => go(`/room/${encodeURIComponent(row.room)}`)}>
      {words.enter}
      <span class="sr"> {row.title}</span>
    </Button>
  );
}

export function ClassCards({ rows, now }: { readonly rows: readonly ClassRow[]; readonly now: number }) {
  const first = nextToEnter(rows, now);
  return <ul class="class-cards">{rows.map((row) => <ClassCard key={row.id} row={row} now={now} main={row === first} />)}</ul>;
}

function ClassCard({ row, now, main }: { readonly row: ClassRow; readonly now: number; readonly main: boolean }) {
  const words = useWords().classes;
  const when = whenOf(row, now);
  return (
    <li class={row.state === "open" ? "card class-card running" : "card class-card"} data-class={row.id}>
      <div class="class-card-text">
        <p class="class-card-time"><ClassTime row={row} /></p>
        <h3><Link to={`/class/${row.id}`} class="text-link">{row.title}</Link></h3>
        <p class="class-card-org">{[words.kinds[row.kind], row.campaign, row.org_name].filter(Boolean).join(" · ")}</p>
        <ClassStateLine row={row} now={now} />
        {row.state === "planned" && when !== "over" && <CalendarLink row={row} quiet />}
      </div>
      {row.role !== null && (when === "now" || when === "soon") && <EnterClass row={row} main={main} />}
    </li>
  );
}

/** On a home: what is on today, and the way to all the others. */
export function TodaysClasses() {
  const words = useWords().classes;
  const { classes } = useServices();
  const now = useTick(REFRESH_MS);
  const read = useClasses(() => classes.list(Date.now() - 24 * HOUR_MS, Date.now() + 24 * HOUR_MS), "today");
  return (
    <section aria-label={words.today}>
      <div class="class-head">
        <h2 class="home-title">{words.today}</h2>
        <Link to="/classes" class="text-link class-all">{words.all}<Icon name="right" size={18} /></Link>
      </div>
      <Shown read={read}>
        {(rows) => {
          const today = ofToday(rows, now);
          return today.length === 0 ? <p class="card class-none">{words.none_today}</p> : <ClassCards rows={today} now={now} />;
        }}
      </Shown>
    </section>
  );
}
