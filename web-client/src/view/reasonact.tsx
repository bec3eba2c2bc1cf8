// Dialogues of acts on records that need no more than a choice and a reason: where to, since when, why.
import { useState } from "preact/hooks";
import { isToCome, sinceOf } from "../model/since";
import { ActDialog, TextField } from "./forms";
import { useWords } from "./hooks";
import { OrgPicker, PersonPicker } from "./pickers";
import type { Chosen } from "./pickers";
import { SinceField } from "./since";

interface ReasonProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly onClose: () => void;
  readonly act: (why: string) => Promise<void>;
  readonly optional?: boolean;
}

/** Something ends: why. */
export function ReasonAct({ title, text, yes, onClose, act, optional = false }: ReasonProps) {
  const { forms } = useWords().records;
  const [why, setWhy] = useState("");
  const missing = optional || why.trim() ? undefined : forms.required;
  return (
    <ActDialog title={title} yes={yes} danger onClose={onClose} act={() => act(why.trim())} {...(missing === undefined ? {} : { missing })}>
      <p class="dialog-text">{text}</p>
      <TextField label={optional ? `${forms.why} · ${forms.optional}` : forms.why} name="why" value={why} onChange={setWhy} hint={forms.why_hint} long />
    </ActDialog>
  );
}

/** What was chosen in the dialogue. */
export interface Decision {
  readonly to: Chosen;
  readonly why: string;
  /** It is entered late. */
  readonly from_ms?: number;
}

interface ChoiceProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly label: string;
  readonly onClose: () => void;
  readonly act: (decision: Decision) => Promise<void>;
  readonly of?: "org" | "person";
  readonly except?: number;
  /** It may hold from an earlier day. */
  readonly dated?: boolean;
  readonly danger?: boolean;
}

/** Something goes to another organisation, or into another record. */
export function ChoiceAct({ title, text, yes, label, onClose, act, of = "org", except, dated = false, danger = false }: ChoiceProps) {
  const { forms } = useWords().records;
  const [to, setTo] = useState<Chosen | undefined>();
  const [day, setDay] = useState("");
  const [why, setWhy] = useState("");
  const missing = !to ? (of === "org" ? forms.choose_org : forms.choose_person) : isToCome(day, Date.now()) ? forms.since_future : undefined;
  const Picker = of === "org" ? OrgPicker : PersonPicker;
  const decide = async (): Promise<void> => {
    const from_ms = sinceOf(day, Date.now());
    if (to) await act({ to, why: why.trim(), ...(from_ms === undefined ? {} : { from_ms }) });
  };
  return (
    <ActDialog title={title} yes={yes} danger={danger} onClose={onClose} act={decide} {...(missing === undefined ? {} : { missing })}>
      <p class="dialog-text">{text}</p>
      <Picker label={label} value={to} onChange={setTo} {...(except === undefined ? {} : { except })} />
      {dated && <SinceField value={day} onChange={setDay} />}
      <TextField label={forms.why} name="why" value={why} onChange={setWhy} hint={forms.why_hint} long />
    </ActDialog>
  );
}
