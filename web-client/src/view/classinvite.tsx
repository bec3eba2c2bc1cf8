// On the page of a class: other classes at the same time, and the experts who come in by link.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { localText } from "../model/classplan";
import type { Expert, ExpertLink, Overlap } from "../protocol/invites";
import type { ClassFull } from "../protocol/classes";
import { ClassTime, useClasses } from "./classcards";
import { CopyField } from "./copyfield";
import { ActDialog, CheckField, TextField } from "./forms";
import { Link, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";
import { qrPath } from "./qr";
import { Shown, useRead } from "./reading";

export function OverlapRows({ rows }: { readonly rows: readonly Overlap[] }) {
  const words = useWords().invite.overlaps;
  return (
    <ul class="overlap-rows">
      {rows.map((row) => (
        <li key={row.class} data-overlap={row.class}>
          <Link to={`/class/${row.class}`} class="text-link">{words.row(row.title, row.org_name)}</Link>
          <span class="overlap-more figures"><ClassTime row={row} /> · {words.sites(row.sites, row.site_name)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Told to who plans and to the site; nothing is shown where nothing meets. */
export function Overlaps({ row, version }: { readonly row: ClassFull; readonly version: string }) {
  const words = useWords().invite.overlaps;
  const { invites } = useServices();
  const read = useClasses(() => (row.state === "planned" ? invites.overlaps(row.id) : Promise.resolve([])), row.id, version);
  if (!read.value || read.value.length === 0) return null;
  return (
    <section class="card sheet-card overlap-card" aria-label={words.title} data-part="overlaps">
      <div class="card-head"><h2><Icon name="alert" size={20} /> {words.title}</h2></div>
      <OverlapRows rows={read.value} />
      <p class="card-hint">{words.text}</p>
    </section>
  );
}

/** For who may plan: who was invited, and how it stands with each link. */
export function Experts({ row }: { readonly row: ClassFull }) {
  const words = useWords().invite.experts;
  const { invites } = useServices();
  const read = useRead(() => invites.experts(row.id), row.id);
  const [inviting, setInviting] = useState(false);
  const [revoking, setRevoking] = useState<Expert | undefined>();
  const may_invite = row.state === "planned" || row.state === "open" || row.state === "paused";
  return (
    <section class="card sheet-card" aria-label={words.title} data-part="experts">
      <div class="card-head"><h2>{words.title}</h2>{may_invite && <Button icon="link" onClick={() => setInviting(true)}>{words.invite}</Button>}</div>
      <Shown read={read}>
        {(experts) => (experts.length === 0 ? <p class="card-none">{words.none}</p> : (
          <ul class="rows">{experts.map((expert) => <ExpertLine key={expert.expert} expert={expert} onRevoke={() => setRevoking(expert)} />)}</ul>
        ))}
      </Shown>
      <p class="card-hint">{words.text}</p>
      {inviting && <Invite row={row} onMade={() => void read.again()} onClose={() => setInviting(false)} />}
      {revoking && <Revoke row={row} expert={revoking} onDone={() => void read.again()} onClose={() => setRevoking(undefined)} />}
    </section>
  );
}

function ExpertLine({ expert, onRevoke }: { readonly expert: Expert; readonly onRevoke: () => void }) {
  const words = useWords().invite.experts;
  const { lang } = usePrefs();
  const live = expert.state === "good" || expert.state === "waiting";
  return (
    <li class="row" data-expert={expert.expert}>
      <span class="row-main">
        {expert.name} <span class={expert.state === "good" ? "tag good" : "tag"}>{words.states[expert.state]}</span>
        {expert.here && <span class="tag good">{words.here}</span>}
        {expert.encoder && <span class="tag good">{words.encoder}</span>}
      </span>
      <span class="row-more figures">{words.times(dateTime(expert.from_ms, lang), dateTime(expert.until_ms, lang))}</span>
      {live && <Button kind="quiet" onClick={onRevoke} aria-label={words.revoke_of(expert.name)}>{words.revoke}</Button>}
    </li>
  );
}

interface InviteProps {
  readonly row: ClassFull;
  readonly onMade: () => void;
  readonly onClose: () => void;
}

function Invite({ row, onMade, onClose }: InviteProps) {
  const words = useWords().invite.experts;
  const { invites } = useServices();
  const [name, setName] = useState("");
  const [by_plan, setByPlan] = useState(true);
  const [from, setFrom] = useState(localText(row.start_ms - 60 * 60_000));
  const [until, setUntil] = useState(localText(row.end_ms + 60 * 60_000));
  const [link, setLink] = useState<ExpertLink | undefined>();
  const times = { from_ms: new Date(from).getTime(), until_ms: new Date(until).getTime() };
  const missing = !name.trim() ? words.need_name : by_plan || times.from_ms < times.until_ms ? undefined : words.need_times;
  const act = async (): Promise<void> => {
    setLink(await invites.invite(row.id, name.trim(), by_plan ? undefined : times));
    onMade();
  };
  if (link) return <Made link={link} name={name.trim()} onClose={onClose} />;
  return (
    <ActDialog title={words.invite} yes={words.make} onClose={onClose} act={act} keep {...(missing === undefined ? {} : { missing })}>
      <TextField label={words.name} name="expert" value={name} max={60} onChange={setName} hint={words.name_hint} autofocus />
      <CheckField label={words.by_plan} name="by_plan" checked={by_plan} onChange={setByPlan} />
      {!by_plan && (
        <div class="plan-pair">
          <TextField label={words.from} name="from" type="datetime-local" value={from} onChange={setFrom} />
          <TextField label={words.until} name="until" type="datetime-local" value={until} onChange={setUntil} />
        </div>
      )}
    </ActDialog>
  );
}

/** The link is shown once: the server keeps its hash. */
function Made({ link, name, onClose }: { readonly link: ExpertLink; readonly name: string; readonly onClose: () => void }) {
  const words = useWords().invite.experts;
  const address = location.origin + link.path;
  const { path, size } = qrPath(address);
  return (
    <Dialog title={words.made} onClose={onClose} sticky>
      <p class="dialog-text"><strong>{name}</strong></p>
      <CopyField label={words.link} value={address} copy={words.copy} copied={words.copied} main />
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.qr}><path d={path} /></svg>
      <p class="field-hint">{words.once}</p>
      <div class="dialog-acts"><Button onClick={onClose}>{words.done}</Button></div>
    </Dialog>
  );
}

function Revoke({ row, expert, onDone, onClose }: { readonly row: ClassFull; readonly expert: Expert; readonly onDone: () => void; readonly onClose: () => void }) {
  const words = useWords();
  const { invites } = useServices();
  const w = words.invite.experts;
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await invites.revoke(row.id, expert.expert, why.trim());
    onDone();
    say(w.revoked_done);
  };
  return (
    <ActDialog title={w.revoke_title(expert.name)} yes={w.revoke_yes} danger onClose={onClose} act={act} {...(why.trim() ? {} : { missing: words.records.forms.required })}>
      <p class="dialog-text">{w.revoke_text}</p>
      <TextField label={w.why} name="why" value={why} onChange={setWhy} long />
    </ActDialog>
  );
}
