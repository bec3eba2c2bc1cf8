// Adding and ending what holds of a person: memberships, posts, categories.
import { useState } from "preact/hooks";
import { isToCome, sinceOf } from "../model/since";
import type { Person } from "../protocol/records";
import { ActDialog, TextField } from "./forms";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { OrgPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { ReasonAct } from "./reasonact";
import { SinceField } from "./since";

export type FactKind = "memberships" | "posts" | "categories";

interface AddProps {
  readonly person: Person;
  readonly kind: FactKind;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

/** A post is mostly held where one belongs: that organisation stands there already. */
function usualOrg(person: Person, kind: FactKind): Chosen | undefined {
  const main = person.memberships.find((m) => m.main) ?? person.memberships[0];
  return kind === "posts" && main ? { id: main.org, name: main.path } : undefined;
}

export function FactAdd({ person, kind, title, onClose, onDone }: AddProps) {
  const words = useWords().records;
  const { records } = useServices();
  const [org, setOrg] = useState(usualOrg(person, kind));
  const [text, setText] = useState("");
  const [day, setDay] = useState("");
  const needs_org = kind !== "categories";
  const needs_text = kind !== "memberships";
  const missing = needs_text && !text.trim() ? words.forms.required : needs_org && !org ? words.forms.choose_org : isToCome(day, Date.now()) ? words.forms.since_future : undefined;
  const act = async (): Promise<void> => {
    if (kind === "memberships" && org) await records.addMembership(person.id, org.id);
    else if (kind === "posts" && org) await records.addPost(person.id, org.id, text.trim(), sinceOf(day, Date.now()));
    else await records.addCategory(person.id, text.trim());
    await onDone();
    say(words.person.added);
  };
  return (
    <ActDialog title={title} yes={words.forms.save} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      {needs_text && (
        <TextField
          label={kind === "posts" ? words.person.title_field : words.person.category_field} name="text" value={text} onChange={setText} autofocus
          hint={kind === "posts" ? words.person.title_hint : words.person.category_hint}
        />
      )}
      {needs_org && <OrgPicker label={words.person.org} value={org} onChange={setOrg} />}
      {kind === "posts" && <SinceField value={day} onChange={setDay} />}
    </ActDialog>
  );
}

interface EndProps {
  readonly person: Person;
  readonly kind: FactKind;
  readonly fact: { readonly id: number; readonly title: string };
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

export function FactEnd({ person, kind, fact, onClose, onDone }: EndProps) {
  const words = useWords().records.person;
  const { records } = useServices();
  const act = async (why: string): Promise<void> => {
    await records.endFact(person.id, kind, fact.id, why);
    await onDone();
    say(words.ended);
  };
  return <ReasonAct title={words.end_title(fact.title)} text={words.end_text} yes={words.end} optional onClose={onClose} act={act} />;
}
