// Webhooks of one organisation: addresses that are told of its events, what waits for them, and what they did not take.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { DeadEvent, Webhook } from "../protocol/records";
import { ActDialog, TextField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

export function WebhooksPage({ org }: { readonly org: number }) {
  const words = useWords().records;
  const { records } = useServices();
  const place = useRead(() => records.org(org), org);
  const read = useRead(() => records.webhooks(org), org);
  const [adding, setAdding] = useState(false);
  const name = place.value?.value.name;
  return (
    <Frame at="home" title={words.webhooks.title}>
      <div class="sheet">
        <p><Link to="/" class="back-link"><Icon name="left" size={18} />{words.webhooks.back}</Link></p>
        <PageTitle title={name === undefined ? words.webhooks.title : words.webhooks.title_of(name)} text={words.webhooks.text}>
          <Button kind="main" icon="plus" onClick={() => setAdding(true)}>{words.webhooks.add}</Button>
        </PageTitle>
        <Shown read={read}>
          {(hooks) => (hooks.length === 0 ? <Nothing icon="list" title={words.webhooks.none} help={words.webhooks.none_help} /> : (
            <ul class="card rows">{hooks.map((hook) => <Row key={hook.id} org={org} hook={hook} onChanged={read.again} />)}</ul>
          ))}
        </Shown>
      </div>
      {adding && <Add org={org} onClose={() => setAdding(false)} onDone={read.again} />}
    </Frame>
  );
}

function Row({ org, hook, onChanged }: { readonly org: number; readonly hook: Webhook; readonly onChanged: () => Promise<void> }) {
  const words = useWords().records.webhooks;
  const [open, setOpen] = useState<"dead" | "end" | undefined>();
  const waiting = hook.waiting ?? 0;
  const dead = hook.dead ?? 0;
  return (
    <li class="row" data-webhook={hook.id}>
      <span class="row-main">
        {hook.url}
        {dead > 0 && <span class="tag warn figures">{words.dead(dead)}</span>}
        {waiting > 0 && <span class="tag figures">{words.waiting(waiting)}</span>}
        {dead === 0 && waiting === 0 && <span class="tag">{words.fine}</span>}
      </span>
      <span class="row-more">{hook.events === "*" ? words.all_events : hook.events}{hook.error ? ` · ${hook.error}` : ""}</span>
      <span class="row-acts">
        {dead > 0 && <Button kind="quiet" onClick={() => setOpen("dead")}>{words.show_dead}<span class="sr"> {hook.url}</span></Button>}
        <Button kind="quiet" onClick={() => setOpen("end")}>{words.end}<span class="sr"> {hook.url}</span></Button>
      </span>
      {open === "dead" && <Dead org={org} hook={hook} onClose={() => setOpen(undefined)} onChanged={onChanged} />}
      {open === "end" && <End org={org} hook={hook} onClose={() => setOpen(undefined)} onDone={onChanged} />}
    </li>
  );
}

function Add({ org, onClose, onDone }: { readonly org: number; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const all = useWords().records;
  const words = all.webhooks;
  const { records } = useServices();
  const [url, setUrl] = useState("https://");
  const [events, setEvents] = useState("*");
  const [made, setMade] = useState<Webhook | undefined>();
  const act = async (): Promise<void> => {
    setMade(await records.addWebhook(org, url.trim(), events.trim()));
    await onDone();
    say(words.added);
  };
  if (made !== undefined) return <Secret hook={made} onClose={onClose} />;
  return (
    <ActDialog title={words.add} yes={all.forms.save} onClose={onClose} act={act} keep {...(url.trim() && events.trim() ? {} : { missing: all.forms.required })}>
      <TextField label={words.url} name="url" value={url} onChange={setUrl} hint={words.url_hint} max={511} autofocus />
      <TextField label={words.events} name="events" value={events} onChange={setEvents} hint={words.events_hint} max={2047} />
    </ActDialog>
  );
}

/** Nobody closes it by a slip: it does not come again. */
function Secret({ hook, onClose }: { readonly hook: Webhook; readonly onClose: () => void }) {
  const words = useWords().records.webhooks;
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(hook.secret ?? "");
    setCopied(true);
  };
  return (
    <Dialog title={words.secret} onClose={onClose} sticky>
      <p>{words.secret_once}</p>
      <p class="code-letters webhook-secret" data-secret={hook.secret}>{hook.secret}</p>
      <div class="dialog-acts">
        <Button onClick={() => void copy()}>{copied ? words.copied : words.copy}</Button>
        <Button kind="main" onClick={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  );
}

function Dead({ org, hook, onClose, onChanged }: { readonly org: number; readonly hook: Webhook; readonly onClose: () => void; readonly onChanged: () => Promise<void> }) {
  const words = useWords().records.webhooks;
  const { records } = useServices();
  const read = useRead(() => records.deadEvents(org, hook.id), hook.id);
  const again = async (sequence?: number): Promise<void> => {
    await records.replay(org, hook.id, sequence);
    await Promise.all([read.again(), onChanged()]);
    say(words.replayed);
  };
  return (
    <Dialog title={words.dead_title} onClose={onClose}>
      <Shown read={read}>
        {(events) => (events.length === 0 ? <p>{words.no_dead}</p> : (
          <>
            <ul class="rows">{events.map((event) => <DeadRow key={event.sequence} event={event} onReplay={() => void again(event.sequence)} />)}</ul>
            <div class="dialog-acts"><Button kind="main" onClick={() => void again()}>{words.replay_all}</Button></div>
          </>
        ))}
      </Shown>
    </Dialog>
  );
}

function DeadRow({ event, onReplay }: { readonly event: DeadEvent; readonly onReplay: () => void }) {
  const words = useWords().records.webhooks;
  const { lang } = usePrefs();
  return (
    <li class="row" data-dead={event.sequence}>
      <span class="row-main figures">{event.kind}{" "}{dateTime(event.time_ms, lang)}</span>
      <span class="row-more figures">{words.tried(event.attempts, event.error)}</span>
      <Button kind="quiet" onClick={onReplay}>{words.replay}<span class="sr"> {event.kind} {event.sequence}</span></Button>
    </li>
  );
}

function End({ org, hook, onClose, onDone }: { readonly org: number; readonly hook: Webhook; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const all = useWords().records;
  const { records } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await records.endWebhook(org, hook.id, why.trim());
    await onDone();
    say(all.webhooks.ended);
  };
  return (
    <ActDialog title={all.webhooks.end} yes={all.webhooks.end} danger onClose={onClose} act={act} {...(why.trim() ? {} : { missing: all.forms.required })}>
      <p>{all.webhooks.end_text(hook.url)}</p>
      <TextField label={all.forms.why} name="why" value={why} onChange={setWhy} hint={all.forms.why_hint} long />
    </ActDialog>
  );
}
