// Adding and ending what holds of a person: memberships, posts, categories.
import { useState } from "preact/hooks";
import type { Person } from "../protocol/records";
import { ActDialog, TextField } from "./forms";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { OrgPicker } from "./pickers";
import type { Chosen } from "./pickers";

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
  const needs_org = kind !== "categories";
  const needs_text = kind !== "memberships";
  const missing = needs_text && !text.trim() ? words.forms.required : needs_org && !org ? words.forms.choose_org : undefined;
  const act = async (): Promise<void> => {
    if (kind === "memberships" && org) await records.addMembership(person.id, org.id);
    else if (kind === "posts" && org) await records.addPost(person.id, org.id, text.trim());
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
  const words = useWords().records;
  const { records } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await records.endFact(person.id, kind, fact.id, why.trim());
    await onDone();
    say(words.person.ended);
  };
  return (
    <ActDialog title={words.person.end_title(fact.title)} yes={words.person.end} danger onClose={onClose} act={act}>
      <p class="dialog-text">{words.person.end_text}</p>
      <TextField label={`${words.forms.why} · ${words.forms.optional}`} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}
