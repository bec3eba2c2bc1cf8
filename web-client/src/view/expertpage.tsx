// The page of an expert's link: the next class with its clock, the studio to be tried, the encoder's address; then on air.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { Capture } from "../engine/capture";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { Meeting } from "../model/meeting";
import { longClock } from "../model/programme";
import type { ExpertPage as Told } from "../protocol/invites";
import { RequestError } from "../protocol/socket";
import { CheckPicture, CheckPickers, useDevices } from "./check";
import { ClassTime } from "./classcards";
import { Encoder } from "./encoder";
import { usePrefs, useServices, useTheme, useTick, useWords } from "./hooks";
import { Hall, Icon, Mark } from "./icons";
import { OnAir } from "./onair";
import { Over } from "./over";
import { Button, Problem } from "./parts";
import { Programme } from "./programme";
import { SettingsMenu } from "./settings";
import { reopen, useStay } from "./stay";

const ASK_AGAIN_MS = 10_000;

type Asked = { readonly kind: "asking" } | { readonly kind: "told"; readonly told: Told; readonly skew_ms: number } | { readonly kind: "gone" } | { readonly kind: "failed"; readonly failure: Failure };

/** Asks who the link is for, and again while the page waits; what was told stays while the server does not answer. */
function useLink(id: number, code: string, asking: boolean): { readonly asked: Asked; readonly again: () => Promise<void> } {
  const { invites } = useServices();
  const [asked, setAsked] = useState<Asked>({ kind: "asking" });
  const again = async (): Promise<void> => {
    try {
      const told = await invites.expert(id, code);
      setAsked({ kind: "told", told, skew_ms: told.now_ms - Date.now() });
    } catch (error) {
      const gone = error instanceof RequestError && error.code === "class.expert_link";
      setAsked((before) => (gone ? { kind: "gone" } : before.kind === "told" ? before : { kind: "failed", failure: failureOf(error) }));
    }
  };
  useEffect(() => {
    if (!asking) return undefined;
    void again();
    const timer = setInterval(() => void again(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [id, code, asking]);
  return { asked, again };
}

type Step = { readonly kind: "wait" } | { readonly kind: "meeting"; readonly meeting: Meeting } | { readonly kind: "over"; readonly why?: Failure };

export function ExpertPage({ id }: { readonly id: number }) {
  const words = useWords();
  const { keptCode, takeFragment, meet, wasIn } = useServices();
  const prefs = usePrefs();
  const [code] = useState(() => {
    const given = takeFragment();
    if (given) keptCode(id).set(given);
    return given || keptCode(id).get() || "";
  });
  const capture = useMemo(() => new Capture(), []);
  const [step, setStep] = useState<Step>({ kind: "wait" });
  const { asked, again } = useLink(id, code, step.kind === "wait");
  const returned = useRef(false);
  const enter = (told: Told): void => {
    const meeting = meet({ room: told.room, token: told.token ?? "", mic: !!capture.track("mic") && prefs.mic_on, camera: !!capture.track("camera") && prefs.camera_on }, capture);
    meeting.start();
    setStep({ kind: "meeting", meeting });
  };
  useEffect(() => {
    const another = (): void => { // a further link pasted into this tab changes nothing but what stands behind #
      const given = takeFragment();
      if (!given) return;
      keptCode(id).set(given);
      location.reload();
    };
    addEventListener("hashchange", another);
    return () => {
      removeEventListener("hashchange", another);
      capture.close();
    };
  }, []);
  useEffect(() => {
    if (asked.kind !== "told" || returned.current || step.kind !== "wait") return;
    returned.current = true; // a page that was loaded anew goes straight back
    if (wasIn(asked.told.room) && asked.told.token) void reopen(capture, prefs).then(() => enter(asked.told));
  }, [asked]);
  if (step.kind === "over") return <Over guest {...(step.why ? { why: step.why } : {})} onAgain={() => setStep({ kind: "wait" })} />;
  if (asked.kind === "gone") return <Gone />;
  if (asked.kind === "asking") return <Opening />;
  if (asked.kind === "failed") return <Opening failure={asked.failure} onRetry={() => void again()} />;
  if (step.kind === "meeting") return <Stay meeting={step.meeting} told={asked.told} skew_ms={asked.skew_ms} onOver={(why) => setStep({ kind: "over", ...(why ? { why } : {}) })} text={words.room.joining} />;
  return <Waiting told={asked.told} skew_ms={asked.skew_ms} capture={capture} onEnter={() => enter(asked.told)} />;
}

function Gone() {
  const words = useWords().invite.page;
  useTheme(false);
  return (
    <div class="page over">
      <header class="page-corner"><SettingsMenu /></header>
      <Hall />
      <main id="main" class="over-main">
        <div class="card over-card">
          <span class="over-sign bad"><Icon name="link" size={28} /></span>
          <h1 class="page-title">{words.gone_title}</h1>
          <p class="dialog-text">{words.gone_help}</p>
        </div>
      </main>
    </div>
  );
}

function Opening({ failure, onRetry }: { readonly failure?: Failure; readonly onRetry?: () => void }) {
  const words = useWords();
  useTheme(false);
  return (
    <main id="main" class="page waiting">
      {failure ? <Problem failure={failure}><p class="problem-act"><Button icon="refresh" onClick={onRetry}>{words.retry}</Button></p></Problem> : <p class="waiting-line" role="status"><span class="spinner" />{words.invite.page.opening}</p>}
    </main>
  );
}

interface WaitingProps {
  readonly told: Told;
  readonly skew_ms: number;
  readonly capture: Capture;
  readonly onEnter: () => void;
}

/** Before the lobby: everything can be tried, and the page says when it is time. */
function Waiting({ told, skew_ms, capture, onEnter }: WaitingProps) {
  const words = useWords();
  const w = words.invite.page;
  const { lang } = usePrefs();
  const now = useTick(1_000) + skew_ms;
  const opened = useDevices(capture);
  useTheme(false);
  const may = told.token !== undefined && now >= told.from_ms;
  return (
    <div class="page expert-wait">
      <header class="page-head">
        <Mark size={32} />
        <span class="page-brand">{words.product}</span>
        <span class="page-who">{told.name}</span>
        <SettingsMenu />
      </header>
      <main id="main" class="expert-main">
        <section class="card expert-next" aria-label={w.next}>
          <p class="check-org">{told.org_name} · {words.classes.kinds[told.kind]}</p>
          <h1 class="page-title">{told.title}</h1>
          <p><ClassTime row={told} /></p>
          {told.hosts.length > 0 && <p class="pale">{w.host(told.hosts.join("、"))}</p>}
          <BigClock told={told} now={now} />
          <Button kind="main" large wide disabled={!may} onClick={onEnter}>{may ? w.enter : w.enter_wait}</Button>
          {!may && <p class="field-hint" role="status">{w.enters_at(dateTime(told.from_ms, lang, now))}</p>}
          <Programme agenda={told.agenda} />
        </section>
        <section class="card expert-test" aria-label={w.test}>
          <h2>{w.test}</h2>
          <p class="field-hint">{w.test_text}</p>
          <CheckPicture capture={capture} opened={opened} name={told.name} />
          <CheckPickers opened={opened} />
        </section>
        <section class="card expert-obs"><Encoder room={told.room} token={told.token} /></section>
      </main>
    </div>
  );
}

function BigClock({ told, now }: { readonly told: Told; readonly now: number }) {
  const words = useWords().invite;
  const taught = told.state === "open" || told.state === "paused";
  const left_ms = told.start_ms - now;
  return (
    <div class="expert-clock figures" role="timer">
      <span class="expert-clock-what">{told.not_held ? words.not_held : taught || told.state !== "planned" ? words.page.states[told.state] : left_ms > 0 ? words.page.until_start : words.page.begun}</span>
      {told.state === "planned" && !told.not_held && left_ms > 0 && <strong>{longClock(left_ms)}</strong>}
    </div>
  );
}

interface StayProps {
  readonly meeting: Meeting;
  readonly told: Told;
  readonly skew_ms: number;
  readonly text: string;
  readonly onOver: (why?: Failure) => void;
}

function Stay({ meeting, told, skew_ms, text, onOver }: StayProps) {
  const phase = useStay(meeting, onOver);
  if (phase.kind === "room") return <OnAir meeting={meeting} told={told} skew_ms={skew_ms} />;
  return <main id="main" class="page waiting"><p class="waiting-line" role="status"><span class="spinner" />{text}</p></main>;
}
