// The class in its room: for a site the code, who is signed in and who is to be marked; for who leads the course of it and what is asked.
import { useState } from "preact/hooks";
import type { Meeting } from "../model/meeting";
import { asksNow } from "../model/phone";
import { atSite } from "../model/lesson";
import type { LessonState } from "../model/lesson";
import { mayHost } from "../model/room";
import type { RoomState } from "../model/room";
import { scanPath } from "../protocol/companion";
import { ASK_AUDIENCE_VALUES, ASK_KIND_VALUES } from "../protocol/messages";
import type { Ask, AskAudience, AskKind, ClassPerson } from "../protocol/messages";
import { AskChoice, AskHead, classRefusal, ClassRefusal, Tally } from "./asks";
import { DistrictTable, sitesHere } from "./districts";
import { ActDialog, SelectField, TextField } from "./forms";
import { HallScreen } from "./hallscreen";
import { useCell, useTick, useWords } from "./hooks";
import { Button, Confirm } from "./parts";
import { qrPath } from "./qr";
import { SiteAnswers } from "./siteanswers";

const OPENS_BEFORE_MS = 60 * 60_000;

interface LessonProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
}

export function LessonPanel({ meeting, state }: LessonProps) {
  const lesson = useCell(meeting.lesson.state);
  const error = useCell(meeting.lesson.error);
  const leads = mayHost(state.seats.get(state.me));
  return (
    <div class="lesson">
      {error !== undefined && <ClassRefusal error={error} />}
      {leads && <Course meeting={meeting} state={state} />}
      <Asks meeting={meeting} lesson={lesson} leads={leads} />
      {leads && <DistrictTable districts={lesson.districts} />}
      {lesson.code && <Site meeting={meeting} lesson={lesson} />}
    </div>
  );
}

/** Over the pictures until the class begins. */
export function LobbyBanner({ meeting, state }: LessonProps) {
  const { lesson: words, invite } = useWords();
  const { count, districts } = useCell(meeting.lesson.state);
  const now = useTick(15_000);
  if (state.room.class?.state !== "planned") return null;
  if (now >= state.room.class.end_ms) return <p class="banner" role="status">{invite.not_held_lobby}</p>;
  if (!mayHost(state.seats.get(state.me))) return <p class="banner" role="status">{words.lobby}</p>;
  return (
    <p class="banner figures" role="status">
      {count ? words.counts(sitesHere(districts, count), count.sites, count.here, count.expected) : words.title}
      <Button kind="main" disabled={tooEarly(state, now)} title={tooEarly(state, now) ? invite.early : undefined} onClick={() => void meeting.lesson.run("class.open")}>{words.open}</Button>
    </p>
  );
}

/** The server refuses it as well. */
function tooEarly(state: RoomState, now_ms: number): boolean {
  return now_ms < (state.room.class?.start_ms ?? 0) - OPENS_BEFORE_MS;
}

function Course({ meeting, state }: LessonProps) {
  const all = useWords();
  const { lesson: words } = all;
  const { count, districts } = useCell(meeting.lesson.state);
  const tick = useTick(15_000);
  const early = tooEarly(state, tick);
  const [asked, setAsked] = useState<"close" | "ask" | undefined>();
  const now = state.room.class?.state ?? "closed";
  const run = meeting.lesson.run.bind(meeting.lesson);
  return (
    <section class="lesson-part">
      <p class="lesson-count figures"><strong>{all.phone.states[now]}</strong>{count && <span>{words.counts(sitesHere(districts, count), count.sites, count.here, count.expected)} · {words.unproved(count.unproved)}</span>}</p>
      <div class="lesson-acts">
        {now === "planned" && <Button kind="main" disabled={early} onClick={() => void run("class.open")}>{words.open}</Button>}
        {now === "planned" && early && <p class="field-hint">{all.invite.early}</p>}
        {now === "open" && <Button onClick={() => void run("class.pause")}>{words.pause}</Button>}
        {now === "paused" && <Button kind="main" onClick={() => void run("class.resume")}>{words.resume}</Button>}
        {(now === "open" || now === "paused") && <Button kind="danger" onClick={() => setAsked("close")}>{words.close}</Button>}
        {now === "open" && <Button onClick={() => void meeting.lesson.ask({ kind: "check", audience: "persons", prompt: "", span_s: 30 })}>{words.check_now}</Button>}
        {now === "open" && <Button onClick={() => setAsked("ask")}>{words.ask}</Button>}
      </div>
      {asked === "close" && <Confirm title={words.close_title} text={words.close_text} yes={words.close} onYes={() => void run("class.close")} onClose={() => setAsked(undefined)} />}
      {asked === "ask" && <AskDialog meeting={meeting} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

function AskDialog({ meeting, onClose }: { readonly meeting: Meeting; readonly onClose: () => void }) {
  const all = useWords();
  const { lesson: words, phone } = all;
  const [kind, setKind] = useState<AskKind>("poll");
  const [audience, setAudience] = useState<AskAudience>("persons");
  const [prompt, setPrompt] = useState("");
  const [text, setText] = useState("");
  const [right, setRight] = useState("");
  const [span, setSpan] = useState("60");
  const options = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const index = Number(right) - 1;
  const missing = prompt.trim() === "" || options.length < 2 ? words.need : kind === "quiz" && options[index] === undefined ? words.need_right : undefined;
  const act = async (): Promise<void> => {
    await meeting.lesson.openAsk({ kind, audience: kind === "ballot" ? "persons" : audience, prompt: prompt.trim(), options, span_s: Math.max(5, Math.round(Number(span)) || 60), ...(kind === "quiz" ? { right: [index] } : {}) });
  };
  return (
    <ActDialog title={words.ask} yes={words.ask} onClose={onClose} act={act} told={(error) => classRefusal(all, error)} {...(missing === undefined ? {} : { missing })}>
      <SelectField label={words.kind} value={kind} options={ASK_KIND_VALUES.filter((k) => k !== "check").map((k) => [k, phone.kinds[k]] as const)} onChange={setKind} />
      {kind !== "ballot" && <SelectField label={words.audience} value={audience} options={ASK_AUDIENCE_VALUES.map((a) => [a, words.audiences[a]] as const)} onChange={setAudience} />}
      <TextField label={words.prompt} name="prompt" value={prompt} onChange={setPrompt} long max={300} />
      <TextField label={words.options} name="options" value={text} onChange={setText} long />
      {kind === "quiz" && <TextField label={words.right} name="right" type="number" value={right} onChange={setRight} />}
      <TextField label={words.span} name="span" type="number" value={span} onChange={setSpan} />
    </ActDialog>
  );
}

function Asks({ meeting, lesson, leads }: { readonly meeting: Meeting; readonly lesson: LessonState; readonly leads: boolean }) {
  const now = useTick(1_000);
  const { open, last } = asksNow(lesson.asks, now);
  const shown = open.length > 0 ? open : last ? [last] : [];
  return <>{shown.map((ask) => <OneAsk key={ask.ask} meeting={meeting} lesson={lesson} ask={ask} now_ms={now} leads={leads} open={open.includes(ask)} />)}</>;
}

interface OneAskProps {
  readonly meeting: Meeting;
  readonly lesson: LessonState;
  readonly ask: Ask;
  readonly now_ms: number;
  readonly leads: boolean;
  readonly open: boolean;
}

function OneAsk({ meeting, lesson, ask, now_ms, leads, open }: OneAskProps) {
  const { lesson: words, phone } = useWords();
  const ours = open && lesson.code !== undefined && ask.audience === "seats";
  return (
    <section class="lesson-part ask" data-ask={ask.ask}>
      <AskHead ask={ask} now_ms={now_ms} />
      <p class="phone-small figures">{phone.answered(ask.answered)}</p>
      <Tally ask={ask} />
      {ours && (lesson.answered.has(ask.ask) ? <p class="ask-done" role="status">{phone.recorded}</p> : <AskChoice ask={ask} busy={false} onSend={(choice) => void meeting.lesson.answer(ask.ask, choice)} />)}
      {open && lesson.code !== undefined && ask.audience === "persons" && <SiteAnswers meeting={meeting} lesson={lesson} ask={ask} />}
      {leads && open && <Button onClick={() => void meeting.lesson.endAsk(ask.ask)}>{words.ask_end}</Button>}
    </section>
  );
}

function Site({ meeting, lesson }: { readonly meeting: Meeting; readonly lesson: LessonState }) {
  const { lesson: words, invite } = useWords();
  const [asked, setAsked] = useState(false);
  const [whole, setWhole] = useState(false);
  const { here, missing } = atSite(lesson);
  const { code } = lesson;
  const { path, size } = qrPath(code ? location.origin + scanPath(code) : "");
  return (
    <section class="lesson-part">
      {code && <div class="lesson-code" data-code={scanPath(code)}><svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.qr}><path d={path} /></svg><p>{words.scan}</p><Button icon="expand" data-act="hall" onClick={() => setWhole(true)}>{invite.hall.open}</Button></div>}
      {whole && <HallScreen title={meeting.room.value?.room.title ?? ""} lesson={lesson} onClose={() => setWhole(false)} />}
      <h3 class="lesson-title figures">{words.here(here.length, here.length + missing.length)}</h3>
      {here.length === 0 && <p class="phone-small">{words.nobody}</p>}
      <ul class="lesson-people">{here.map((p) => <Row key={p.person} person={p} act={words.unmark} onAct={() => void meeting.lesson.mark([p.person], false)} />)}</ul>
      {missing.length > 0 && <div class="lesson-head"><h3 class="lesson-title figures">{words.missing(missing.length)}</h3><Button onClick={() => setAsked(true)}>{words.mark_all}</Button></div>}
      <ul class="lesson-people">{missing.map((p) => <Row key={p.person} person={p} act={words.mark} onAct={() => void meeting.lesson.mark([p.person], true)} />)}</ul>
      {asked && <Confirm title={words.mark_all_title(Math.min(200, missing.length))} text={words.mark_all_text} yes={words.mark_all} onYes={() => void meeting.lesson.mark(missing.slice(0, 200).map((p) => p.person), true)} onClose={() => setAsked(false)} />}
    </section>
  );
}

function Row({ person, act, onAct }: { readonly person: ClassPerson; readonly act: string; readonly onAct: () => void }) {
  const { phone: words } = useWords();
  return (
    <li class="lesson-row" data-person={person.person}>
      <span><strong>{person.name}</strong>{person.site !== 0 && person.grade && <span class="phone-small"> {words.grades[person.grade]}</span>}</span>
      <Button onClick={onAct} aria-label={`${act} ${person.name}`}>{act}</Button>
    </li>
  );
}
