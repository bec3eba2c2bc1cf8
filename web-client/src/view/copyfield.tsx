// A text to be taken elsewhere whole: one press copies it. A secret one is hidden until it is asked for, and can be copied unseen.
import { useId, useRef, useState } from "preact/hooks";
import { useWords } from "./hooks";
import { Button } from "./parts";

interface CopyProps {
  readonly label: string;
  readonly value: string;
  readonly copy: string;
  readonly copied: string;
  readonly secret?: boolean;
  readonly main?: boolean;
}

/** Plain HTTP has no clipboard object: there the field's own selection is copied. */
async function copied(field: HTMLInputElement | null, value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    if (!field) return false;
    const was = field.type;
    field.type = "text";
    field.select();
    const done = document.execCommand("copy");
    field.type = was;
    return done;
  }
}

export function CopyField({ label, value, copy, copied: copied_word, secret = false, main = false }: CopyProps) {
  const words = useWords().invite.page;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState(false);
  const [shown, setShown] = useState(!secret);
  return (
    <div class="copy-field">
      <label class="field-label" for={id}>{label}</label>
      <div class="copy-line">
        <input ref={field} id={id} class="input" readOnly type={shown ? "text" : "password"} autoComplete="off" value={value} onFocus={(event) => event.currentTarget.select()} />
        {secret && <Button kind="quiet" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? words.hide : words.show}</Button>}
        <Button kind={main ? "main" : "plain"} icon={done ? "check" : "copy"} aria-label={`${done ? copied_word : copy} ${label}`} onClick={() => void copied(field.current, value).then(setDone)}>{done ? copied_word : copy}</Button>
      </div>
    </div>
  );
}
