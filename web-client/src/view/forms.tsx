// Forms in dialogues: fields with their labels, and an act that may be refused.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { failureOf } from "../model/failure";
import { RECORD_CODES } from "../protocol/recordcode";
import type { RecordCode } from "../protocol/recordcode";
import { RequestError } from "../protocol/socket";
import type { Words } from "../i18n/words";
import { useAskedAgain, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";

const isRecordCode = (code: string): code is RecordCode => (RECORD_CODES as readonly string[]).includes(code);

/** What is wrong with one field, by its name; undefined where the page has no such field. */
function fieldText({ records: words }: Words, field: string): string | undefined {
  const label = words.audit.fields[field];
  return field === "reading" ? words.bad_reading : label && words.bad_field(label);
}

/** Any thrown value as one sentence about records. */
export function refusalText(words: Words, error: unknown): string {
  const about = error instanceof RequestError && error.code === "bad_message" && error.field !== undefined ? fieldText(words, error.field) : undefined;
  if (about !== undefined) return about;
  if (error instanceof RequestError && isRecordCode(error.code)) return words.records.refusals[error.code];
  const { kind, code } = failureOf(error);
  const { title, help } = words.failures[kind];
  return `${title}${/[。.]$/.test(title) ? "" : words.full_stop}${help} ${words.support_code(code)}`;
}

export function Refusal({ error }: { readonly error: unknown }) {
  const words = useWords();
  return (
    <p class="refusal" role="alert">
      <Icon name="alert" />
      <span>{refusalText(words, error)}</span>
    </p>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly type?: "text" | "password" | "tel" | "datetime-local" | "date" | "number";
  readonly name?: string;
  readonly autofocus?: boolean;
  readonly long?: boolean;
  readonly max?: number;
  readonly complete?: string;
}

export function TextField({ label, value, onChange, hint, type = "text", name, autofocus, long, max, complete = "off" }: FieldProps) {
  const id = useId();
  const shared = { class: "input", id, name, value, "aria-describedby": hint ? `${id}-hint` : undefined, autofocus, maxLength: max };
  return (
    <div class="field">
      <label class="field-label" for={id}>{label}</label>
      {long
        ? <textarea {...shared} rows={2} onInput={(event) => onChange(event.currentTarget.value)} />
        : <input {...shared} type={type} autoComplete={complete} onInput={(event) => onChange(event.currentTarget.value)} />}
      {hint && <span class="field-hint" id={`${id}-hint`}>{hint}</span>}
    </div>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
  readonly hint?: string;
  readonly name?: string;
  /** The label is for screen readers only. */
  readonly bare?: boolean;
}

export function SelectField<T extends string>({ label, value, options, onChange, hint, name, bare }: SelectProps<T>) {
  const id = useId();
  return (
    <div class="field">
      <label class={bare ? "sr" : "field-label"} for={id}>{label}</label>
      <select class="input" id={id} name={name} value={value} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map(([key, text]) => <option key={key} value={key} selected={key === value}>{text}</option>)}
      </select>
      {hint && <span class="field-hint" id={`${id}-hint`}>{hint}</span>}
    </div>
  );
}

export function CheckField({ label, checked, onChange, name }: { readonly label: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void; readonly name?: string }) {
  return (
    <label class="check-field">
      <input type="checkbox" name={name} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ActProps {
  readonly title: string;
  readonly yes: string;
  readonly onClose: () => void;
  /** Ends when it is done; what it throws is told, and the form stays as it is. */
  readonly act: () => Promise<void>;
  /** Why it cannot be sent yet; told when it is tried. */
  readonly missing?: string;
  /** It hurts: the focus begins at cancel and the button says so. */
  readonly danger?: boolean;
  /** Why the act was refused, in the words of its place; else those about records. */
  readonly told?: (error: unknown) => string;
  /** Whoever opened it takes it away when the act is done. */
  readonly keep?: boolean;
  readonly children?: ComponentChildren;
}

/** A dialogue that does one thing. It stays open until that is done. */
export function ActDialog({ title, yes, onClose, act, missing, danger = false, told, keep = false, children }: ActProps) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [tried, setTried] = useState(false);
  const onRefused = useAskedAgain();
  const refused = useRef<unknown>();
  useEffect(() => () => void (refused.current === undefined ? undefined : onRefused(refused.current)), []); // once the reason has been read: the page behind may go
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (missing !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    refused.current = undefined;
    try {
      await act();
      if (!keep) onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
      if (reason instanceof RequestError && reason.code === "not_signed_in") await onRefused(reason);
      else refused.current = reason;
    }
  };
  return (
    <Dialog title={title} onClose={onClose} closable={!danger} alert={danger} sticky>
      <form class="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        {children}
        <div class="form-end">
          {tried && missing !== undefined && <p class="field-trouble" role="alert">{missing}</p>}
          {error !== undefined && (told ? <p class="refusal" role="alert"><Icon name="alert" /><span>{told(error)}</span></p> : <Refusal error={error} />)}
          <div class="dialog-acts">
            <Button onClick={onClose} autofocus={danger}>{words.cancel}</Button>
            <Button kind={danger ? "danger" : "main"} type="submit" disabled={busy}>{busy ? words.records.forms.busy : yes}</Button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}
