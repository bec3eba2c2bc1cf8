// Appeals that wait for the caller: the oldest first, each with what was recorded, what was said, and the decision.
import { useState } from "preact/hooks";
import { dateOf, dateTime, duration } from "../i18n/words";
import { dayOf, exactHours, hoursText, parseHours } from "../model/creditcard";
import type { Appeal, AppealRow } from "../protocol/credit";
import { textTrouble } from "./appeals";
import { useClasses } from "./classcards";
import { ActDialog, SelectField, TextField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

export function AppealsPage() {
  const words = useWords();
  const { waiting } = words.credit;
  const { credit } = useServices();
  const read = useClasses(() => credit.waiting(), "appeals");
  const [deciding, setDeciding] = useState<AppealRow | undefined>();
  return (
    <Frame at="home" title={waiting.title}>
      <div class="sheet narrow">
        <p><Link to="/" class="back-link"><Icon name="left" size={18} />{words.records.sections.home}</Link></p>
        <PageTitle title={waiting.title} text={waiting.help} />
        <Shown read={read}>
          {(items) => (items.length === 0
            ? <Nothing icon="check" title={waiting.none} help={waiting.none_help} />
            : <ul class="card rows" aria-label={waiting.columns}>{items.map((item) => <WaitingLine key={item.id} item={item} onOpen={() => setDeciding(item)} />)}</ul>)}
        </Shown>
      </div>
      {deciding && <DecideAppeal row={deciding} onClose={() => setDeciding(undefined)} onDone={read.again} />}
    </Frame>
  );
}

function WaitingLine({ item, onOpen }: { readonly item: AppealRow; readonly onOpen: () => void }) {
  const words = useWords();
  const { lang } = usePrefs();
  const where = [item.home_name, item.title, item.day && dateOf(dayOf(item.day), lang), words.credit.waiting.from(dateTime(item.written_ms, lang))];
  return (
    <li class="row" data-appeal={item.id}>
      <span class="row-main"><Link to={`/card/${item.person}`} class="text-link">{item.name}</Link></span>
      <span class="row-more figures">{where.filter(Boolean).join(" · ")}</span>
      <Button kind="quiet" onClick={onOpen}>{words.credit.waiting.see}<span class="sr"> {item.name}</span></Button>
    </li>
  );
}

interface DecideProps {
  readonly row: AppealRow;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function DecideAppeal({ row, onClose, onDone }: DecideProps) {
  const words = useWords();
  const { credit } = useServices();
  const read = useRead(() => credit.one(row.id), row.id);
  if (read.value) return <Decide appeal={read.value} onClose={onClose} onDone={onDone} />;
  return <Dialog title={words.credit.decide.title(row.name)} onClose={onClose}><Shown read={read}>{() => null}</Shown></Dialog>;
}

function Decide({ appeal, onClose, onDone }: { readonly appeal: Appeal; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const { decide, appeal: said } = useWords().credit;
  const { credit } = useServices();
  const { stands = 0, worth = 0 } = appeal;
  const grantable = worth > stands;
  const [choice, setChoice] = useState<"" | "grant" | "refuse">(grantable ? "" : "refuse");
  const [hours, setHours] = useState(exactHours(worth));
  const [text, setText] = useState("");
  const milli_hours = parseHours(hours);
  const range = decide.hours_hint(exactHours(stands), exactHours(worth));
  const wrong = choice === "grant" && (milli_hours === undefined || milli_hours <= stands || milli_hours > worth);
  const missing = choice === "" ? decide.choose : wrong ? range : textTrouble(text, decide.answer_missing, said.long);
  const act = async (): Promise<void> => {
    await credit.decide(appeal.id, choice === "grant" ? { granted: true, text: text.trim(), milli_hours: milli_hours ?? 0 } : { granted: false, text: text.trim() });
    await onDone();
    say(decide.done);
  };
  return (
    <ActDialog title={decide.title(appeal.name)} yes={decide.yes} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      <blockquote class="appeal-quote">{appeal.text ?? said.erased}</blockquote>
      <Recorded appeal={appeal} />
      {grantable
        ? <SelectField label={decide.choice} name="granted" value={choice} onChange={setChoice} options={[["", "—"], ["grant", decide.grant], ["refuse", decide.refuse]]} />
        : <p class="dialog-text">{appeal.worth === undefined ? decide.no_figures : decide.no_more}</p>}
      {choice === "grant" && <TextField label={decide.hours} name="hours" value={hours} onChange={setHours} hint={range} />}
      <TextField label={decide.answer} name="text" value={text} onChange={setText} long />
    </ActDialog>
  );
}

/** What the server found, and what counts now. */
function Recorded({ appeal }: { readonly appeal: Appeal }) {
  const words = useWords();
  const { lang } = usePrefs();
  const { decide } = words.credit;
  const span = (seconds: number): string => duration(seconds * 1_000, lang);
  const rows: readonly (readonly [string, string])[] = appeal.window_s === undefined ? [] : [
    [decide.present, decide.present_of(span(appeal.present_s ?? 0), span(appeal.window_s))],
    ...(appeal.unproved_s ? [[decide.unproved, span(appeal.unproved_s)] as const] : []),
    ...(appeal.sent ? [[decide.checks, `${appeal.met ?? 0} / ${appeal.sent}`] as const] : []),
    ...(appeal.reason ? [[decide.reason, words.classes.card.reasons[appeal.reason]] as const] : []),
    [decide.stands, words.classes.card.hours(hoursText(appeal.stands ?? 0))],
    [decide.worth, words.classes.card.hours(exactHours(appeal.worth ?? 0))],
  ];
  if (rows.length === 0) return null;
  return <dl class="pairs" aria-label={decide.was}>{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd class="figures">{value}</dd></div>)}</dl>;
}
