// The page on a member's phone: that one is signed in, for how long, and what is asked now.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { clockTime, duration } from "../i18n/words";
import { asksNow, there_ms } from "../model/phone";
import type { Phone, PhoneView } from "../model/phone";
import type { ScanAddress, Visit } from "../protocol/companion";
import type { Ask, Companion } from "../protocol/messages";
import { AskChoice, AskHead, ClassRefusal, choiceText, Tally } from "./asks";
import { TextField } from "./forms";
import { Link } from "./frame";
import { useCell, usePrefs, useServices, useTheme, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Confirm } from "./parts";
import { SettingsMenu } from "./settings";

function usePhone(at: ScanAddress): Phone {
  const { phone: make } = useServices();
  const phone = useMemo(() => make(at), []);
  useEffect(() => {
    const looked = (): void => { if (!document.hidden) phone.nudge(); };
    void phone.start();
    addEventListener("online", looked);
    document.addEventListener("visibilitychange", looked);
    return () => {
      removeEventListener("online", looked);
      document.removeEventListener("visibilitychange", looked);
      phone.stop();
    };
  }, [phone]);
  return phone;
}

export function PhonePage({ at }: { readonly at: ScanAddress }) {
  const words = useWords();
  const phone = usePhone(at);
  const view = useCell(phone.view);
  useTheme(false);
  return (
    <div class="page phone">
      <header class="phone-top"><p class="phone-brand">{words.product}</p><SettingsMenu /></header>
      <main id="main" class="phone-main" tabIndex={-1}><Shown phone={phone} view={view} /></main>
    </div>
  );
}

function Shown({ phone, view }: { readonly phone: Phone; readonly view: PhoneView }) {
  const { phone: words } = useWords();
  switch (view.kind) {
    case "page":
      return <Class phone={phone} view={view} />;
    case "name":
      return <WhoAreYou phone={phone} visit={view.visit} />;
    case "scan":
      return <Note title={words.scan_title} text={words.scan_text} />;
    case "left":
      return <Note title={words.left_title} text={words.left_text} />;
    case "password":
      return <Note title={words.password_title} text={words.password_text}><Link to="/" class="button main wide">{words.password_go}</Link></Note>;
    case "refused":
      return <Note title={words.refused_title}><ClassRefusal error={view.error} /></Note>;
    default:
      return <p class="waiting-line" role="status"><span class="spinner" />{words.busy}</p>;
  }
}

function Note({ title, text, children }: { readonly title: string; readonly text?: string; readonly children?: ComponentChildren }) {
  return (
    <section class="card phone-card">
      <h1 class="phone-title">{title}</h1>
      {text !== undefined && <p>{text}</p>}
      {children}
    </section>
  );
}

function WhoAreYou({ phone, visit }: { readonly phone: Phone; readonly visit: Visit }) {
  const { phone: words } = useWords();
  const [name, setName] = useState("");
  const [card, setCard] = useState("");
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setEmpty(name.trim() === "");
    if (busy || name.trim() === "") return;
    setBusy(true);
    setError(undefined);
    await phone.name(name.trim(), card.trim()).catch(setError);
    setBusy(false);
  };
  return (
    <form class="card phone-card" onSubmit={(event) => void submit(event)} noValidate>
      <p class="phone-class">{visit.title}</p>
      <h1 class="phone-title">{words.name_title}</h1>
      <p>{words.name_text(visit.site_name)}</p>
      <TextField label={words.name} name="name" value={name} onChange={setName} complete="name" max={80} autofocus />
      <TextField label={words.card} name="card" value={card} onChange={setCard} hint={words.card_hint} max={40} />
      {empty && <p class="field-trouble" role="alert">{words.name_need}</p>}
      {error !== undefined && <ClassRefusal error={error} />}
      <Button kind="main" large wide type="submit" disabled={busy}>{busy ? words.busy : words.go}</Button>
    </form>
  );
}

type PageView = Extract<PhoneView, { readonly kind: "page" }>;

function Class({ phone, view }: { readonly phone: Phone; readonly view: PageView }) {
  const { phone: words } = useWords();
  const line = useCell(phone.line);
  const { state } = view;
  useTick(1_000);
  const now = phone.now();
  const { open, last } = asksNow(state.asks, now);
  const over = state.class.state === "closed" || state.class.state === "sealed" || state.class.state === "cancelled";
  return (
    <>
      {line === "waiting" && <p class="phone-line" role="alert"><Icon name="alert" /><span>{words.line_lost}</span><Button onClick={() => phone.nudge()}>{words.line_now}</Button></p>}
      {state.records === "failing" && <p class="phone-line" role="status"><Icon name="alert" /><span>{words.not_recording}</span></p>}
      {open.map((ask) => <Asked key={ask.ask} phone={phone} ask={ask} now_ms={now} />)}
      <SignedIn view={view} now_ms={now} />
      {last && open.length === 0 && <Past phone={phone} ask={last} now_ms={now} />}
      {state.site !== undefined && !over && <Leave phone={phone} />}
    </>
  );
}

function SignedIn({ view, now_ms }: { readonly view: PageView; readonly now_ms: number }) {
  const { phone: words } = useWords();
  const { lang } = usePrefs();
  const { state } = view;
  const note = words.notes[state.class.state];
  return (
    <section class="card phone-card">
      <p class="phone-class">{state.title}<span class={`phone-state ${state.class.state}`}>{words.states[state.class.state]}</span></p>
      <h1 class="phone-name">{state.name}</h1>
      <Proof state={state} />
      {state.class.opened_ms > 0 && state.site !== undefined && (
        <p class="phone-minutes"><span>{words.minutes}</span><strong class="figures">{duration(there_ms(view, now_ms), lang)}</strong><span class="phone-small">{words.minutes_help}</span></p>
      )}
      {note !== "" && <p role="status">{note}</p>}
      {!state.expected && <p class="phone-small">{words.not_expected}</p>}
    </section>
  );
}

function Proof({ state }: { readonly state: Companion }) {
  const { phone: words } = useWords();
  if (state.site === undefined) return <p class="phone-proof none"><Icon name="alert" /><span><strong>{words.not_signed_in}</strong><br />{words.not_signed_in_help}</span></p>;
  return (
    <p class="phone-proof">
      <Icon name="check" size={24} />
      <span><strong>{words.signed_in}</strong> · {state.site_name}<br /><span class="phone-small figures">{state.since_ms !== undefined && words.since(clockTime(state.since_ms))}{state.grade && ` · ${words.grades[state.grade]}`}</span></span>
    </p>
  );
}

function Asked({ phone, ask, now_ms }: { readonly phone: Phone; readonly ask: Ask; readonly now_ms: number }) {
  const sending = useCell(phone.sending);
  const mine = sending?.ask === ask.ask ? sending : undefined;
  const acknowledged = useCell(phone.acknowledged);
  const done = ask.own !== undefined || acknowledged.has(ask.ask);
  return (
    <section class="card phone-card ask" data-ask={ask.ask}>
      <AskHead ask={ask} now_ms={now_ms} />
      {mine?.error !== undefined && <ClassRefusal error={mine.error} />}
      {done ? <Recorded ask={ask} /> : <AskChoice ask={ask} busy={mine !== undefined && mine.error === undefined} onSend={(choice) => void phone.answer(ask.ask, choice)} />}
    </section>
  );
}

function Recorded({ ask }: { readonly ask: Ask }) {
  const { phone: words } = useWords();
  return <p class="ask-done" role="status"><Icon name="check" size={24} /><span>{ask.own && ask.own.length > 0 ? words.recorded_choice(choiceText(ask, ask.own)) : words.recorded}</span></p>;
}

function Past({ phone, ask, now_ms }: { readonly phone: Phone; readonly ask: Ask; readonly now_ms: number }) {
  const { phone: words } = useWords();
  const acknowledged = useCell(phone.acknowledged);
  const done = ask.own !== undefined || acknowledged.has(ask.ask);
  const sending = useCell(phone.sending);
  return (
    <section class="card phone-card ask past" aria-label={words.last}>
      <AskHead ask={ask} now_ms={now_ms} />
      {sending?.ask === ask.ask && sending.error !== undefined && <ClassRefusal error={sending.error} />}
      {done ? <Recorded ask={ask} /> : ask.kind !== "ballot" && <p class="phone-small">{words.not_answered}</p>}
      {ask.tally ? <Tally ask={ask} /> : ask.options.length > 0 && <p class="phone-small">{words.counting}</p>}
    </section>
  );
}

function Leave({ phone }: { readonly phone: Phone }) {
  const { phone: words } = useWords();
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>();
  return (
    <div class="phone-leave">
      {error !== undefined && <ClassRefusal error={error} />}
      <Button kind="quiet" icon="leave" onClick={() => setAsked(true)}>{words.leave}</Button>
      {asked && <Confirm title={words.leave_title} text={words.leave_text} yes={words.leave} onYes={() => void phone.leave().catch(setError)} onClose={() => setAsked(false)} />}
    </div>
  );
}
