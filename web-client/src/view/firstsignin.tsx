// What lets somebody in for the first time, shown once: a first password, codes for all of an organisation.
import { useLayoutEffect, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { csvTable } from "../model/csvtable";
import type { Codes, FirstPassword, Org, Person } from "../protocol/records";
import { ActDialog, CheckField, SelectField } from "./forms";
import { usePrefs, useServices, useWords } from "./hooks";
import { Button, Dialog } from "./parts";

const DAYS = ["7", "14", "30"] as const;

export function GivePassword({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const words = useWords().records;
  const { records } = useServices();
  const [given, setGiven] = useState<FirstPassword | undefined>();
  const title = words.first.password_title(person.name);
  if (!given) {
    return (
      <ActDialog title={title} yes={words.first.password_yes} keep onClose={onClose} act={async () => setGiven(await records.firstPassword(person.id))}>
        <p class="dialog-text">{words.first.password_text}</p>
      </ActDialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose} sticky>
      <dl class="pairs">
        <dt>{words.person.account}</dt><dd class="figures" data-account>{given.account}</dd>
        <dt>{words.first.password}</dt><dd class="code-letters figures" data-password>{given.password}</dd>
      </dl>
      <p class="field-hint">{words.first.password_hint}</p>
      <p class="field-hint">{words.first.once}</p>
      <div class="dialog-acts"><Button kind="main" onClick={onClose}>{words.code.done}</Button></div>
    </Dialog>
  );
}

export function MakeCodes({ org, onClose }: { readonly org: Org; readonly onClose: () => void }) {
  const words = useWords().records;
  const { records } = useServices();
  const [days, setDays] = useState<(typeof DAYS)[number]>("30");
  const [below, setBelow] = useState(false);
  const [codes, setCodes] = useState<Codes | undefined>();
  const title = words.first.codes_title(org.name);
  if (codes) return <Dialog title={title} onClose={onClose} sticky><CodeList org={org} codes={codes} onDone={onClose} /></Dialog>;
  return (
    <ActDialog title={title} yes={words.first.codes_yes} keep onClose={onClose} act={async () => setCodes(await records.makeCodes(org.id, Number(days), below))}>
      <p class="dialog-text">{words.first.codes_text}</p>
      <SelectField label={words.person.link_days} name="days" value={days} onChange={setDays} options={DAYS.map((d) => [d, words.policy.days(Number(d))] as const)} />
      {(org.children ?? 0) > 0 && <CheckField label={words.people.below} name="below" checked={below} onChange={setBelow} />}
    </ActDialog>
  );
}

/** The printer gets the open dialogue and nothing of the page behind it. */
function usePrintedDialog(): void {
  useLayoutEffect(() => {
    document.documentElement.classList.add("prints-dialog");
    return () => document.documentElement.classList.remove("prints-dialog");
  }, []);
}

function CodeList({ org, codes, onDone }: { readonly org: Org; readonly codes: Codes; readonly onDone: () => void }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  usePrintedDialog();
  const { columns } = words.first;
  const where = `${location.origin}/pair`;
  const save = (): void => {
    const table = csvTable([[columns.name, columns.org, columns.account, columns.code, columns.where], ...codes.items.map((c) => [c.name, c.org_name, c.account, c.code, where])]);
    saveFile(`${org.name}.csv`, table);
  };
  if (codes.items.length === 0) {
    return (
      <div class="code-list">
        <p class="dialog-text">{words.first.nobody(codes.left_out)}</p>
        <div class="dialog-acts"><Button kind="main" onClick={onDone}>{words.code.done}</Button></div>
      </div>
    );
  }
  return (
    <div class="code-list">
      <p class="dialog-text">{words.first.made(codes.items.length, codes.left_out)} {words.person.link_until(dateTime(codes.expires_ms, lang))}</p>
      <p class="dialog-text">{words.first.how(`${location.host}/pair`)}</p>
      <p class="field-hint no-print">{words.first.once}</p>
      <div class="code-rows" tabIndex={0} role="region" aria-label={words.first.codes}>
        <table>
          <thead><tr><th scope="col">{columns.name}</th><th scope="col">{columns.org}</th><th scope="col">{columns.account}</th><th scope="col">{columns.code}</th></tr></thead>
          <tbody>
            {codes.items.map((c) => (
              <tr key={c.person}><td>{c.name}</td><td>{c.org_name}</td><td class="figures">{c.account}</td><td class="figures code-cell">{c.code}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="dialog-acts">
        <Button onClick={save}>{words.first.save}</Button>
        <Button onClick={() => print()}>{words.first.print}</Button>
        <Button kind="main" onClick={onDone}>{words.code.done}</Button>
      </div>
    </div>
  );
}

function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
