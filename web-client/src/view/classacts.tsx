// What may be done about a class before and while it runs: answer, ask and decide leave, call off; each in a dialogue.
import { useState } from "preact/hooks";
import { MANY_SITES, takesAnswers } from "../model/classlist";
import type { ClassFull, ClassPerson, OwnSite } from "../protocol/classes";
import type { Account } from "../protocol/http";
import { ActDialog, Refusal, SelectField, TextField } from "./forms";
import { say } from "./frame";
import { useAskedAgain, useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { PersonPicker } from "./pickers";
import type { Chosen } from "./pickers";

interface ActsProps {
  readonly row: ClassFull;
  readonly onChanged: () => Promise<void>;
}

interface DialogProps extends ActsProps {
  readonly onClose: () => void;
}

export function ClassActs({ row, who, onChanged }: ActsProps & { readonly who: Account }) {
  const words = useWords().classes;
  const { go } = useServices();
  const [doing, setDoing] = useState<"own_leave" | "leave" | "cancel" | undefined>();
  const close = (): void => setDoing(undefined);
  if (!takesAnswers(row)) return null;
  const planned = row.state === "planned";
  return (
    <div class="acts">
      {who.person > 0 && who.home === "member" && <Button onClick={() => setDoing("own_leave")}>{words.ask_leave}</Button>}
      {row.own_sites.length > 0 && who.grants.length > 0 && <Button onClick={() => setDoing("leave")}>{words.ask_leave_for}</Button>}
      {row.may_change && planned && <Button onClick={() => go(`/plan/${row.id}`)}>{words.change}</Button>}
      {row.may_change && planned && <Button kind="quiet" onClick={() => setDoing("cancel")}>{words.cancel}</Button>}
      {doing === "own_leave" && <AskLeave row={row} onChanged={onChanged} onClose={close} person={{ id: who.person, name: who.name }} />}
      {doing === "leave" && <AskLeave row={row} onChanged={onChanged} onClose={close} />}
      {doing === "cancel" && <Cancel row={row} onChanged={onChanged} onClose={close} />}
    </div>
  );
}

/** Of many sites each answers for itself: they are folded away. */
export function Answers({ row, onChanged }: ActsProps) {
  const words = useWords().classes;
  const sites = row.own_sites;
  const cards = sites.map((site) => <AnswerCard key={site.site} row={row} site={site} onChanged={onChanged} />);
  if (sites.length < MANY_SITES || !takesAnswers(row)) return <>{cards}</>;
  return (
    <details class="class-answers">
      <summary>{words.answer_for(sites.length)}</summary>
      <div class="class-cards">{cards}</div>
    </details>
  );
}

/** The own site's answer, and the two buttons that change it. */
function AnswerCard({ row, site, onChanged }: ActsProps & { readonly site: OwnSite }) {
  const words = useWords().classes;
  const { classes } = useServices();
  const onRefused = useAskedAgain();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [declining, setDeclining] = useState(false);
  if (!takesAnswers(row)) return null;
  const accept = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await classes.answer(row.id, site.site, "accepted", "");
      await onChanged();
      say(words.accepted);
    } catch (reason) {
      setError(reason);
      await onRefused(reason);
    }
    setBusy(false);
  };
  return (
    <section class="card class-ask" aria-label={site.name} data-answer={site.site}>
      <div>
        <h2>{words.answer_title(site.name)}</h2>
        <p class="class-ask-text">
          <span class={site.answer === "accepted" ? "tag good" : site.answer === "declined" ? "tag warn" : "tag"}>{words.answers[site.answer]}</span>{" "}
          {words.answer_text}
        </p>
        {error !== undefined && <Refusal error={error} />}
      </div>
      <div class="acts">
        {site.answer !== "accepted" && <Button kind="main" icon="check" disabled={busy} onClick={() => void accept()}>{words.accept}</Button>}
        {site.answer !== "declined" && <Button disabled={busy} onClick={() => setDeclining(true)}>{words.decline}</Button>}
      </div>
      {declining && <Decline row={row} site={site} onChanged={onChanged} onClose={() => setDeclining(false)} />}
    </section>
  );
}

function Decline({ row, site, onChanged, onClose }: DialogProps & { readonly site: OwnSite }) {
  const words = useWords();
  const { classes } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await classes.answer(row.id, site.site, "declined", why.trim());
    await onChanged();
    say(words.classes.declined);
  };
  return (
    <ActDialog title={words.classes.decline_title} yes={words.classes.decline_yes} onClose={onClose} act={act} {...(why.trim() ? {} : { missing: words.records.forms.required })}>
      <p class="dialog-text">{site.name}</p>
      <TextField label={words.classes.why} name="why" value={why} onChange={setWhy} long />
    </ActDialog>
  );
}

function AskLeave({ row, person, onChanged, onClose }: DialogProps & { readonly person?: Chosen }) {
  const words = useWords();
  const { classes } = useServices();
  const [whom, setWhom] = useState<Chosen | undefined>(person);
  const [why, setWhy] = useState("");
  const missing = !whom ? words.records.forms.choose_person : why.trim() ? undefined : words.records.forms.required;
  const act = async (): Promise<void> => {
    if (!whom) return;
    await classes.askLeave(row.id, whom.id, why.trim());
    await onChanged();
    say(words.classes.leave_asked);
  };
  return (
    <ActDialog title={words.classes.leave_title} yes={words.classes.leave_yes} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      {!person && <PersonPicker label={words.classes.leave_person} value={whom} onChange={setWhom} />}
      <TextField label={words.classes.why} name="why" value={why} onChange={setWhy} long />
    </ActDialog>
  );
}

export function DecideLeave({ row, person, onChanged, onClose }: DialogProps & { readonly person: ClassPerson }) {
  const words = useWords();
  const { classes } = useServices();
  const [granted, setGranted] = useState<"yes" | "no">("yes");
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await classes.decideLeave(row.id, person.person, granted === "yes", why.trim());
    await onChanged();
    say(granted === "yes" ? words.classes.granted : words.classes.refused);
  };
  return (
    <ActDialog title={words.classes.decide_title(person.name)} yes={words.records.forms.save} onClose={onClose} act={act}>
      {person.leave_why && <p class="dialog-text">{person.leave_why}</p>}
      <SelectField label={words.classes.decide} name="granted" value={granted} onChange={setGranted} options={[["yes", words.classes.grant], ["no", words.classes.refuse]]} />
      <TextField label={words.classes.note} name="why" value={why} onChange={setWhy} hint={words.records.forms.optional} long />
    </ActDialog>
  );
}

function Cancel({ row, onChanged, onClose }: DialogProps) {
  const words = useWords();
  const { classes } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await classes.cancel(row.id, why.trim());
    await onChanged();
    say(words.classes.cancelled);
  };
  return (
    <ActDialog title={words.classes.cancel_title(row.title)} yes={words.classes.cancel_yes} danger onClose={onClose} act={act} {...(why.trim() ? {} : { missing: words.records.forms.required })}>
      <p class="dialog-text">{words.classes.cancel_text(row.count?.sites ?? 0)}</p>
      <TextField label={words.classes.why} name="why" value={why} onChange={setWhy} long />
    </ActDialog>
  );
}
