// The audit log: who did what to whom, by which grant, before and after.
import { useEffect, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { Words } from "../i18n/words";
import type { Lang } from "../model/prefs";
import { dayOf } from "../model/since";
import { changesOf } from "../model/auditdetail";
import type { Change, ValueWords } from "../model/auditdetail";
import type { AuditFilter, AuditRow, InBoth } from "../protocol/records";
import { Refusal, SelectField, TextField } from "./forms";
import { Frame, Link, PageTitle } from "./frame";
import { useAskedAgain, useCell, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";
import { inLang, ruleValueText } from "./policytext";
import { Loading, Nothing, useRead } from "./reading";

const DAY_MS = 86_400_000;

type AuditWords = Words["records"];

function wordIn(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return table[key];
}

/** What a value of a detail says, by its field. */
function valueWords(words: AuditWords, lang: Lang, rule: InBoth | undefined): ValueWords {
  return (field, value) => {
    if (rule && field === "key") return inLang(rule, lang);
    if (rule && field === "value" && typeof value === "string") return ruleValueText(words, value);
    if (typeof value === "boolean") return value ? words.audit.yes : field === "subtree" ? words.audit.no : "";
    if (field === "from_ms" || field === "to_ms" || field === "start_ms") return typeof value === "number" && value > 0 ? dateTime(value, lang) : "";
    if (typeof value === "number" && (field === "id" || field === "into" || field === "from" || (field === "org" && value === 0))) return "";
    if (typeof value !== "string") return undefined;
    if (field === "kind") return wordIn(words.org_kinds, value) ?? wordIn(words.person_kinds, value) ?? wordIn(words.audit.tables, value);
    if (field === "role") return wordIn(words.roles, value);
    if (field === "act") return actText(words, value);
    if (field === "seen") return wordIn(words.audit.seen, value);
    if (field === "what") return value === "begins" ? words.audit.begins : value === "ends" ? words.audit.ends : value === "changes" ? words.audit.changes : undefined;
    return undefined;
  };
}

/** The same of an answer to an invitation, and of leave. */
function answerWords(classes: Words["classes"], act: string, further: ValueWords): ValueWords {
  const table: Readonly<Record<string, string>> | undefined = act === "class.answer" ? classes.answers : act === "class.leave_decide" ? classes.leaves : undefined;
  return (field, value) => (table && field === "value" && typeof value === "string" ? wordIn(table, value) : further(field, value));
}

export function actText(words: AuditWords, act: string): string {
  return wordIn(words.audit.acts, act) ?? wordIn(words.audit.further, act) ?? act;
}

/** The whole log that the user may see, or what was done to one person, or at and below one organisation. */
export interface AuditOf {
  readonly person?: number;
  readonly org?: number;
}

/** Whose entries these are, and the way back to all. */
function Only({ of }: { readonly of: AuditOf }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(async () => {
    const names: string[] = [];
    if (of.person !== undefined) names.push((await records.person(of.person)).value.name || words.audit.erased_person);
    if (of.org !== undefined) names.push((await records.org(of.org)).value.name);
    return names.join(" · ");
  }, `${of.person} ${of.org}`);
  return (
    <p class="audit-only">
      <span class="tag role">{words.audit.only(read.value ?? "…")}</span>
      <Link to="/audit" class="text-link">{words.audit.show_all}</Link>
    </p>
  );
}

export function AuditPage({ of: only }: { readonly of: AuditOf }) {
  const words = useWords().records;
  const { records, account } = useServices();
  const exports = useCell(account)?.grants.some((g) => g.role === "administrator");
  const [act, setAct] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const from_ms = dayOf(from);
  const to_ms = dayOf(to);
  const filter: AuditFilter = { ...only, ...(act ? { act } : {}), ...(from_ms === undefined ? {} : { from_ms }), ...(to_ms === undefined ? {} : { to_ms: to_ms + DAY_MS }) };
  const acts = Object.entries(words.audit.acts);
  return (
    <Frame at="audit" title={words.audit.title}>
      <div class="sheet">
        <PageTitle title={words.audit.title} text={words.audit.text}>
          {exports && <a class="button plain" href={records.auditTable(filter)} download><Icon name="list" />{words.audit.export}</a>}
        </PageTitle>
        {(only.person !== undefined || only.org !== undefined) && <Only of={only} />}
        <div class="filters">
          <SelectField label={words.audit.act} value={act} onChange={setAct} options={[["", words.audit.any_act], ...acts]} />
          <TextField label={words.audit.from} type="date" value={from} onChange={setFrom} />
          <TextField label={words.audit.to} type="date" value={to} onChange={setTo} />
        </div>
        <AuditList key={`${act} ${from} ${to}`} filter={filter} />
      </div>
    </Frame>
  );
}

interface Loaded {
  readonly rows: readonly AuditRow[];
  readonly next?: string;
}

function AuditList({ filter }: { readonly filter: AuditFilter }) {
  const words = useWords().records;
  const { records } = useServices();
  const [loaded, setLoaded] = useState<Loaded | undefined>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const onRefused = useAskedAgain();
  const read = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const page = await records.audit(filter, loaded?.next);
      setLoaded({ rows: [...(loaded?.rows ?? []), ...page.items], ...(page.next === undefined ? {} : { next: page.next }) });
    } catch (reason) {
      setError(reason);
      void onRefused(reason);
    }
    setBusy(false);
  };
  useEffect(() => void read(), []);
  if (!loaded) return error === undefined ? <Loading /> : <Refusal error={error} />;
  return (
    <>
      <p class="people-count figures" role="status">{words.audit.shown(loaded.rows.length)}</p>
      {loaded.rows.length === 0 ? <Nothing icon="list" title={words.audit.none} help={words.audit.none_help} /> : <ul class="card rows audit">{loaded.rows.map((row) => <Entry key={row.id} row={row} />)}</ul>}
      {error !== undefined && <Refusal error={error} />}
      {loaded.next !== undefined && <Button wide disabled={busy} onClick={() => void read()}>{words.audit.more}</Button>}
    </>
  );
}

function Entry({ row }: { readonly row: AuditRow }) {
  const { records: words, classes } = useWords();
  const { lang } = usePrefs();
  const changes = row.detail ? changesOf(row.detail, answerWords(classes, row.act, valueWords(words, lang, row.title))) : [];
  const told = [...changes].sort((a, b) => Number(b.field === "key") - Number(a.field === "key")); // of which rule comes before its value
  const role = typeof row.role === "string" && row.role ? wordIn(words.roles, row.role) : undefined;
  return (
    <li class="row audit-row">
      <span class="audit-time figures">{dateTime(row.time_ms, lang)}</span>
      <div class="audit-what">
        <p>
          {row.by === undefined ? row.by_name ?? words.audit.system : <Link to={`/person/${row.by}`} class="text-link">{row.by_name}</Link>}
          {role && <span class="tag">{role}</span>}{" "}
          <strong>{actText(words, row.act)}</strong>{" "}
          {row.subject !== undefined && <Link to={`/person/${row.subject}`} class="text-link">{row.subject_name || words.audit.erased_person}</Link>}{" "}
          {row.org !== undefined && <Link to={`/org/${row.org}`} class="text-link">{row.org_name}</Link>}
        </p>
        {told.length > 0 && <dl class="changes">{told.map((change) => <ChangeRow key={change.field} change={change} />)}</dl>}
      </div>
    </li>
  );
}

function ChangeRow({ change }: { readonly change: Change }) {
  const words = useWords().records;
  return (
    <div>
      <dt>{words.audit.fields[change.field] ?? change.field}</dt>
      <dd>
        {change.before !== undefined && <><span class="sr">{words.audit.before} </span><del>{change.before}</del>{" → "}<span class="sr">{words.audit.after} </span></>}
        {change.after}
      </dd>
    </div>
  );
}
