// Importing a table, step by step: a file, what would happen, what was refused and why, then the writing. It can be left and found again.
import { useEffect, useMemo, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { columnsOf, profileOf, withField } from "../model/importmapping";
import { RefusedRows } from "../model/refusedrows";
import { firstOrg } from "../model/sections";
import { FATES, isUnderWay } from "../protocol/imports";
import type { Import, ImportDetail, ImportRow, Profile, ProfileHeaders, TableKind } from "../protocol/imports";
import { PERSON_KINDS } from "../protocol/records";
import type { PersonKind } from "../protocol/records";
import { RequestError } from "../protocol/socket";
import { ActDialog, Refusal, SelectField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { useCell, usePrefs, useRowWindow, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { KeptProfiles, ProfileChoice, SaveProfile, useProfiles } from "./importprofiles";
import { Button } from "./parts";
import { OrgPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { Nothing, Shown, useRead } from "./reading";

const FILE_MAX = 16 * 1024 * 1024;
const LOOK_MS = 400;
/** As the style sheet says. */
const ROW_PX = 64;

export function ImportPage({ id }: { readonly id: number | undefined }) {
  const words = useWords().import;
  const { account } = useServices();
  const runs = useCell(account)?.grants.some((g) => g.role === "administrator");
  return (
    <Frame at="people" title={words.title}>
      <div class="sheet narrow">
        <PageTitle title={words.title} text={words.text}>{id !== undefined && <Link to="/import" class="button plain">{words.start}</Link>}</PageTitle>
        {!runs ? <Refusal error={new RequestError("forbidden")} /> : id === undefined ? <Begin /> : <Run key={id} id={id} />}
      </div>
    </Frame>
  );
}

/* ---- a new one ---- */

function Begin() {
  const words = useWords().import;
  const { imports, go, account } = useServices();
  const who = useCell(account);
  const first = who && who.grants.find((g) => g.role === "administrator");
  const [kind, setKind] = useState<TableKind>("people");
  const [org, setOrg] = useState<Chosen | undefined>(first && { id: first.org, name: first.org_name });
  const [profile, setProfile] = useState(0);
  const profiles = useProfiles(org?.id, kind);
  const [sent, setSent] = useState<number | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const [error, setError] = useState<unknown>();
  const send = async (file: File | undefined): Promise<void> => {
    const wrong = !org ? words.org_missing : file && file.size > FILE_MAX ? words.too_large : file?.size === 0 ? words.empty_file : undefined;
    setTrouble(wrong);
    setError(undefined);
    if (!file || !org || wrong !== undefined || sent !== undefined) return;
    setSent(0);
    try {
      const run = await imports.begin({ kind, org: org.id, ...(chosen === undefined ? {} : { profile: chosen.id }) }, file, file.name, setSent);
      go(`/import/${run.id}`);
    } catch (reason) {
      if (reason instanceof RequestError && reason.code === "too_many") setTrouble(words.too_many);
      else setError(reason);
      setSent(undefined);
    }
  };
  const chosen = profiles.value?.find((p) => p.id === profile);
  const at = org?.id ?? (who ? firstOrg(who) : 0);
  return (
    <>
      <section class="card sheet-card import-card">
        <SelectField label={words.kind} name="kind" value={kind} onChange={setKind} options={(["people", "organisations"] as const).map((k) => [k, words.kinds[k]] as const)} />
        <OrgPicker label={words.org} value={org} onChange={setOrg} />
        <ProfileChoice profiles={profiles.value ?? []} value={chosen?.id ?? 0} onChange={setProfile} none={words.profile_none} />
        <DropZone sent={sent} onFile={(file) => void send(file)} />
        {trouble !== undefined && <p class="field-trouble" role="alert">{trouble}</p>}
        {error !== undefined && <Refusal error={error} />}
        <p class="acts">
          <a class="button plain" href={imports.template(kind)} download>{words.template}</a>
          {at > 0 && <a class="button plain" href={imports.table(kind, at)} download>{words.current}</a>}
        </p>
      </section>
      <OwnList />
      {org && <KeptProfiles org={org.id} profiles={profiles} />}
    </>
  );
}

function DropZone({ sent, onFile }: { readonly sent: number | undefined; readonly onFile: (file: File | undefined) => void }) {
  const words = useWords().import;
  const [over, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer?.files[0]);
  };
  const choose = (input: HTMLInputElement): void => {
    onFile(input.files?.[0]);
    input.value = ""; // the same file once more is a choice, too
  };
  return (
    <label class={over ? "drop-zone over" : "drop-zone"} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={onDrop}>
      <input type="file" class="sr" name="file" accept=".csv,.txt,.xlsx" disabled={sent !== undefined} onChange={(event) => choose(event.currentTarget)} />
      {sent !== undefined ? <Sending part={sent} /> : <><span class="drop-button"><Icon name="up" />{words.file}</span><span>{words.drop}</span></>}
    </label>
  );
}

/** On a slow line a file takes minutes. */
function Sending({ part }: { readonly part: number }) {
  const words = useWords().import;
  const percent = Math.floor(part * 100);
  return (
    <>
      <span role="status"><span class="spinner" aria-hidden="true" /> {part < 1 ? words.uploading : words.uploaded}</span>
      <span class="import-sent"><progress aria-label={words.uploading} max={100} value={percent} /><span class="figures" aria-hidden="true">{percent} %</span></span>
    </>
  );
}

function OwnList() {
  const words = useWords().import;
  const { imports } = useServices();
  const { lang } = usePrefs();
  const read = useRead(() => imports.own(), "own");
  return (
    <Shown read={read}>
      {(runs) => (runs.length === 0 ? null : (
        <section>
          <h2>{words.own}</h2>
          <p class="title-text">{words.own_help}</p>
          <ul class="rows">
            {runs.map((run) => (
              <li key={run.id} class="row">
                <Link to={`/import/${run.id}`} class="text-link row-main">{run.file || words.unnamed}</Link>
                <span class="row-more figures">{[words.kinds[run.kind], words.states[run.state], dateTime(run.begun_ms, lang)].join(" · ")}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Shown>
  );
}

/* ---- one that was begun ---- */

function Run({ id }: { readonly id: number }) {
  const { imports, clock } = useServices();
  const read = useRead(() => imports.read(id), id);
  const run = read.value;
  useEffect(() => (run && isUnderWay(run.state) ? clock.after(LOOK_MS, () => void read.again()) : undefined), [run, clock]);
  if (read.error instanceof RequestError && read.error.code === "not_found") return <Lost />;
  return <Shown read={read}>{(value) => <Steps run={value} onChanged={read.again} />}</Shown>;
}

/** After an hour or a restart nothing is left of it but what was written. */
function Lost() {
  const words = useWords().import;
  return <Nothing icon="info" title={words.lost_title} help={words.lost_text}><Link to="/import" class="button main">{words.start}</Link></Nothing>;
}

function Steps({ run, onChanged }: { readonly run: ImportDetail; readonly onChanged: () => Promise<void> }) {
  const words = useWords().import;
  const refused = run.counts.refused ?? 0;
  const settled = run.state === "planned" || run.state === "done";
  return (
    <>
      <section class="card sheet-card import-card">
        <div class="card-head"><h2>{run.file || words.unnamed}</h2><span class={run.state === "failed" ? "tag warn" : "tag"}>{words.states[run.state]}</span></div>
        <State run={run} />
        {run.other_sheets && !isUnderWay(run.state) && run.state !== "done" && <Sheets run={run} onChanged={onChanged} />}
        {run.state === "planned" && run.person_kind !== undefined && <NewPeople run={run} kind={run.person_kind} onChanged={onChanged} />}
        {run.total > 0 && <Counts run={run} />}
        <Acts run={run} onChanged={onChanged} />
      </section>
      {(settled || run.state === "failed") && columnsOf(run).length > 0 && run.state !== "done" && <MappingForm key={JSON.stringify(run.mapping)} run={run} onChanged={onChanged} />}
      {settled && refused > 0 && <Refused run={run} total={refused} />}
    </>
  );
}

function State({ run }: { readonly run: ImportDetail }) {
  const words = useWords().import;
  const { lang } = usePrefs();
  if (isUnderWay(run.state)) return <p class="waiting-line" role="status"><span class="spinner" aria-hidden="true" /> {run.total > 0 ? words.progress(run.planned, run.total) : words.states[run.state]}</p>;
  if (run.state !== "failed") return null;
  return (
    <div role="alert">
      <p class="refusal"><Icon name="alert" /><span>{words.errors[run.error ?? "overloaded"]}</span></p>
      <ul class="import-problems">{run.problems.map((p, n) => <li key={n}>{lang === "en" ? p.en : p.zh}</li>)}</ul>
    </div>
  );
}

function Sheets({ run, onChanged }: { readonly run: ImportDetail; readonly onChanged: () => Promise<void> }) {
  const words = useWords().import;
  const { imports } = useServices();
  const [error, setError] = useState<unknown>();
  const choose = async (sheet: string): Promise<void> => {
    if (sheet === "") return;
    try {
      await imports.readSheet(run.id, sheet);
      await onChanged();
    } catch (reason) {
      setError(reason);
    }
  };
  const options = [...(run.sheet === "" ? [["", words.sheet_first] as const] : []), ...run.sheets.map((name) => [name, name] as const)];
  return (
    <>
      <SelectField label={words.sheet} name="sheet" value={run.sheet} options={options} hint={words.sheets(run.sheets.length)} onChange={(sheet) => void choose(sheet)} />
      {error !== undefined && <Refusal error={error} />}
    </>
  );
}

/** A list of village staff or talents often does not say of each that he is one. */
function NewPeople({ run, kind, onChanged }: { readonly run: ImportDetail; readonly kind: PersonKind; readonly onChanged: () => Promise<void> }) {
  const words = useWords();
  const { imports } = useServices();
  const [error, setError] = useState<unknown>();
  const choose = async (chosen: PersonKind): Promise<void> => {
    try {
      await imports.map(run.id, run.profile ?? null, chosen);
      await onChanged();
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <>
      <SelectField label={words.import.person_kind} name="person_kind" value={kind} options={PERSON_KINDS.map((k) => [k, words.records.person_kinds[k]] as const)} hint={words.import.person_kind_help} onChange={(k) => void choose(k)} />
      {error !== undefined && <Refusal error={error} />}
    </>
  );
}

/** How many rows have which fate: a bar, and the same in words. */
function Counts({ run }: { readonly run: Import }) {
  const words = useWords().import;
  return (
    <>
      <div class="import-bar" aria-hidden="true">
        {FATES.map((f) => <span key={f} class={f} ref={(part: HTMLElement | null) => part?.style.setProperty("--share", String((run.counts[f] ?? 0) / run.total))} />)}
      </div>
      <dl class="import-counts figures">{FATES.map((f) => <div key={f} data-fate={f}><dt class={f}>{words.fates[f]}</dt><dd>{run.counts[f] ?? 0}</dd></div>)}</dl>
    </>
  );
}

function Acts({ run, onChanged }: { readonly run: ImportDetail; readonly onChanged: () => Promise<void> }) {
  const words = useWords().import;
  const { imports, go } = useServices();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const added = run.counts.added ?? 0;
  const changed = run.counts.changed ?? 0;
  const apply = async (): Promise<void> => {
    await imports.apply(run.id);
    await onChanged();
  };
  const drop = async (): Promise<void> => {
    try {
      await imports.drop(run.id);
      go("/import");
    } catch (reason) {
      setError(reason);
    }
  };
  useEffect(() => {
    if (run.state === "done") say(words.done(added, changed));
  }, [run.state]);
  return (
    <>
      {run.state === "planned" && added + changed === 0 && <p role="status">{words.nothing}</p>}
      {run.state === "done" && <p class="notice good" role="status"><Icon name="check" />{words.done(added, changed)}</p>}
      {error !== undefined && <Refusal error={error} />}
      <p class="acts">
        {run.state === "planned" && added + changed > 0 && <Button kind="main" onClick={() => setAsking(true)}>{words.apply}</Button>}
        {!isUnderWay(run.state) && run.state !== "done" && <Button onClick={() => void drop()}>{words.drop_it}</Button>}
      </p>
      {asking && (
        <ActDialog title={words.apply_title} yes={words.apply} onClose={() => setAsking(false)} act={apply}>
          <p class="dialog-text">{words.apply_text(added, changed)}</p>
        </ActDialog>
      )}
    </>
  );
}

function MappingForm({ run, onChanged }: { readonly run: ImportDetail; readonly onChanged: () => Promise<void> }) {
  const words = useWords().import;
  const { imports } = useServices();
  const [columns, setColumns] = useState(columnsOf(run));
  const [error, setError] = useState<unknown>();
  const profiles = useProfiles(run.org, run.kind);
  const dirty = JSON.stringify(columns) !== JSON.stringify(columnsOf(run));
  const map = async (headers: ProfileHeaders): Promise<void> => {
    try {
      await imports.map(run.id, headers);
      await onChanged();
    } catch (reason) {
      setError(reason);
    }
  };
  const apply = (profile: Profile | undefined): void => {
    if (profile) void map(profile.profile);
  };
  const options = [["", words.ignored] as const, ...run.fields.map((f) => [f.field, f.required ? `${f.header} *` : f.header] as const)];
  return (
    <section class="card sheet-card import-card">
      <div class="card-head"><h2>{words.mapping}</h2></div>
      <p class="title-text">{words.mapping_help}</p>
      <ProfileChoice profiles={profiles.value ?? []} value={0} none={words.profile_apply} onChange={(id) => apply(profiles.value?.find((p) => p.id === id))} />
      <ul class="import-mapping">
        {columns.map((c) => (
          <li key={c.column}>
            <span class="figures">{c.column}</span><span>{c.header}</span>
            <SelectField label={`${words.field}: ${c.header}`} bare value={c.field} options={options} onChange={(field) => setColumns(withField(columns, c.column, field))} />
          </li>
        ))}
      </ul>
      {error !== undefined && <Refusal error={error} />}
      <p class="acts">
        <Button disabled={!dirty} onClick={() => void map(profileOf(columns))}>{words.map}</Button>
        <SaveProfile run={run} headers={profileOf(columns)} profiles={profiles} />
      </p>
    </section>
  );
}

/** Of a hundred thousand only what somebody scrolls to is read. */
function Refused({ run, total }: { readonly run: ImportDetail; readonly total: number }) {
  const words = useWords().import;
  const { imports } = useServices();
  const list = useMemo(() => new RefusedRows(imports, run.id), [imports, run]);
  const { rows, error } = useCell(list.state);
  return (
    <section>
      <h2>{words.refused} <span class="figures">{total}</span></h2>
      <p class="title-text">{words.refused_help}</p>
      {error !== undefined && <Refusal error={error} />}
      <RefusedTable rows={rows} total={total} onNeed={(n) => list.need(n)} />
    </section>
  );
}

function RefusedTable({ rows, total, onNeed }: { readonly rows: readonly ImportRow[]; readonly total: number; readonly onNeed: (n: number) => void }) {
  const words = useWords().import;
  const { lang } = usePrefs();
  const { first, last, ...area } = useRowWindow<HTMLDivElement>(total, ROW_PX);
  useEffect(() => onNeed(last), [onNeed, last, rows.length]);
  const shown = rows.slice(first, last);
  return (
    <div class="people-scroll import-refused" {...area} tabIndex={0} role="region" aria-label={words.refused}>
      <table class="people-table" aria-rowcount={total + 1}>
        <thead><tr aria-rowindex={1}><th scope="col">{words.place}</th><th scope="col">{words.name}</th><th scope="col">{words.why}</th></tr></thead>
        <tbody>
          <Gap rows={first} />
          {shown.map((row, n) => (
            <tr key={row.row} aria-rowindex={first + n + 2}>
              <th scope="row" class="figures">{row.place || row.row}</th>
              <td>{row.name}</td>
              <td class="import-why">{lang === "en" ? row.en : row.zh}</td>
            </tr>
          ))}
          <Gap rows={total - first - shown.length} />
        </tbody>
      </table>
    </div>
  );
}

function Gap({ rows }: { readonly rows: number }) {
  return rows > 0 ? <tr class="people-gap" aria-hidden="true" ref={(gap: HTMLElement | null) => gap?.style.setProperty("--rows", String(rows))}><td colSpan={3} /></tr> : null;
}
