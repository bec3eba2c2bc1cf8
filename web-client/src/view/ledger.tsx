// The postings of a year as they were made: what was added, what was taken back, and why.
import { useState } from "preact/hooks";
import { dateOf } from "../i18n/words";
import { dayOf, hoursText } from "../model/creditcard";
import type { CreditEntry } from "../protocol/classes";
import { usePrefs, useWords } from "./hooks";
import { Button } from "./parts";

const PAGE = 20;

export function Ledger({ entries }: { readonly entries: readonly CreditEntry[] }) {
  const words = useWords().credit.ledger;
  const [shown, setShown] = useState(PAGE);
  return (
    <section class="class-part" aria-label={words.title} data-part="ledger">
      <div>
        <h2>{words.title}</h2>
        <p class="pale">{words.text}</p>
      </div>
      {entries.length === 0
        ? <p class="card class-none">{words.none}</p>
        : <ul class="card rows">{entries.slice(0, shown).map((entry) => <EntryLine key={entry.entry} entry={entry} />)}</ul>}
      {entries.length > shown && <p><Button icon="down" onClick={() => setShown(shown + PAGE)}>{words.more(entries.length - shown)}</Button></p>}
    </section>
  );
}

function EntryLine({ entry }: { readonly entry: CreditEntry }) {
  const words = useWords();
  const { lang } = usePrefs();
  const { ledger } = words.credit;
  const back = entry.reverses !== undefined;
  const why = back ? ledger.reversed : entry.appeal !== undefined ? ledger.by_appeal : words.classes.card.reasons[entry.reason];
  return (
    <li class="row" data-entry={entry.entry}>
      <span class="row-main">{entry.title || words.classes.title}<span class={back ? "tag warn" : entry.appeal === undefined ? "tag" : "tag good"}>{why}</span></span>
      <span class="row-more figures">{[ledger.posted(dateOf(entry.posted_us / 1_000, lang)), ledger.for_class(dateOf(dayOf(entry.day), lang))].join(" · ")}</span>
      <span class="card-gain figures">{back ? ledger.loss(hoursText(-entry.milli_hours)) : ledger.gain(hoursText(entry.milli_hours))}</span>
    </li>
  );
}
