// What may be done to a person's record as a whole.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { Act, LinkCode, Mention, Person, Versioned } from "../protocol/records";
import { actText } from "./auditpage";
import { CodeSheet } from "./code";
import { ActDialog, SelectField, TextField } from "./forms";
import { GivePassword } from "./firstsignin";
import { Link, say } from "./frame";
import { useCell, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog, Menu } from "./parts";
import type { MenuRow } from "./parts";
import { PersonEdit } from "./personcreate";
import { Shown, useRead } from "./reading";
import { ChoiceAct, ReasonAct } from "./reasonact";
import type { Decision } from "./reasonact";

type Doing = "edit" | "transfer" | "leave" | "link" | "password" | "merge" | "erase";

interface ActsProps {
  readonly person: Versioned<Person>;
  readonly onChanged: () => Promise<void>;
}

export function PersonActs({ person: versioned, onChanged }: ActsProps) {
  const words = useWords().records;
  const { account } = useServices();
  const own = useCell(account)?.person === versioned.value.id;
  const [doing, setDoing] = useState<Doing | undefined>();
  const person = versioned.value;
  const gone = person.erased === true || person.merged_into !== undefined;
  const may = (act: Act): boolean => person.may.includes(act) && !gone;
  const belongs = person.memberships.length > 0;
  const rows: MenuRow[] = [];
  const offer = (allowed: boolean, doing: Doing, label: string, danger = false): void => {
    if (allowed) rows.push({ kind: "act", label, danger, act: () => setDoing(doing) });
  };
  offer(may("person.transfer"), "transfer", words.person.transfer);
  offer(may("link.make") && belongs && !own, "link", words.person.link);
  offer(may("account.set") && belongs && !own, "password", words.first.password_act);
  offer(may("person.merge"), "merge", words.person.merge, true);
  offer(may("person.transfer") && belongs, "leave", words.person.leave, true);
  offer(may("person.erase") && !own, "erase", words.person.erase, true);
  const dialog: DialogProps = { person, onChanged, onClose: () => setDoing(undefined) };
  return (
    <div class="acts">
      {may("person.update") && <Button onClick={() => setDoing("edit")}>{words.person.edit}</Button>}
      {rows.length > 0 && <Menu rows={() => rows} label={words.orgs.more}><Icon name="more" /></Menu>}
      {doing === "edit" && <PersonEdit person={versioned} onClose={dialog.onClose} onDone={onChanged} />}
      {doing === "transfer" && <Transfer {...dialog} />}
      {doing === "leave" && <Leave {...dialog} />}
      {doing === "link" && <MakeLink {...dialog} />}
      {doing === "password" && <GivePassword person={person} onClose={dialog.onClose} />}
      {doing === "merge" && <Merge {...dialog} />}
      {doing === "erase" && <Erase {...dialog} />}
    </div>
  );
}

interface DialogProps {
  readonly person: Person;
  readonly onChanged: () => Promise<void>;
  readonly onClose: () => void;
}

function Transfer({ person, onChanged, onClose }: DialogProps) {
  const words = useWords().records.person;
  const { records } = useServices();
  const act = async (decision: Decision): Promise<void> => {
    await records.transfer(person.id, decision);
    await onChanged();
    say(words.transferred);
  };
  return <ChoiceAct title={words.transfer_title(person.name)} text={words.transfer_text} yes={words.transfer_yes} label={words.transfer_to} dated onClose={onClose} act={act} />;
}

function Leave({ person, onChanged, onClose }: DialogProps) {
  const words = useWords().records.person;
  const { records } = useServices();
  const act = async (why: string): Promise<void> => {
    await records.leave(person.id, why);
    await onChanged();
    say(words.leave_done);
  };
  return <ReasonAct title={words.leave_title(person.name)} text={words.leave_text} yes={words.leave_yes} onClose={onClose} act={act} />;
}

const DAYS = ["1", "7", "30"] as const;

function MakeLink({ person, onClose }: DialogProps) {
  const words = useWords().records;
  const { records } = useServices();
  const [days, setDays] = useState<(typeof DAYS)[number]>("7");
  const [link, setLink] = useState<LinkCode | undefined>();
  const title = words.person.link_title(person.name);
  if (link) return <Dialog title={title} onClose={onClose}><CodeSheet link={link} onDone={onClose} /></Dialog>;
  return (
    <ActDialog title={title} yes={words.person.link_make} onClose={onClose} keep act={async () => setLink(await records.makeLink(person.id, Number(days)))}>
      <p class="dialog-text">{words.person.link_text}</p>
      <SelectField label={words.person.link_days} value={days} onChange={setDays} options={DAYS.map((d) => [d, words.policy.days(Number(d))] as const)} />
    </ActDialog>
  );
}

function Merge({ person, onChanged, onClose }: DialogProps) {
  const words = useWords().records.person;
  const { records, go } = useServices();
  const act = async ({ to, why }: Decision): Promise<void> => {
    await records.mergePerson(person.id, to.id, why);
    await onChanged();
    say(words.merged_done);
    go(`/person/${to.id}`);
  };
  return <ChoiceAct title={words.merge_title(person.name)} text={words.merge_text} yes={words.merge_yes} label={words.merge_into} of="person" except={person.id} danger onClose={onClose} act={act} />;
}

const MENTIONS_SHOWN = 12;

/** Where the name will still stand. */
function Mentions({ person }: { readonly person: number }) {
  const { records } = useServices();
  const read = useRead(() => records.mentions(person), person);
  return <Shown read={read}>{(rows) => rows.length > 0 && <Places rows={rows} />}</Shown>;
}

function Places({ rows }: { readonly rows: readonly Mention[] }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  return (
    <>
      <p class="dialog-text">{words.person.mentions(rows.length)}</p>
      <ul class="rows figures">
        {rows.slice(0, MENTIONS_SHOWN).map((row) => (
          <li key={row.id} class="row">
            <span>
              {row.act ? actText(words, row.act) : words.person.mention_kinds[row.kind] ?? words.person.mention_other}{" · "}
              {row.class === undefined ? row.org_name : <Link to={`/class/${row.class}`} class="text-link">{row.org_name}</Link>}{" · "}{dateTime(row.time_ms, lang)}
            </span>
          </li>
        ))}
      </ul>
      {rows.length > MENTIONS_SHOWN && <p class="dialog-text">{words.person.mentions_more(rows.length - MENTIONS_SHOWN)}</p>}
    </>
  );
}

/** Two steps: the order, then the name typed out. */
function Erase({ person, onChanged, onClose }: DialogProps) {
  const words = useWords().records;
  const { records } = useServices();
  const [order, setOrder] = useState("");
  const [typed, setTyped] = useState("");
  const [sure, setSure] = useState(false);
  const erase = async (): Promise<void> => {
    await records.erase(person.id, order.trim());
    await onChanged();
    say(words.person.erased_done);
  };
  if (!sure) {
    return (
      <ActDialog title={words.person.erase_title} yes={words.person.erase_next} danger keep onClose={onClose} act={async () => setSure(true)} {...(order.trim() ? {} : { missing: words.forms.required })}>
        <p class="dialog-text">{words.person.erase_text}</p>
        <Mentions person={person.id} />
        <TextField label={words.person.erase_order} name="order" value={order} onChange={setOrder} hint={words.person.erase_order_hint} />
      </ActDialog>
    );
  }
  const missing = typed.trim() === person.name ? undefined : words.person.erase_type(person.name);
  return (
    <ActDialog key="sure" title={words.person.erase_title} yes={words.person.erase_yes} danger onClose={onClose} act={erase} {...(missing === undefined ? {} : { missing })}>
      <p class="dialog-text">{words.person.erase_text}</p>
      <TextField label={words.person.erase_type(person.name)} name="typed" value={typed} onChange={setTyped} />
    </ActDialog>
  );
}
