// Entering a person, and correcting who one is: the same fields.
import { useState } from "preact/hooks";
import { onlyOrg } from "../model/sections";
import { PERSON_KINDS } from "../protocol/records";
import type { Person, PersonKind, Versioned } from "../protocol/records";
import { RequestError } from "../protocol/socket";
import { ActDialog, SelectField, TextField } from "./forms";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { Both } from "./orgacts";
import { OrgPicker } from "./pickers";
import type { Chosen } from "./pickers";

function useKinds(): readonly (readonly [PersonKind, string])[] {
  const { person_kinds } = useWords().records;
  return PERSON_KINDS.map((kind) => [kind, person_kinds[kind]] as const);
}

interface CreateProps {
  readonly org?: Chosen;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

/** Leads to the new person's page, where posts, categories and a sign-in follow. */
export function PersonCreate({ org: given, onClose, onDone }: CreateProps) {
  const words = useWords().records;
  const { records, go, account } = useServices();
  const kinds = useKinds();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<PersonKind>("member");
  const [org, setOrg] = useState(given ?? (account.value && onlyOrg(account.value)));
  const [post, setPost] = useState("");
  const [phone, setPhone] = useState("");
  const [card, setCard] = useState("");
  const missing = !name.trim() ? words.forms.required : org ? undefined : words.forms.choose_org;
  const act = async (): Promise<void> => {
    if (!org) return;
    const made = await records.createPerson({
      name: name.trim(), kind, org: org.id, ...(post.trim() ? { post: post.trim() } : {}), ...(phone.trim() ? { phone: phone.trim() } : {}), ...(card.trim() ? { card: card.trim() } : {}),
    });
    await onDone();
    go(`/person/${made.id}`);
    say(words.person.created(made.name));
  };
  return (
    <ActDialog title={words.person.create_title} yes={words.person.create_yes} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      <TextField label={words.person.person_name} name="name" value={name} onChange={setName} autofocus />
      <SelectField label={words.person.kind} name="kind" value={kind} options={kinds} onChange={setKind} />
      <OrgPicker label={words.person.org} value={org} onChange={setOrg} />
      <TextField label={`${words.person.post} · ${words.forms.optional}`} name="post" value={post} onChange={setPost} hint={words.person.title_hint} />
      <TextField label={`${words.person.phone} · ${words.forms.optional}`} name="phone" type="tel" value={phone} onChange={setPhone} />
      <TextField label={`${words.person.card} · ${words.forms.optional}`} name="card" value={card} onChange={setCard} hint={words.person.card_hint} />
    </ActDialog>
  );
}

interface EditProps {
  readonly person: Versioned<Person>;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

/** Only what was changed is sent; what somebody else changed meanwhile is shown beside it. */
export function PersonEdit({ person: opened, onClose, onDone }: EditProps) {
  const words = useWords().records;
  const { records } = useServices();
  const kinds = useKinds();
  const [base, setBase] = useState(opened);
  const [theirs, setTheirs] = useState<Person | undefined>();
  const was = opened.value;
  const [name, setName] = useState(was.name);
  const [kind, setKind] = useState(was.kind);
  const [reading, setReading] = useState(was.reading);
  const [phone, setPhone] = useState(was.phone ?? "");
  const [card, setCard] = useState("");
  const describe = (p: { readonly name: string; readonly kind: PersonKind; readonly reading: string; readonly phone?: string }): string =>
    [p.name, words.person_kinds[p.kind], p.reading, p.phone].filter(Boolean).join(" · ");
  const change: Record<string, string> = {
    ...(name.trim() === was.name ? {} : { name: name.trim() }), ...(kind === was.kind ? {} : { kind }), ...(reading.trim() === was.reading ? {} : { reading: reading.trim() }),
    ...(phone.trim() === (was.phone ?? "") ? {} : { phone: phone.trim() }), ...(card.trim() ? { card: card.trim() } : {}),
  };
  const act = async (): Promise<void> => {
    if (Object.keys(change).length === 0) return;
    try {
      await records.updatePerson(was.id, change, base.etag);
    } catch (error) {
      if (error instanceof RequestError && error.code === "changed") {
        const now = await records.person(was.id);
        setBase(now);
        setTheirs(now.value);
      }
      throw error;
    }
    await onDone();
    say(words.person.saved);
  };
  return (
    <ActDialog title={words.person.edit_title} yes={theirs ? words.forms.use_yours : words.forms.save} onClose={onClose} act={act} {...(name.trim() ? {} : { missing: words.forms.required })}>
      <TextField label={words.person.person_name} name="name" value={name} onChange={setName} autofocus />
      <SelectField label={words.person.kind} name="kind" value={kind} options={kinds} onChange={setKind} />
      <TextField label={words.person.reading} name="reading" value={reading} onChange={setReading} hint={words.person.reading_hint} />
      {was.phone !== undefined && <TextField label={words.person.phone} name="phone" type="tel" value={phone} onChange={setPhone} />}
      <TextField label={words.person.card} name="card" value={card} onChange={setCard} hint={was.card_tail ? `${words.person.card_tail(was.card_tail)}${words.person.comma}${words.person.card_keep}` : words.person.card_hint} />
      {theirs && <Both theirs={describe(theirs)} yours={describe({ ...theirs, ...change })} />}
    </ActDialog>
  );
}
