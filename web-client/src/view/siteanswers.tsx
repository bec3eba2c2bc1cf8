// A site answers for named persons who are signed in there: a check names who is there, other asks choose for some at a time.
import { useState } from "preact/hooks";
import { atSite } from "../model/lesson";
import type { LessonState } from "../model/lesson";
import type { Meeting } from "../model/meeting";
import type { Ask } from "../protocol/messages";
import { AskChoice, classRefusal } from "./asks";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";

interface SiteAnswersProps {
  readonly meeting: Meeting;
  readonly lesson: LessonState;
  readonly ask: Ask;
}

export function SiteAnswers({ meeting, lesson, ask }: SiteAnswersProps) {
  const words = useWords();
  const w = words.invite.answers;
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<ReadonlyMap<number, unknown>>(new Map());
  const { here } = atSite(lesson);
  const told = lesson.told.get(ask.ask);
  const open = here.filter((p) => !told?.has(p.person));
  const check = ask.kind === "check";
  if (ask.kind === "ballot") return <p class="phone-small">{w.secret}</p>;
  if (here.length === 0) return <p class="phone-small">{w.nobody}</p>;
  const chosen = open.filter((p) => picked.has(p.person)).map((p) => p.person);
  const send = async (choice: readonly number[]): Promise<void> => {
    if (busy || chosen.length === 0) return;
    setBusy(true);
    setRefused(await meeting.lesson.answerFor(ask.ask, chosen, choice));
    setPicked(new Set());
    setBusy(false);
  };
  const toggle = (person: number): void => {
    const next = new Set(picked);
    if (!next.delete(person)) next.add(person);
    setPicked(next);
  };
  const first = [...refused.values()][0];
  return (
    <div class="site-answers" data-part="site-answers" role="group" aria-label={w.title}>
      <h3 class="lesson-title">{w.title}</h3>
      <p class="phone-small">{check ? w.check : w.choose}</p>
      {open.length > 1 && <Button onClick={() => setPicked(new Set(chosen.length === open.length ? [] : open.map((p) => p.person)))}>{chosen.length === open.length ? w.unmark_all : w.mark_all}</Button>}
      <ul class="lesson-people">
        {here.map((p) => (
          <li key={p.person} data-person={p.person}>
            {told?.has(p.person)
              ? <span class="site-told"><Icon name="check" size={18} />{p.name} <span class="phone-small">{w.sent}</span></span>
              : <label class="check-field"><input type="checkbox" checked={picked.has(p.person)} disabled={busy} onChange={() => toggle(p.person)} /><span>{p.name}</span></label>}
          </li>
        ))}
      </ul>
      {refused.size > 0 && <p class="refusal" role="alert"><Icon name="alert" /><span>{w.several(refused.size)}{classRefusal(words, first)}</span></p>}
      {chosen.length > 0 && <AskChoice ask={ask} busy={busy} onSend={(choice) => void send(choice)} here={w.send(chosen.length)} />}
    </div>
  );
}
