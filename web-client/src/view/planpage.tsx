// The plan of a class: made new, or changed as a whole. What is wrong is told at its field.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AGENDA_MAX, freshPlan, HOSTS_MAX, planAsTyped, planBody, troubleOf } from "../model/classplan";
import type { Typed, TypedItem } from "../model/classplan";
import { CLASS_KINDS, CLASS_WAYS } from "../protocol/classes";
import type { ClassFull, ClassKind, ClassWay } from "../protocol/classes";
import type { Account } from "../protocol/http";
import type { Versioned } from "../protocol/rest";
import { RequestError } from "../protocol/socket";
import { CheckField, Refusal, refusalText, SelectField, TextField } from "./forms";
import { Frame, Link, say } from "./frame";
import { useAskedAgain, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, IconButton } from "./parts";
import { OrgPicker, PersonPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { PlanWarning, usePlanOverlaps } from "./planoverlaps";
import { Shown, useRead } from "./reading";

const PLANNERS = ["administrator", "leader"];

export function PlanPage({ id, who }: { readonly id: number | undefined; readonly who: Account }) {
  return id === undefined ? <NewPlan who={who} /> : <ChangePlan id={id} />;
}

function NewPlan({ who }: { readonly who: Account }) {
  const words = useWords().classes;
  const grant = who.grants.find((g) => PLANNERS.includes(g.role));
  const begin: Typed = { ...freshPlan(Date.now()), subtree: grant?.subtree ?? false };
  return (
    <Frame at="classes" title={words.make_title}>
      <div class="sheet narrow">
        <p><Link to="/classes" class="back-link"><Icon name="left" size={18} />{words.back}</Link></p>
        <h1 class="page-title">{words.make_title}</h1>
        <PlanForm begin={begin} {...(grant ? { org: { id: grant.org, name: grant.org_name } } : {})} />
      </div>
    </Frame>
  );
}

function ChangePlan({ id }: { readonly id: number }) {
  const words = useWords().classes;
  const { classes } = useServices();
  const read = useRead(() => classes.one(id), id);
  return (
    <Frame at="classes" title={words.change}>
      <div class="sheet narrow">
        <p><Link to={`/class/${id}`} class="back-link"><Icon name="left" size={18} />{read.value?.value.title ?? words.back}</Link></p>
        <h1 class="page-title">{words.change}</h1>
        <Shown read={read}>{(one) => <PlanForm key={one.etag} begin={planAsTyped(one.value)} changes={one} />}</Shown>
      </div>
    </Frame>
  );
}

interface FormProps {
  readonly begin: Typed;
  readonly org?: Chosen;
  readonly changes?: Versioned<ClassFull>;
}

function PlanForm({ begin, org: own, changes }: FormProps) {
  const words = useWords();
  const { go } = useServices();
  const [typed, setTyped] = useState(begin);
  const [org, setOrg] = useState<Chosen | undefined>(own);
  const overlaps = usePlanOverlaps(typed, org?.id, changes?.value);
  const sending = useSending(typed, org, changes, overlaps.settle);
  const set = (change: Partial<Typed>): void => setTyped({ ...typed, ...change });
  const trouble = (field: string): string | undefined => (sending.field === field ? sending.text : undefined);
  const w = words.classes;
  const { overlaps: o } = words.invite;
  const yes = overlaps.rows.length > 0 ? (changes ? o.save_anyway : o.anyway) : changes ? words.records.forms.save : w.form.make;
  return (
    <form class="card plan-form" onSubmit={(event) => { event.preventDefault(); void sending.send(); }} noValidate>
      {!changes && <At trouble={trouble("org")}><OrgPicker label={w.org} value={org} onChange={setOrg} /></At>}
      {!changes && <CheckField label={w.form.subtree} name="subtree" checked={typed.subtree} onChange={(subtree) => set({ subtree })} />}
      <At trouble={trouble("title")}><TextField label={w.form.title} name="title" value={typed.title} max={200} onChange={(title) => set({ title })} hint={w.form.title_hint} /></At>
      <div class="plan-pair">
        <At trouble={trouble("kind")}><SelectField<ClassKind> label={w.kind} name="kind" value={typed.kind} onChange={(kind) => set({ kind })} options={CLASS_KINDS.map((k) => [k, w.kinds[k]] as const)} /></At>
        <At trouble={trouble("way")}><SelectField<ClassWay> label={w.way} name="way" value={typed.way} onChange={(way) => set({ way })} options={CLASS_WAYS.map((k) => [k, w.ways[k]] as const)} /></At>
        <At trouble={trouble("start_ms")}><TextField label={w.form.start} name="start" type="datetime-local" value={typed.start} onChange={(start) => set({ start })} /></At>
        <At trouble={trouble("end_ms")}><TextField label={w.form.minutes} name="minutes" type="number" value={typed.minutes} onChange={(minutes) => set({ minutes })} /></At>
        <At trouble={trouble("campaign")}><TextField label={w.campaign} name="campaign" value={typed.campaign} max={120} onChange={(campaign) => set({ campaign })} hint={words.records.forms.optional} /></At>
        <At trouble={trouble("subject")}><TextField label={w.subject} name="subject" value={typed.subject} max={60} onChange={(subject) => set({ subject })} hint={words.records.forms.optional} /></At>
      </div>
      <At trouble={trouble("hosts")}><Hosts hosts={typed.hosts} onChange={(hosts) => set({ hosts })} /></At>
      <At trouble={trouble("agenda")}><AgendaRows items={typed.agenda} onChange={(agenda) => set({ agenda })} /></At>
      <PlanWarning rows={overlaps.rows} />
      {sending.error !== undefined && <Refusal error={sending.error} />}
      <div class="dialog-acts">
        <Button onClick={() => go(changes ? `/class/${changes.value.id}` : "/classes")}>{words.cancel}</Button>
        <Button kind="main" type="submit" disabled={sending.busy}>{sending.busy ? words.records.forms.busy : yes}</Button>
      </div>
    </form>
  );
}

const SHOWN_AT = ["org", "title", "kind", "way", "start_ms", "end_ms", "campaign", "subject", "hosts", "agenda"];

/** Sends the plan; what is wrong with one field is told there, all else below the form. */
function useSending(typed: Typed, org: Chosen | undefined, changes: Versioned<ClassFull> | undefined, settle: () => Promise<boolean>) {
  const words = useWords();
  const { classes, go } = useServices();
  const onRefused = useAskedAgain();
  const [state, setState] = useState<{ readonly busy: boolean; readonly field?: string; readonly text?: string; readonly error?: unknown }>({ busy: false });
  const put = (): Promise<ClassFull> => {
    const body = planBody(typed, Intl.DateTimeFormat().resolvedOptions().timeZone);
    if (changes) return classes.change(changes.value.id, { ...body, ...(changes.value.target === undefined ? {} : { target: changes.value.target }) }, changes.etag);
    return classes.plan(org?.id ?? 0, body);
  };
  const refused = (error: unknown): void => {
    const named = error instanceof RequestError ? error.field : undefined;
    const field = named === "target" ? "org" : named;
    setState(field !== undefined && SHOWN_AT.includes(field) && !(changes && field === "org") ? { busy: false, field, text: refusalText(words, error) } : { busy: false, error });
  };
  const send = async (): Promise<void> => {
    if (state.busy) return;
    const field = troubleOf(typed);
    if (!changes && !org) return setState({ busy: false, field: "org", text: words.records.forms.choose_org });
    if (field) return setState({ busy: false, field, text: words.classes.form.troubles[field] });
    setState({ busy: true });
    if (!(await settle())) return setState({ busy: false });
    try {
      const made = await put();
      say(changes ? words.classes.form.changed : words.classes.form.made);
      go(`/class/${made.id}`);
    } catch (error) {
      refused(error);
      await onRefused(error);
    }
    return undefined;
  };
  return { ...state, send };
}

/** A field with what is wrong with it; the focus goes there. */
function At({ trouble, children }: { readonly trouble: string | undefined; readonly children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (trouble !== undefined) place.current?.querySelector<HTMLElement>("input, select, button")?.focus();
  }, [trouble]);
  return (
    <div ref={place} class={trouble === undefined ? "plan-field" : "plan-field wrong"}>
      {children}
      {trouble !== undefined && <p class="field-trouble" role="alert">{trouble}</p>}
    </div>
  );
}

function Hosts({ hosts, onChange }: { readonly hosts: Typed["hosts"]; readonly onChange: (hosts: Typed["hosts"]) => void }) {
  const words = useWords().classes;
  const [adding, setAdding] = useState(false);
  const add = (host: Chosen | undefined): void => {
    setAdding(false);
    if (host && !hosts.some((h) => h.id === host.id)) onChange([...hosts, host]);
  };
  return (
    <fieldset class="plan-set">
      <legend class="field-label">{words.hosts}</legend>
      {hosts.length === 0 && <p class="field-hint">{words.form.hosts_hint}</p>}
      <ul class="plan-hosts">
        {hosts.map((host) => (
          <li key={host.id} class="plan-host"><span>{host.name}</span><IconButton icon="close" label={words.form.remove(host.name)} onClick={() => onChange(hosts.filter((h) => h.id !== host.id))} /></li>
        ))}
      </ul>
      {adding ? <PersonPicker label={words.form.add_host} value={undefined} onChange={add} /> : hosts.length < HOSTS_MAX && <Button icon="plus" onClick={() => setAdding(true)}>{words.form.add_host}</Button>}
    </fieldset>
  );
}

function AgendaRows({ items, onChange }: { readonly items: readonly TypedItem[]; readonly onChange: (items: readonly TypedItem[]) => void }) {
  const words = useWords().classes;
  const set = (at: number, change: Partial<TypedItem>): void => onChange(items.map((item, n) => (n === at ? { ...item, ...change } : item)));
  return (
    <fieldset class="plan-set">
      <legend class="field-label">{words.agenda}</legend>
      {items.map((item, n) => (
        <div key={n} class="plan-item" role="group" aria-label={words.form.item(n + 1)}>
          <TextField label={words.form.item(n + 1)} name={`agenda-${n}`} value={item.title} max={200} onChange={(title) => set(n, { title })} />
          <TextField label={words.form.speaker} value={item.speaker} max={200} onChange={(speaker) => set(n, { speaker })} />
          <TextField label={words.form.item_minutes} type="number" value={item.minutes} onChange={(minutes) => set(n, { minutes })} />
          <IconButton icon="close" label={words.form.remove(words.form.item(n + 1))} onClick={() => onChange(items.filter((_, k) => k !== n))} />
        </div>
      ))}
      {items.length < AGENDA_MAX && <Button icon="plus" onClick={() => onChange([...items, { title: "", speaker: "", minutes: "" }])}>{words.form.add_item}</Button>}
    </fieldset>
  );
}
