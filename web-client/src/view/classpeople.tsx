// The people of a class that one sees: leave, and how the presence of each was proved.
import { useState } from "preact/hooks";
import { clockTime } from "../i18n/words";
import { takesAnswers } from "../model/classlist";
import type { ClassFull, ClassPerson } from "../protocol/classes";
import { DecideLeave } from "./classacts";
import { useClasses } from "./classcards";
import { AddToRoster, changesRoster, TakeOffRoster } from "./classroster";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing, Shown } from "./reading";

/** So many are shown at once; of more, the page asks to find. */
const PAGE = 100;

export function ClassPeople({ row, version, onChanged }: { readonly row: ClassFull; readonly version: string; readonly onChanged: () => Promise<void> }) {
  const words = useWords();
  const { classes } = useServices();
  const read = useClasses(() => classes.people(row.id), row.id, version);
  const [deciding, setDeciding] = useState<ClassPerson | undefined>();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<ClassPerson | undefined>();
  const [shown, setShown] = useState(PAGE);
  const by_hand = changesRoster(row);
  const changed = async (): Promise<void> => {
    await Promise.all([read.again(), onChanged()]);
  };
  return (
    <section class="class-part" aria-label={words.classes.people} data-part="people">
      <div class="class-head">
        <h2>{words.classes.people}</h2>
        {by_hand && <Button kind="quiet" icon="plus" onClick={() => setAdding(true)}>{words.class_roster.add}</Button>}
      </div>
      <Shown read={read}>
        {(people) => (people.length === 0 ? <Nothing icon="people" title={words.classes.no_people} help={words.classes.no_people_help} /> : (
          <>
            <p class="people-count figures" role="status">{words.records.people.count(people.length)}</p>
            <ul class="card rows">{people.slice(0, shown).map((person) => <PersonLine key={person.person} person={person} row={row} onDecide={() => setDeciding(person)} {...(by_hand && person.expected ? { onRemove: () => setRemoving(person) } : {})} />)}</ul>
            {people.length > shown && <p><Button icon="down" onClick={() => setShown(shown + PAGE)}>{words.classes.more_people(people.length - shown)}</Button></p>}
          </>
        ))}
      </Shown>
      {adding && <AddToRoster row={row} onClose={() => setAdding(false)} onChanged={changed} />}
      {removing && <TakeOffRoster row={row} person={removing} onClose={() => setRemoving(undefined)} onChanged={changed} />}
      {deciding && <DecideLeave row={row} person={deciding} onClose={() => setDeciding(undefined)} onChanged={changed} />}
    </section>
  );
}

interface LineProps {
  readonly person: ClassPerson;
  readonly row: ClassFull;
  readonly onDecide: () => void;
  readonly onRemove?: () => void;
}

function PersonLine({ person, row, onDecide, onRemove }: LineProps) {
  const { classes: words, class_roster } = useWords();
  const begun = row.opened_ms > 0;
  return (
    <li class="row" data-person={person.person}>
      <span class="row-main">
        {person.name}
        {!person.expected && row.roster > 0 && <span class="tag">{words.guest}</span>}
        {person.leave !== "none" && <span class={person.leave === "granted" ? "tag good" : "tag warn"}>{words.leaves[person.leave]}</span>}
      </span>
      <span class="row-more figures">{[person.home_name, person.leave_why, proofText(words, person) || (begun && person.expected && person.leave !== "granted" ? words.absent : "")].filter(Boolean).join(" · ")}</span>
      {person.leave === "asked" && row.may_change && takesAnswers(row) && <Button kind="quiet" onClick={onDecide}>{words.decide}<span class="sr"> {person.name}</span></Button>}
      {person.leave !== "asked" && onRemove && <Button kind="quiet" onClick={onRemove}>{class_roster.remove}<span class="sr"> {person.name}</span></Button>}
    </li>
  );
}

function proofText(words: ReturnType<typeof useWords>["classes"], person: ClassPerson): string {
  if (person.grade === undefined) return "";
  const marks = [person.late ? words.late : "", person.together ? words.together : "", person.shared ? words.shared : ""];
  const where = person.site_name && person.site !== person.home ? words.at(person.site_name) : "";
  return [person.since_ms ? clockTime(person.since_ms) : "", words.grades[person.grade], where, ...marks].filter(Boolean).join(" ");
}
