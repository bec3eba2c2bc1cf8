// The roster of a class changed by hand: somebody put on it, somebody taken off, always with the reason.
import { useState } from "preact/hooks";
import type { ClassFull, ClassPerson } from "../protocol/classes";
import { ActDialog, SelectField, TextField } from "./forms";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { PersonPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { useRead } from "./reading";
import { ReasonAct } from "./reasonact";

/** Once it was fixed and until the class is over. */
export function changesRoster(row: ClassFull): boolean {
  return row.may_roster && row.roster > 0 && (row.state === "planned" || row.state === "open" || row.state === "paused");
}

interface RosterProps {
  readonly row: ClassFull;
  readonly onClose: () => void;
  readonly onChanged: () => Promise<void>;
}

export function AddToRoster({ row, onClose, onChanged }: RosterProps) {
  const words = useWords();
  const { class_roster: said, records: { forms } } = words;
  const { classes } = useServices();
  const sites = useRead(() => classes.sites(row.id), row.id);
  const [person, setPerson] = useState<Chosen | undefined>();
  const [site, setSite] = useState("");
  const [why, setWhy] = useState("");
  const missing = !person ? said.choose : why.trim() ? undefined : forms.required;
  const act = async (): Promise<void> => {
    if (!person) return;
    await classes.changeRoster(row.id, { add: [person.id], ...(site ? { site: Number(site) } : {}) }, why.trim());
    await onChanged();
    say(said.added);
  };
  return (
    <ActDialog title={said.add_title} yes={said.add_yes} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      <p class="dialog-text">{said.add_text}</p>
      <PersonPicker label={said.person} value={person} onChange={setPerson} />
      {person && sites.value && (
        <SelectField label={said.where} name="site" value={site} onChange={setSite} hint={said.where_hint} options={[["", said.where_own] as const, ...sites.value.map((s) => [String(s.site), s.name] as const)]} />
      )}
      <TextField label={forms.why} name="why" value={why} onChange={setWhy} hint={forms.why_hint} long />
    </ActDialog>
  );
}

export function TakeOffRoster({ row, person, onClose, onChanged }: RosterProps & { readonly person: ClassPerson }) {
  const { class_roster: said } = useWords();
  const { classes } = useServices();
  const act = async (why: string): Promise<void> => {
    await classes.changeRoster(row.id, { remove: [person.person] }, why);
    await onChanged();
    say(said.removed);
  };
  return <ReasonAct title={said.remove_title(person.name)} text={said.remove_text} yes={said.remove_yes} onClose={onClose} act={act} />;
}
