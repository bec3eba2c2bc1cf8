// The day from which something holds: mostly today; earlier for what is entered late.
import { TextField } from "./forms";
import { usePrefs, useWords } from "./hooks";
import { Icon } from "./icons";
import { dayText, sinceOf } from "../model/since";

interface SinceProps {
  /** "2026-11-26", "" for today. */
  readonly value: string;
  readonly onChange: (day: string) => void;
}

export function SinceField({ value, onChange }: SinceProps) {
  const words = useWords().records.forms;
  const { lang } = usePrefs();
  const late = sinceOf(value, Date.now()) !== undefined;
  return (
    <>
      <TextField label={words.since} name="since" type="date" value={value} onChange={onChange} hint={words.since_hint} />
      {late && <p class="since-late" role="status"><Icon name="alert" size={18} /><span>{words.since_late(dayText(value, lang))}</span></p>}
    </>
  );
}
