// The minutes as a paper. What people write is written in its place: `editing` has the draft.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { clockTime, dateTime, duration, percent } from "../i18n/words";
import type { Words } from "../i18n/words";
import type { Lang } from "../model/prefs";
import { attendanceRate, namesByHome } from "../model/minutes";
import { CONCLUSION_MAX, LINE_MAX, NOTE_MAX } from "../protocol/minutes";
import type { Minutes, MinutesAsk, MinutesEdit, MinutesPerson, Speech } from "../protocol/minutes";
import { usePrefs, useWords } from "./hooks";
import { Button, IconButton } from "./parts";

export interface Editing {
  readonly own: MinutesEdit;
  readonly set: (own: MinutesEdit) => void;
  /** What somebody else wrote meanwhile, by the place of the field. */
  readonly theirs: ReadonlyMap<string, string>;
  readonly speeches: readonly Speech[];
}

interface PaperProps {
  readonly minutes: Minutes;
  readonly editing?: Editing;
}

export function MinutesPaper({ minutes, editing }: PaperProps) {
  const words = useWords();
  return (
    <article class="card minutes-paper">
      <header class="minutes-head">
        <p class="minutes-org">{minutes.org_name}</p>
        <h1>{words.minutes.sub(words.classes.kinds[minutes.kind] ?? minutes.kind)}</h1>
      </header>
      <Facts minutes={minutes} {...(editing ? { editing } : {})} />
      <Agenda minutes={minutes} {...(editing ? { editing } : {})} />
      <Speeches minutes={minutes} {...(editing ? { editing } : {})} />
      <Asks asks={minutes.asks} />
      <Part title={words.minutes.conclusion} name="conclusion">
        {editing
          ? <EditText editing={editing} field="conclusion" label={words.minutes.conclusion} value={editing.own.conclusion} onChange={(conclusion) => editing.set({ ...editing.own, conclusion })} rows={5} max={CONCLUSION_MAX} />
          : <Text text={minutes.conclusion} />}
      </Part>
      <Attendance minutes={minutes} />
      <Gaps minutes={minutes} />
      <Foot minutes={minutes} />
    </article>
  );
}

/* ---- pieces ---- */

function spanText(seconds: number, words: Words["minutes"], lang: Lang): string {
  return seconds < 60 ? words.seconds(seconds) : duration(seconds * 1_000, lang);
}

function Part({ title, name, children }: { readonly title: string; readonly name: string; readonly children: ComponentChildren }) {
  return (
    <section class="minutes-part" data-part={name} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** In lines as they were written. */
function Text({ text }: { readonly text: string }) {
  const words = useWords().minutes;
  if (!text) return <p class="pale minutes-none">{words.none}</p>;
  return <div class="minutes-text">{text.split("\n").filter((line) => line.trim()).map((line, n) => <p key={n}>{line}</p>)}</div>;
}

interface EditTextProps {
  readonly editing: Editing;
  readonly field: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly max: number;
  /** Absent: a single line. */
  readonly rows?: number;
}

function EditText({ editing, field, label, value, onChange, max, rows }: EditTextProps) {
  const words = useWords().minutes;
  const theirs = editing.theirs.get(field);
  const id = useId();
  const shared = { class: "input", id, name: field, value, maxLength: max, "aria-label": label, "aria-describedby": theirs === undefined ? undefined : `${id}-theirs` };
  return (
    <div class="minutes-field">
      {rows === undefined
        ? <input {...shared} autoComplete="off" onInput={(event) => onChange(event.currentTarget.value)} />
        : <textarea {...shared} rows={Math.max(rows, Math.min(20, value.split("\n").length + 1))} onInput={(event) => onChange(event.currentTarget.value)} />}
      {theirs !== undefined && (
        <div class="minutes-theirs" id={`${id}-theirs`} data-theirs={field}>
          <p><span class="pale">{words.theirs}</span> {theirs || words.none}</p>
          <Button kind="quiet" onClick={() => onChange(theirs)}>{words.take}</Button>
        </div>
      )}
    </div>
  );
}

function Pair({ name, children, wide }: { readonly name: string; readonly children: ComponentChildren; readonly wide?: boolean }) {
  return <div class={wide ? "wide" : ""}><dt>{name}</dt><dd>{children}</dd></div>;
}

/* ---- the head ---- */

function Facts({ minutes, editing }: PaperProps) {
  const words = useWords();
  const { lang } = usePrefs();
  const { minutes: w } = words;
  const day = dateTime(minutes.opened_ms, lang, 0).replace(/ \d\d:\d\d$/, "");
  const same_day = new Date(minutes.opened_ms).toDateString() === new Date(minutes.closed_ms).toDateString();
  const line = (field: "place" | "recorder", label: string) => (editing
    ? <EditText editing={editing} field={field} label={label} value={editing.own[field]} onChange={(value) => editing.set({ ...editing.own, [field]: value })} max={LINE_MAX} />
    : minutes[field] || <span class="pale minutes-none">{w.none}</span>);
  return (
    <dl class="minutes-facts">
      <Pair name={w.topic} wide>{minutes.title}{minutes.campaign && <span class="minutes-aside">{w.campaign(minutes.campaign)}</span>}</Pair>
      <Pair name={w.time} wide>
        <span class="figures">{w.span(day, clockTime(minutes.opened_ms), same_day ? clockTime(minutes.closed_ms) : dateTime(minutes.closed_ms, lang, 0))}</span>
        <span class="minutes-aside figures">{w.taught(spanText(minutes.taught_s, w, lang))}</span>
      </Pair>
      <Pair name={w.place}>{line("place", w.place)}</Pair>
      <Pair name={w.way}>{words.classes.ways[minutes.way] ?? minutes.way}</Pair>
      <Pair name={w.host}>{w.list(minutes.hosts.map((host) => host.name || w.erased)) || <span class="pale minutes-none">{w.none}</span>}</Pair>
      <Pair name={w.recorder}>{line("recorder", w.recorder)}</Pair>
      <Pair name={w.people} wide><People minutes={minutes} /></Pair>
    </dl>
  );
}

function People({ minutes }: { readonly minutes: Minutes }) {
  const words = useWords().minutes;
  const { numbers, sites, sites_all, checks } = minutes;
  const rate = attendanceRate(numbers);
  const all = [words.expected(numbers.expected), words.present(numbers.present), words.leave(numbers.leave), words.absent(numbers.absent), words.visitors(numbers.visitors)];
  return (
    <>
      <span class="figures">{words.list(all)}</span>
      <span class="minutes-aside figures">
        {[`${words.sites} ${words.sites_count(sites_all)}`, rate === undefined ? "" : words.rate(percent(rate)), checks > 0 ? words.checks(checks) : ""].filter(Boolean).join(" · ")}
      </span>
      {sites.length < sites_all && <span class="minutes-aside">{words.sites_seen(sites.length, sites_all)}</span>}
    </>
  );
}

/* ---- what happened ---- */

function Agenda({ minutes, editing }: PaperProps) {
  const words = useWords().minutes;
  const setNote = (n: number, note: string): void => editing?.set({ ...editing.own, notes: editing.own.notes.map((old, at) => (at === n ? note : old)) });
  return (
    <Part title={words.agenda} name="agenda">
      {minutes.agenda.length === 0 ? <p class="pale minutes-none">{words.no_agenda}</p> : (
        <ol class="minutes-agenda">
          {minutes.agenda.map((item, n) => (
            <li key={n}>
              <p class="minutes-item">
                <span>{item.title}</span>
                <span class="pale figures">{[item.speaker ? words.speaker(item.speaker) : "", item.minutes ? words.minutes(item.minutes) : ""].filter(Boolean).join(" · ")}</span>
              </p>
              {editing
                ? <EditText editing={editing} field={`notes.${n}`} label={words.note_of(item.title)} value={editing.own.notes[n] ?? ""} onChange={(note) => setNote(n, note)} rows={3} max={NOTE_MAX} />
                : minutes.notes[n] && <Text text={minutes.notes[n] ?? ""} />}
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}

function Speeches({ minutes, editing }: PaperProps) {
  const words = useWords().minutes;
  const { lang } = usePrefs();
  const speakers = minutes.speakers.map(({ name, on_s }) => words.on_for(name || words.erased, spanText(on_s, words, lang)));
  return (
    <Part title={words.speeches} name="speeches">
      {editing ? <EditSpeeches editing={editing} /> : minutes.speeches.length === 0 ? <p class="pale minutes-none">{words.no_speeches}</p> : (
        <ul class="minutes-speeches">
          {minutes.speeches.map(({ speaker, text }, n) => <li key={n}><strong>{speaker}</strong><Text text={text} /></li>)}
        </ul>
      )}
      {speakers.length > 0 && <p class="minutes-small figures">{words.on_air}{words.list(speakers)}</p>}
    </Part>
  );
}

function EditSpeeches({ editing }: { readonly editing: Editing }) {
  const words = useWords().minutes;
  const { own, set } = editing;
  const change = (n: number, part: Partial<Speech>): void => set({ ...own, speeches: own.speeches.map((one, at) => (at === n ? { ...one, ...part } : one)) });
  return (
    <>
      {own.speeches.map((speech, n) => (
        <div class="minutes-speech" key={n}>
          <input class="input" name={`speaker-${n}`} value={speech.speaker} maxLength={LINE_MAX} aria-label={words.speech_speaker} placeholder={words.speech_speaker} onInput={(event) => change(n, { speaker: event.currentTarget.value })} />
          <IconButton icon="close" label={words.remove_speech(n + 1)} onClick={() => set({ ...own, speeches: own.speeches.filter((_, at) => at !== n) })} />
          <textarea class="input" name={`speech-${n}`} rows={3} value={speech.text} maxLength={NOTE_MAX} aria-label={words.speech_text} placeholder={words.speech_text} onInput={(event) => change(n, { text: event.currentTarget.value })} />
        </div>
      ))}
      {editing.speeches.map((speech, n) => (
        <div class="minutes-theirs" key={`their-${n}`}>
          <p><span class="pale">{words.theirs}</span> <strong>{speech.speaker}</strong> {speech.text}</p>
          <Button kind="quiet" onClick={() => set({ ...own, speeches: [...own.speeches, speech] })}>{words.take}</Button>
        </div>
      ))}
      <Button icon="plus" onClick={() => set({ ...own, speeches: [...own.speeches, { speaker: "", text: "" }] })}>{words.add_speech}</Button>
    </>
  );
}

function Asks({ asks }: { readonly asks: readonly MinutesAsk[] }) {
  const words = useWords().minutes;
  return (
    <Part title={words.asks} name="asks">
      {asks.length === 0 ? <p class="pale minutes-none">{words.no_asks}</p> : <ol class="minutes-asks">{asks.map((ask) => <Ask key={ask.ask} ask={ask} />)}</ol>}
    </Part>
  );
}

function Ask({ ask }: { readonly ask: MinutesAsk }) {
  const words = useWords().minutes;
  return (
    <li>
      <p class="minutes-item"><span>{ask.prompt}</span><span class="pale figures">{words.ask_kinds[ask.kind]} · {words.answered(ask.answered, ask.audience === "seats")}</span></p>
      {ask.void ? <p>{words.voids[ask.void]}</p> : (
        <ul class="minutes-options figures">
          {ask.options.map((option, n) => <li key={n}>{option.text}{option.right && <span class="pale">（{words.right}）</span>}<span>{words.votes(option.votes)}</span></li>)}
        </ul>
      )}
      {ask.unanimous && <p class="minutes-small">{words.unanimous}</p>}
      {ask.spoiled !== undefined && <p class="minutes-small figures">{words.spoiled(ask.spoiled)}</p>}
    </li>
  );
}

/* ---- who was there ---- */

function Attendance({ minutes }: { readonly minutes: Minutes }) {
  const words = useWords().minutes;
  const { sites, persons, persons_left_out } = minutes;
  const of = (state: MinutesPerson["state"]): readonly MinutesPerson[] => persons.filter((person) => person.state === state);
  const marked = of("absent").map((person) => (person.leave ? { ...person, name: `${person.name || words.erased}${person.leave === "refused" ? words.refused : words.asked}` } : person));
  return (
    <Part title={words.attendance} name="attendance">
      {sites.length > 0 && <SiteTable minutes={minutes} />}
      <Names title={words.on_leave} minutes={minutes} persons={of("leave")} />
      <Names title={words.absentees} minutes={minutes} persons={marked} />
      <Names title={words.guests} minutes={minutes} persons={of("visitor")} />
      <Names title={words.attendees} minutes={minutes} persons={of("present")} />
      {persons_left_out > 0 && <p class="minutes-small figures">{words.left_out(persons_left_out)}</p>}
    </Part>
  );
}

function SiteTable({ minutes }: { readonly minutes: Minutes }) {
  const words = useWords().minutes;
  const { columns } = words;
  const keys = ["expected", "present", "leave", "absent", "visitors"] as const;
  return (
    <div class="minutes-scroll" tabIndex={0} role="region" aria-label={words.sites}>
      <table class="minutes-table figures">
        <thead><tr><th scope="col">{columns.site}</th>{keys.map((key) => <th key={key} scope="col">{columns[key]}</th>)}</tr></thead>
        <tbody>{minutes.sites.map((site) => <tr key={site.site} data-site={site.site}><th scope="row">{site.name}</th>{keys.map((key) => <td key={key}>{site[key]}</td>)}</tr>)}</tbody>
        {minutes.sites.length > 1 && <tfoot><tr><th scope="row">{words.total}</th>{keys.map((key) => <td key={key}>{minutes.numbers[key]}</td>)}</tr></tfoot>}
      </table>
    </div>
  );
}

function Names({ title, minutes, persons }: { readonly title: string; readonly minutes: Minutes; readonly persons: readonly MinutesPerson[] }) {
  const words = useWords().minutes;
  if (persons.length === 0) return null;
  return (
    <div class="minutes-names">
      <h3>{title}<span class="pale figures"> {persons.length}</span></h3>
      {namesByHome(minutes, persons, words.erased).map(({ place, names }, n) => <p key={n}>{place && <span class="pale">{place}：</span>}{words.list(names)}</p>)}
    </div>
  );
}

/* ---- the end ---- */

function Gaps({ minutes }: { readonly minutes: Minutes }) {
  const words = useWords().minutes;
  if (minutes.gaps.length === 0) return null;
  return (
    <Part title={words.gaps} name="gaps">
      <ul class="figures">{minutes.gaps.map(({ from_ms, to_ms }) => <li key={from_ms}>{words.gap(withSeconds(from_ms), withSeconds(to_ms))}</li>)}</ul>
    </Part>
  );
}

function withSeconds(time_ms: number): string {
  return `${clockTime(time_ms)}:${String(new Date(time_ms).getSeconds()).padStart(2, "0")}`;
}

/** On paper: where it is signed, and which version it is. */
function Foot({ minutes }: { readonly minutes: Minutes }) {
  const words = useWords().minutes;
  const { lang } = usePrefs();
  const { sealed } = minutes;
  return (
    <footer class="minutes-foot">
      <p class="minutes-signatures print-only"><span>{words.signature.host}</span><span>{words.signature.recorder}</span><span>{words.signature.day}</span></p>
      <p class="minutes-small figures print-only">{words.version(minutes.version)}{sealed && ` · ${words.sealed_by(sealed.by_name, dateTime(sealed.at_ms, lang, 0))} · ${words.hash} ${sealed.hash}`}</p>
    </footer>
  );
}
