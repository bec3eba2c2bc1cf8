// Findings: written while one looks, read and answered by the branch of the site.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { Finding, FindingFilter } from "../protocol/look";
import { useNewNotices } from "./bell";
import { ActDialog, TextField } from "./forms";
import { Frame, PageTitle, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

const TEXT_MAX = 600;

interface WriteProps {
  readonly number: number;
  readonly site: number;
  readonly name: string;
  readonly look_ms: number;
  readonly onClose: () => void;
}

/** Site and moment are those that were looked at when it was opened. */
export function WriteFinding({ number, site, name, look_ms, onClose }: WriteProps) {
  const words = useWords();
  const { lang } = usePrefs();
  const { look } = useServices();
  const [text, setText] = useState("");
  const act = async (): Promise<void> => {
    await look.write(number, site, text.trim(), look_ms);
    say(words.look.finding_sent);
  };
  return (
    <ActDialog title={words.look.finding_title} yes={words.look.finding_yes} onClose={onClose} act={act} {...(text.trim() ? {} : { missing: words.records.forms.required })}>
      <dl class="finding-of">
        <div><dt>{words.look.finding_site}</dt><dd>{name}</dd></div>
        <div><dt>{words.look.finding_moment}</dt><dd class="figures">{dateTime(look_ms, lang)}</dd></div>
      </dl>
      <TextField label={words.look.finding_text} name="finding" value={text} onChange={setText} hint={words.look.finding_hint} long max={TEXT_MAX} autofocus />
    </ActDialog>
  );
}

function AnswerFinding({ finding, onClose, onDone }: { readonly finding: Finding; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const words = useWords();
  const { look } = useServices();
  const [text, setText] = useState("");
  const act = async (): Promise<void> => {
    await look.answer(finding.class, finding.finding, text.trim());
    await onDone();
    say(words.look.answer_sent);
  };
  return (
    <ActDialog title={words.look.answer_title} yes={words.look.answer_yes} onClose={onClose} act={act} {...(text.trim() ? {} : { missing: words.records.forms.required })}>
      <blockquote class="finding-quote">{finding.text ?? words.look.finding_erased}</blockquote>
      <TextField label={words.look.answer} name="answer" value={text} onChange={setText} long max={TEXT_MAX} autofocus />
    </ActDialog>
  );
}

function FindingItem({ finding, titled, urgent = false, onAnswer }: { readonly finding: Finding; readonly titled: boolean; readonly urgent?: boolean; readonly onAnswer: () => void }) {
  const words = useWords().look;
  const { lang } = usePrefs();
  const answered = finding.answered_ms !== undefined;
  return (
    <li class="finding" data-finding={`${finding.class}-${finding.finding}`}>
      <p class="finding-head">
        <strong>{words.finding_at(finding.site_name, dateTime(finding.look_ms, lang))}</strong>
        <span class={answered ? "tag good" : "tag warn"}>{answered ? words.finding_answered : words.finding_open}</span>
      </p>
      <p class={finding.text === undefined ? "finding-text pale" : "finding-text"}>{finding.text ?? words.finding_erased}</p>
      <p class="finding-by figures">{[titled ? finding.class_title : "", words.finding_by(finding.by_org, finding.by ?? ""), dateTime(finding.written_ms, lang)].filter(Boolean).join(" · ")}</p>
      {finding.answered_ms !== undefined && (
        <div class="finding-answer">
          <p class="finding-text">{finding.answer ?? words.finding_erased}</p>
          <p class="finding-by figures">{words.answered_by(finding.answer_by ?? "", dateTime(finding.answered_ms, lang))}</p>
        </div>
      )}
      {!answered && finding.may_answer && <Button kind={urgent ? "main" : "plain"} onClick={onAnswer}>{words.answer}<span class="sr"> {finding.site_name}</span></Button>}
    </li>
  );
}

interface ListProps {
  readonly filter: FindingFilter;
  /** Changes where it is to be read again. */
  readonly version?: number;
  readonly titled?: boolean;
}

export function FindingList({ filter, version = 0, titled = false }: ListProps) {
  const words = useWords().look;
  const { look } = useServices();
  const [pages, setPages] = useState(1);
  const read = useRead(async () => {
    const items: Finding[] = [];
    let cursor: string | undefined;
    for (let n = 0; n < pages; n++) {
      const page = await look.findings(filter, cursor);
      items.push(...page.items);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    return { items, more: cursor !== undefined };
  }, `${JSON.stringify(filter)} ${version} ${pages}`);
  const [answering, setAnswering] = useState<Finding | undefined>();
  return (
    <Shown read={read}>
      {({ items, more }) => (items.length === 0 ? <Nothing icon="note" title={words.findings_none} help={words.findings_none_help} /> : (
        <>
          <ul class="card findings">{items.map((f) => <FindingItem key={`${f.class} ${f.finding}`} finding={f} titled={titled} onAnswer={() => setAnswering(f)} />)}</ul>
          {more && <p><Button icon="down" onClick={() => setPages(pages + 1)}>{words.findings_more}</Button></p>}
          {answering && <AnswerFinding finding={answering} onClose={() => setAnswering(undefined)} onDone={read.again} />}
        </>
      ))}
    </Shown>
  );
}

export function FindingsPage() {
  const words = useWords().look;
  return (
    <Frame at="look" title={words.findings}>
      <div class="sheet narrow">
        <PageTitle title={words.findings} />
        <FindingList filter={{}} titled />
      </div>
    </Frame>
  );
}

/** On a home: what superiors wrote and who is at home here may answer. Nothing where nothing waits. */
export function FindingsToAnswer() {
  const words = useWords().look;
  const { look, desk } = useServices();
  const [answering, setAnswering] = useState<Finding | undefined>();
  const read = useRead(async () => (await look.findings({ open: true })).items.filter((f) => f.may_answer), "open");
  useNewNotices(desk, read.again);
  const waiting = read.value ?? [];
  if (waiting.length === 0) return null;
  return (
    <section aria-label={words.to_answer} data-part="findings">
      <h2 class="home-title">{words.to_answer}</h2>
      <ul class="card findings">{waiting.map((f) => <FindingItem key={`${f.class} ${f.finding}`} finding={f} titled urgent onAnswer={() => setAnswering(f)} />)}</ul>
      {answering && <AnswerFinding finding={answering} onClose={() => setAnswering(undefined)} onDone={read.again} />}
    </section>
  );
}
