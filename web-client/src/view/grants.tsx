// Grants: who may do what where, until when and what for.
import { useState } from "preact/hooks";
import { dateOf } from "../i18n/words";
import { filterGrants } from "../model/grantlist";
import { GRANT_ROLES } from "../protocol/records";
import type { Grant, GrantRole, Org } from "../protocol/records";
import { ActDialog, CheckField, SelectField, TextField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { useCell, usePrefs, useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { OrgPicker, PersonPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { Nothing, Shown, useRead } from "./reading";

export function GrantsPage() {
  const words = useWords().records;
  const { records, account } = useServices();
  const who = useCell(account);
  const [ended, setEnded] = useState(false);
  const [giving, setGiving] = useState(false);
  const read = useRead(() => records.grants({ ended }), ended);
  const gives = who?.grants.some((g) => g.role === "administrator");
  return (
    <Frame at="grants" title={words.grants.title}>
      <div class="sheet">
        <PageTitle title={words.grants.title} text={words.grants.text}>
          {gives && <Button kind="main" icon="plus" onClick={() => setGiving(true)}>{words.grants.give}</Button>}
        </PageTitle>
        <CheckField label={words.grants.with_ended} name="ended" checked={ended} onChange={setEnded} />
        <Shown read={read}>{(grants) => <Grants grants={grants} onChanged={read.again} />}</Shown>
      </div>
      {giving && <GiveGrant onClose={() => setGiving(false)} onDone={read.again} />}
    </Frame>
  );
}

function Grants({ grants, onChanged }: { readonly grants: readonly Grant[]; readonly onChanged: () => Promise<void> }) {
  const words = useWords().records;
  const [text, setText] = useState("");
  const [role, setRole] = useState<GrantRole | "">("");
  if (grants.length === 0) return <Nothing icon="key" title={words.grants.none} help={words.grants.none_help} />;
  const found = filterGrants(grants, text, role || undefined);
  return (
    <>
      <div class="filters">
        <TextField label={words.grants.find} name="find" value={text} onChange={setText} />
        <SelectField label={words.grants.role} name="of_role" value={role} onChange={setRole} options={[["", words.grants.all_roles], ...GRANT_ROLES.map((r) => [r, words.roles[r]] as const)]} />
      </div>
      <p class="people-count figures" role="status">{found.length === grants.length ? words.grants.count(grants.length) : words.grants.found(found.length, grants.length)}</p>
      {found.length === 0 ? <Nothing icon="key" title={words.grants.none_found} /> : <div class="card"><GrantRows grants={found} onChanged={onChanged} /></div>}
    </>
  );
}

/** Those at one organisation. */
export function GrantList({ org, may_give }: { readonly org: Org; readonly may_give: boolean }) {
  const words = useWords().records;
  const { records } = useServices();
  const [giving, setGiving] = useState(false);
  const read = useRead(() => records.grants({ org: org.id }), org.id);
  return (
    <>
      {may_give && org.closed_ms === undefined && <div class="acts"><Button icon="plus" onClick={() => setGiving(true)}>{words.grants.give}</Button></div>}
      <Shown read={read}>{(grants) => (grants.length === 0 ? <Nothing icon="key" title={words.grants.none} help={words.grants.none_help} /> : <GrantRows grants={grants} onChanged={read.again} />)}</Shown>
      {giving && <GiveGrant at={{ id: org.id, name: org.path }} onClose={() => setGiving(false)} onDone={read.again} />}
    </>
  );
}

interface RowsProps {
  readonly grants: readonly Grant[];
  readonly onChanged: () => Promise<void>;
  /** On a person's own page the name would be said again and again. */
  readonly nameless?: boolean;
}

export function GrantRows({ grants, onChanged, nameless = false }: RowsProps) {
  const words = useWords().records;
  const { account } = useServices();
  const who = useCell(account);
  const [ending, setEnding] = useState<Grant | undefined>();
  const ends = who?.grants.some((g) => g.role === "administrator") ?? false;
  return (
    <>
      <ul class="rows">
        {grants.map((grant) => <GrantRow key={grant.id} grant={grant} nameless={nameless} {...(ends && grant.person !== undefined ? { onEnd: () => setEnding(grant) } : {})} />)}
      </ul>
      {ending && <EndGrant grant={ending} name={ending.name ?? words.grants.unknown} onClose={() => setEnding(undefined)} onDone={onChanged} />}
    </>
  );
}

function GrantRow({ grant, nameless, onEnd }: { readonly grant: Grant; readonly nameless: boolean; readonly onEnd?: () => void }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const name = grant.name ?? words.grants.unknown;
  const over = grant.to_ms !== undefined && grant.to_ms <= Date.now();
  const from = dateOf(grant.from_ms, lang);
  const time = grant.to_ms === undefined ? words.person.since(from) : words.person.span(from, dateOf(grant.to_ms, lang));
  return (
    <li class={over ? "row over-row" : "row"} data-grant={grant.id}>
      <span class="row-main">
        {!nameless && (grant.person === undefined ? name : <Link to={`/person/${grant.person}`} class="text-link">{name}</Link>)}
        <span class="tag role">{words.roles[grant.role]}</span>
        {over ? <span class="tag">{words.grants.over}</span> : !grant.holds && <span class="tag warn">{words.grants.not_yet}</span>}
      </span>
      <span class="row-more figures">{grant.org_name}{" · "}{grant.subtree ? words.grants.below : words.grants.here}{" · "}{time}{" · "}{grant.purpose}</span>
      {onEnd && !over && <Button kind="quiet" onClick={onEnd}>{words.grants.end}<span class="sr"> {name}</span></Button>}
    </li>
  );
}

function EndGrant({ grant, name, onClose, onDone }: { readonly grant: Grant; readonly name: string; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const words = useWords().records;
  const { records } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await records.endGrant(grant.id, why.trim());
    await onDone();
    say(words.grants.ended);
  };
  return (
    <ActDialog title={words.grants.end_title(name, words.roles[grant.role])} yes={words.grants.end} danger onClose={onClose} act={act} {...(why.trim() ? {} : { missing: words.forms.required })}>
      <p class="dialog-text">{words.grants.end_text}</p>
      <TextField label={words.forms.why} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}

/** A local time of an input as milliseconds; undefined when it is empty. */
function timeOf(text: string): number | undefined {
  const time_ms = new Date(text).getTime();
  return Number.isNaN(time_ms) ? undefined : time_ms;
}

function GiveGrant({ at, onClose, onDone }: { readonly at?: Chosen; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const words = useWords().records;
  const { records } = useServices();
  const [person, setPerson] = useState<Chosen | undefined>();
  const [org, setOrg] = useState(at);
  const [role, setRole] = useState<GrantRole>("leader");
  const [subtree, setSubtree] = useState(true);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [purpose, setPurpose] = useState("");
  const from_ms = timeOf(from);
  const to_ms = timeOf(to);
  const range_ok = to_ms === undefined || to_ms > (from_ms ?? Date.now());
  const missing = !person ? words.forms.choose_person : !org ? words.forms.choose_org : !purpose.trim() ? words.forms.required : range_ok ? undefined : words.grants.range;
  const act = async (): Promise<void> => {
    if (!person || !org) return;
    await records.giveGrant({
      person: person.id, org: org.id, role, subtree, purpose: purpose.trim(), ...(from_ms === undefined ? {} : { from_ms }), ...(to_ms === undefined ? {} : { to_ms }),
    });
    await onDone();
    say(words.grants.given);
  };
  return (
    <ActDialog title={words.grants.give_title} yes={words.grants.give} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      <PersonPicker label={words.grants.person} value={person} onChange={setPerson} />
      <SelectField label={words.grants.role} name="role" value={role} onChange={setRole} options={GRANT_ROLES.map((r) => [r, words.roles[r]] as const)} hint={words.role_help[role]} />
      <OrgPicker label={words.grants.org} value={org} onChange={setOrg} />
      <CheckField label={words.grants.subtree} name="subtree" checked={subtree} onChange={setSubtree} />
      <div class="two">
        <TextField label={words.grants.from} name="from" type="datetime-local" value={from} onChange={setFrom} hint={words.grants.from_hint} />
        <TextField label={words.grants.to} name="to" type="datetime-local" value={to} onChange={setTo} hint={words.grants.to_hint} />
      </div>
      <TextField label={words.grants.purpose} name="purpose" value={purpose} onChange={setPurpose} hint={words.grants.purpose_hint} />
    </ActDialog>
  );
}
