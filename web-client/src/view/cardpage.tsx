// A person's card: hours of a year, and what each class gave and why.
import { useState } from "preact/hooks";
import { dateOf } from "../i18n/words";
import { appealOf, dayOf, hoursText, mayAppeal, standsOf, subjectsOf, yearHours } from "../model/creditcard";
import type { CreditCard, CreditResult } from "../protocol/classes";
import { AppealLines, WriteAppeal } from "./appeals";
import { Frame } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Ledger } from "./ledger";
import { Button, IconButton } from "./parts";
import { Nothing, Shown, useRead } from "./reading";
import { Months, Ring } from "./yearpicture";

export function CardPage({ person, name }: { readonly person: number; readonly name?: string }) {
  const words = useWords().classes.card;
  const { classes } = useServices();
  const this_year = new Date().getFullYear();
  const [year, setYear] = useState(this_year);
  const read = useRead(() => classes.card(person, year), `${person} ${year}`);
  const [appealing, setAppealing] = useState<CreditResult | undefined>();
  const title = name === undefined ? words.title : words.title_of(name);
  return (
    <Frame at="card" title={title}>
      <div class="sheet narrow">
        <div class="title-row">
          <h1 class="page-title">{title}</h1>
          <div class="acts card-year">
            <IconButton icon="left" label={words.earlier} onClick={() => setYear(year - 1)} />
            <span class="figures" role="status">{words.year(year)}</span>
            <IconButton icon="right" label={words.next} disabled={year >= this_year} onClick={() => setYear(year + 1)} />
          </div>
        </div>
        <Shown read={read}>
          {({ sums, results, entries, appeals, may_appeal, target }) => (
            <>
              <section class="card card-sum" aria-label={words.sum(year)}>
                {target === undefined
                  ? <p class="card-hours figures"><strong>{hoursText(yearHours(sums, year))}</strong>{" "}{words.unit}</p>
                  : <Ring milli_hours={yearHours(sums, year)} target={target} />}
                <p class="pale">{words.sum(year)}</p>
                {target === undefined && <Months entries={entries} />}
                <Subjects subjects={subjectsOf(sums, year)} />
              </section>
              {results.length === 0
                ? <Nothing icon="list" title={words.none} help={words.none_help} />
                : (
                  <ul class="card rows">
                    {results.map((result) => (
                      <ResultLine
                        key={result.class} result={result} card={{ entries, appeals }} own={name === undefined}
                        {...(may_appeal && mayAppeal(appeals, result.class) ? { onAppeal: () => setAppealing(result) } : {})}
                      />
                    ))}
                  </ul>
                )}
              {results.length > 0 && <Ledger entries={entries} />}
            </>
          )}
        </Shown>
      </div>
      {appealing && <WriteAppeal person={person} result={appealing} {...(name === undefined ? {} : { name })} onClose={() => setAppealing(undefined)} onDone={read.again} />}
    </Frame>
  );
}

function Subjects({ subjects }: { readonly subjects: ReturnType<typeof subjectsOf> }) {
  const words = useWords().classes.card;
  if (subjects.length < 2) return null;
  return (
    <dl class="pairs card-subjects" aria-label={words.by_subject}>
      {subjects.map(({ subject, milli_hours }) => <div key={subject}><dt>{subject || words.any_subject}</dt><dd class="figures">{words.hours(hoursText(milli_hours))}</dd></div>)}
    </dl>
  );
}

interface ResultProps {
  readonly result: CreditResult;
  readonly card: Pick<CreditCard, "entries" | "appeals">;
  readonly own: boolean;
  readonly onAppeal?: () => void;
}

function ResultLine({ result, card: { entries, appeals }, own, onAppeal }: ResultProps) {
  const words = useWords();
  const { lang } = usePrefs();
  const { card } = words.classes;
  const counts = standsOf(entries, result.class);
  const appeal = appealOf(appeals, result.class);
  const earned = counts > 0;
  const numbers = [card.present(Math.floor(result.present_s / 60), Math.floor(result.window_s / 60)), result.sent > 0 ? card.checks(result.met, result.sent) : ""];
  const act = appeal ? words.credit.appeal.again : own ? words.credit.appeal.write : words.credit.appeal.write_for;
  return (
    <li class="row card-row" data-class={result.class}>
      <Icon name={earned ? "check" : "info"} />
      <span class="row-main">{result.title || words.classes.title}<span class="pale figures">{dateOf(dayOf(result.day), lang)}</span></span>
      <div class="row-more figures">
        <span class="card-reason">{appeal?.granted ? words.credit.appeal.computed(card.reasons[result.reason]) : card.reasons[result.reason]}</span>
        <span class="card-numbers">{numbers.filter(Boolean).join(" · ")}</span>
      </div>
      <div class="card-side">
        <span class={earned ? "card-gain figures" : "card-gain pale figures"}>{card.hours(hoursText(counts))}</span>
        {onAppeal && <Button kind="quiet" onClick={onAppeal}>{act}<span class="sr"> {result.title}</span></Button>}
      </div>
      {appeal && <AppealLines appeal={appeal} />}
    </li>
  );
}

/** Of a person whom the caller oversees. */
export function PersonCardPage({ id }: { readonly id: number }) {
  const { records } = useServices();
  const read = useRead(() => records.person(id), id);
  if (read.value) return <CardPage person={id} name={read.value.value.name} />;
  return <Frame at="people" title=""><div class="sheet narrow"><Shown read={read}>{() => null}</Shown></div></Frame>;
}
