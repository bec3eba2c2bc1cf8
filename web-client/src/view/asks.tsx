// What is asked in a class, wherever it is answered: the choice, the time that is left, and the result as bars.
import { useState } from "preact/hooks";
import { countdown } from "../i18n/words";
import type { Words } from "../i18n/words";
import { failureOf } from "../model/failure";
import { whyOf } from "../model/refusal";
import type { Ask } from "../protocol/messages";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";

/** Any refusal in a class as one sentence. */
export function classRefusal(words: Words, error: unknown): string {
  const said = (words.phone.why as Readonly<Record<string, string>>)[whyOf(error)];
  if (said !== undefined) return said;
  const { kind, code } = failureOf(error);
  return `${words.failures[kind].title}${words.full_stop}${words.failures[kind].help} ${words.support_code(code)}`;
}

export function ClassRefusal({ error }: { readonly error: unknown }) {
  const words = useWords();
  return <p class="refusal" role="alert"><Icon name="alert" /><span>{classRefusal(words, error)}</span></p>;
}

export function AskHead({ ask, now_ms }: { readonly ask: Ask; readonly now_ms: number }) {
  const { phone: words } = useWords();
  const open = ask.state === "open" && ask.deadline_ms > now_ms;
  return (
    <div class="ask-head">
      <span class="ask-kind">{words.kinds[ask.kind]}</span>
      <span class="ask-time figures" role="timer">{open ? words.left_time(countdown(ask.deadline_ms - now_ms)) : words.over}</span>
      <h2 class="ask-prompt">{ask.prompt || (ask.kind === "check" ? words.check_prompt : words.kinds[ask.kind])}</h2>
    </div>
  );
}

interface ChoiceProps {
  readonly ask: Ask;
  readonly busy: boolean;
  readonly onSend: (choice: readonly number[]) => void;
  /** A check's button. */
  readonly here?: string;
}

/** A check is one press; of options one or several are chosen, and sent by a press of its own: the first answer holds. */
export function AskChoice({ ask, busy, onSend, here }: ChoiceProps) {
  const { phone: words } = useWords();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const most = Math.max(1, ask.most);
  const toggle = (index: number): void => {
    if (chosen.includes(index)) setChosen(chosen.filter((i) => i !== index));
    else setChosen(most === 1 ? [index] : [...chosen, index].slice(0, most));
  };
  if (ask.options.length === 0) return <Button kind="main" large wide disabled={busy} onClick={() => onSend([])}>{busy ? words.sending : here ?? words.here}</Button>;
  return (
    <div class="ask-choice">
      <p class="ask-hint">{most === 1 ? words.choose_one : words.choose_most(most)}</p>
      {ask.options.map((option, index) => (
        <button key={index} type="button" class="ask-option" role={most === 1 ? "radio" : "checkbox"} aria-checked={chosen.includes(index)} disabled={busy} onClick={() => toggle(index)}>
          <span class="ask-mark" aria-hidden="true">{chosen.includes(index) && <Icon name="check" size={18} />}</span>{option}
        </button>
      ))}
      <Button kind="main" large wide disabled={busy || chosen.length === 0} onClick={() => onSend([...chosen].sort((a, b) => a - b))}>{busy ? words.sending : words.send}</Button>
    </div>
  );
}

export function choiceText(ask: Ask, choice: readonly number[]): string {
  return choice.map((i) => ask.options[i] ?? "").join("、");
}

/** Bars from zero, each with its label and count; the right ones carry a sign and a word. */
export function Tally({ ask }: { readonly ask: Ask }) {
  const { phone: words } = useWords();
  const { tally, right } = ask;
  if (!tally) return null;
  const top = Math.max(1, ...tally);
  return (
    <ul class="tally">
      {ask.options.map((option, index) => {
        const votes = tally[index] ?? 0;
        return (
          <li key={index} class="tally-row">
            <span class="tally-label">{option}{right?.includes(index) && <span class="tally-right"><Icon name="check" size={16} />{words.right}</span>}</span>
            <span class="tally-count figures">{words.votes(votes)}</span>
            <span class="tally-bar" aria-hidden="true"><i ref={(bar: HTMLElement | null) => bar?.style.setProperty("width", `${(100 * votes) / top}%`)} /></span>
          </li>
        );
      })}
    </ul>
  );
}
