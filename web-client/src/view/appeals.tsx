// Appeals where they are written, and the count of those that wait on the home of who decides them.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { stateOf } from "../model/creditcard";
import { hoursText } from "../model/creditcard";
import type { CardAppeal, CreditResult } from "../protocol/classes";
import { APPEAL_TEXT_MAX } from "../protocol/credit";
import { useClasses } from "./classcards";
import { ActDialog, TextField } from "./forms";
import { Link, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";

interface WriteProps {
  readonly person: number;
  /** Of whom it is written for; absent: the own one. */
  readonly name?: string;
  readonly result: CreditResult;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

/** What is wrong with a text that somebody else will read; undefined: nothing. */
export function textTrouble(text: string, empty: string, long: (most: number) => string): string | undefined {
  const n = [...text.trim()].length;
  return n === 0 ? empty : n > APPEAL_TEXT_MAX ? long(APPEAL_TEXT_MAX) : undefined;
}

export function WriteAppeal({ person, name, result, onClose, onDone }: WriteProps) {
  const words = useWords();
  const { appeal } = words.credit;
  const { credit } = useServices();
  const [text, setText] = useState("");
  const missing = textTrouble(text, appeal.empty, appeal.long);
  const act = async (): Promise<void> => {
    await credit.write(person, result.class, text.trim());
    await onDone();
    say(appeal.sent);
  };
  return (
    <ActDialog title={appeal.title(result.title || words.classes.title)} yes={appeal.send} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      <p class="dialog-text">{name === undefined ? appeal.text : `${appeal.text_for(name)}${appeal.text}`}</p>
      <TextField label={appeal.field} name="text" value={text} onChange={setText} hint={appeal.left(Math.max(0, APPEAL_TEXT_MAX - [...text.trim()].length))} long />
    </ActDialog>
  );
}

/** What was said and what came of it, beneath the class. */
export function AppealLines({ appeal }: { readonly appeal: CardAppeal }) {
  const words = useWords();
  const { lang } = usePrefs();
  const { credit } = words;
  const state = stateOf(appeal);
  return (
    <div class="appeal" data-appeal={state}>
      <p class="appeal-state">
        <span class={{ waiting: "tag warn", granted: "tag good", refused: "tag" }[state]}>{credit.appeal.states[state]}</span>
        <span class="pale figures">{dateTime((appeal.decided_us ?? appeal.written_us) / 1_000, lang)}</span>
        {state === "granted" && appeal.milli_hours !== undefined && <span class="figures">{credit.appeal.now_counts(hoursText(appeal.milli_hours))}</span>}
        {appeal.by_other ? <span class="pale">{credit.appeal.by_other}</span> : null}
      </p>
      <dl class="appeal-texts">
        <div><dt>{credit.appeal.said}</dt><dd>{appeal.text ?? credit.appeal.erased}</dd></div>
        {state !== "waiting" && <div><dt>{credit.appeal.answer}</dt><dd>{appeal.decision ?? credit.appeal.erased}</dd></div>}
      </dl>
    </div>
  );
}

/** Nothing while none waits. */
export function WaitingAppeals() {
  const words = useWords().credit.waiting;
  const { credit } = useServices();
  const read = useClasses(() => credit.waiting(), "appeals");
  if (!read.value || read.value.length === 0) return null;
  return (
    <section aria-label={words.title}>
      <p class="card home-waiting" data-part="appeals">
        <Icon name="alert" />
        <span class="figures">{words.count(read.value.length)}</span>
        <Link to="/appeals" class="button main">{words.open}</Link>
      </p>
    </section>
  );
}
