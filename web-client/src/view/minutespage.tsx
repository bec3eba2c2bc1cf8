// The minutes of a class: read like a paper, written in place, version by version, sealed, printed.
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { editOf, followed, sameEdit, speechesOnlyOf, theirsOf, tidied } from "../model/minutes";
import type { Minutes, MinutesEdit, MinutesVersion } from "../protocol/minutes";
import type { Versioned } from "../protocol/rest";
import { RequestError } from "../protocol/socket";
import { ActDialog, Refusal } from "./forms";
import { Frame, Link, say } from "./frame";
import { useAskedAgain, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { MinutesPaper } from "./minutespaper";
import type { Editing } from "./minutespaper";
import { Button, Confirm } from "./parts";
import { Shown, useRead } from "./reading";

export function MinutesPage({ id }: { readonly id: number }) {
  const words = useWords().minutes;
  const { minutes } = useServices();
  const [version, setVersion] = useState<number | undefined>();
  const read = useRead(() => minutes.read(id, version), `${id} ${version ?? ""}`);
  return (
    <Frame at="classes" title={read.value ? words.title_of(read.value.value.title) : words.title}>
      <div class="sheet minutes-sheet">
        <p class="no-print"><Link to={`/class/${id}`} class="back-link"><Icon name="left" size={18} />{words.back}</Link></p>
        <Shown read={read}>{(one) => <Detail one={one} onVersion={setVersion} onChanged={read.again} />}</Shown>
      </div>
    </Frame>
  );
}

interface DetailProps {
  readonly one: Versioned<Minutes>;
  readonly onVersion: (version: number | undefined) => void;
  readonly onChanged: () => Promise<void>;
}

function Detail({ one, onVersion, onChanged }: DetailProps) {
  const words = useWords().minutes;
  const minutes = one.value;
  const writing = useWriting(one, onChanged);
  const [sealing, setSealing] = useState(false);
  const latest = minutes.version === minutes.latest;
  return (
    <>
      <div class="title-row no-print">
        <p class="minutes-state figures">
          <span class={minutes.sealed ? "tag good" : "tag"}>{minutes.sealed ? words.sealed : words.version(minutes.version)}</span>
          {!latest && <span>{words.of_latest(minutes.version, minutes.latest)}</span>}
          {!latest && <button type="button" class="text-link link-button" onClick={() => onVersion(undefined)}>{words.to_latest}</button>}
        </p>
        <div class="acts">
          {latest && minutes.may_write && !writing.editing && <Button kind="main" icon="list" onClick={writing.begin}>{words.edit}</Button>}
          {!writing.editing && <Button icon="copy" onClick={() => print()}>{words.print}</Button>}
          {latest && minutes.may_seal && !writing.editing && <Button icon="lock" onClick={() => setSealing(true)}>{words.seal}</Button>}
        </div>
      </div>
      <MinutesPaper minutes={minutes} {...(writing.editing ? { editing: writing.editing } : {})} />
      {writing.editing && <SaveBar writing={writing} />}
      {!writing.editing && <History minutes={minutes} onVersion={onVersion} />}
      {sealing && <Seal minutes={minutes} onClose={() => setSealing(false)} onChanged={onChanged} />}
    </>
  );
}

/* ---- writing ---- */

interface Writing {
  readonly editing: Editing | undefined;
  readonly changed: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  readonly notice: string | undefined;
  readonly begin: () => void;
  readonly end: () => void;
  readonly save: () => Promise<void>;
}

interface Draft {
  readonly base: MinutesEdit;
  readonly etag: string;
  readonly own: MinutesEdit;
  /** Who saved another version meanwhile. */
  readonly theirs?: { readonly edit: MinutesEdit; readonly before: MinutesEdit; readonly by: MinutesVersion | undefined };
}

/** The draft lives as long as the page; of a version that somebody saved meanwhile it takes over what it left alone. */
function useWriting(one: Versioned<Minutes>, onChanged: () => Promise<void>): Writing {
  const words = useWords().minutes;
  const { minutes: api } = useServices();
  const onRefused = useAskedAgain();
  const [draft, setDraft] = useState<Draft | undefined>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const changed = draft !== undefined && !sameEdit(draft.base, draft.own);
  useBeforeUnload(changed);

  const catchUp = async (mine: Draft): Promise<void> => {
    const now = await api.read(one.value.class);
    const edit = editOf(now.value);
    setDraft({ base: edit, etag: now.etag, own: followed(mine.base, edit, mine.own), theirs: { edit, before: mine.base, by: now.value.versions.at(-1) } });
  };
  const save = async (): Promise<void> => {
    if (!draft || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await api.write(one.value.class, tidied(draft.own), draft.etag);
      setDraft(undefined);
      await onChanged();
      say(words.saved);
    } catch (reason) {
      if (reason instanceof RequestError && reason.code === "changed") await catchUp(draft).catch(setError);
      else setError(reason);
      await onRefused(reason);
    } finally {
      setBusy(false);
    }
  };
  const set = (own: MinutesEdit): void => setDraft((now) => (now ? { ...now, own } : now));
  const editing = draft && {
    own: draft.own, set,
    theirs: draft.theirs ? theirsOf(draft.theirs.before, draft.theirs.edit, draft.own) : new Map<string, string>(),
    speeches: draft.theirs ? speechesOnlyOf(draft.theirs.edit, draft.own) : [],
  };
  return {
    editing, changed, busy, error, save,
    notice: draft?.theirs ? words.changed_by(draft.theirs.by?.by_name ?? "", draft.theirs.by?.version ?? 0) : undefined,
    begin: () => setDraft({ base: editOf(one.value), etag: one.etag, own: editOf(one.value) }),
    end: () => {
      setDraft(undefined);
      setError(undefined);
      if (draft?.theirs) void onChanged();
    },
  };
}

function useBeforeUnload(changed: boolean): void {
  useEffect(() => {
    if (!changed) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [changed]);
}

function SaveBar({ writing }: { readonly writing: Writing }) {
  const words = useWords();
  useEffect(() => {
    if (writing.notice !== undefined) document.querySelector("[data-theirs]")?.scrollIntoView({ block: "center" });
  }, [writing.notice]);
  const [leaving, setLeaving] = useState(false);
  const [tried, setTried] = useState(false);
  const save = (): void => {
    setTried(true);
    if (writing.changed) void writing.save();
  };
  return (
    <div class="minutes-bar no-print">
      {writing.notice !== undefined && <p class="notice warn" role="alert"><Icon name="alert" />{writing.notice}</p>}
      {writing.error !== undefined && <Refusal error={writing.error} />}
      {tried && !writing.changed && <p class="field-trouble" role="status">{words.minutes.unchanged}</p>}
      <div class="acts">
        <Button kind="main" disabled={writing.busy} onClick={save}>{writing.busy ? words.records.forms.busy : words.minutes.save}</Button>
        <Button onClick={() => (writing.changed ? setLeaving(true) : writing.end())}>{words.minutes.leave_edit}</Button>
      </div>
      {leaving && <Confirm title={words.minutes.leave_title} text={words.minutes.leave_text} yes={words.minutes.leave_edit} onYes={writing.end} onClose={() => setLeaving(false)} />}
    </div>
  );
}

/* ---- sealing, versions ---- */

function Seal({ minutes, onClose, onChanged }: { readonly minutes: Minutes; readonly onClose: () => void; readonly onChanged: () => Promise<void> }) {
  const words = useWords().minutes;
  const { minutes: api } = useServices();
  const act = async (): Promise<void> => {
    await api.seal(minutes.class, minutes.version);
    await onChanged();
    say(words.seal_done);
  };
  return (
    <ActDialog title={words.seal_title} yes={words.seal_yes} danger onClose={onClose} act={act}>
      <p class="dialog-text">{words.seal_text(minutes.version)}</p>
    </ActDialog>
  );
}

function History({ minutes, onVersion }: { readonly minutes: Minutes; readonly onVersion: (version: number | undefined) => void }) {
  const words = useWords().minutes;
  const { lang } = usePrefs();
  const top = useRef<HTMLElement>(null);
  const see = (version: number): void => {
    onVersion(version === minutes.latest ? undefined : version);
    scrollTo({ top: 0 });
  };
  return (
    <section class="class-part minutes-history no-print" aria-label={words.history} ref={top}>
      <h2>{words.history}</h2>
      <ul class="card rows">
        {minutes.sealed && (
          <li class="row">
            <Icon name="lock" />
            <span class="row-main">{words.sealed_by(minutes.sealed.by_name, dateTime(minutes.sealed.at_ms, lang))}</span>
            <span class="row-more minutes-hash">{words.hash} {minutes.sealed.hash}</span>
          </li>
        )}
        {[...minutes.versions].reverse().map((version) => (
          <li class="row" key={version.version} data-version={version.version}>
            <Icon name="list" />
            <span class="row-main">{words.version(version.version)}</span>
            <span class="row-more figures">{version.by_server ? words.made : words.written_by(version.by_name)} · {dateTime(version.at_ms, lang)}</span>
            {version.version !== minutes.version && <Button kind="quiet" onClick={() => see(version.version)}>{words.see}<span class="sr"> {words.version(version.version)}</span></Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
