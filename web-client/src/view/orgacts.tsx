// What may be done to an organisation: buttons for what is usual, a menu for what is rare, a dialogue for each.
import { useState } from "preact/hooks";
import type { OrgTree } from "../model/orgtree";
import { ORG_KINDS } from "../protocol/records";
import type { Org, OrgKind, Versioned } from "../protocol/records";
import { RequestError } from "../protocol/socket";
import { ActDialog, SelectField, TextField } from "./forms";
import { MakeCodes } from "./firstsignin";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Menu } from "./parts";
import type { MenuRow } from "./parts";
import { PersonCreate } from "./personcreate";
import { ChoiceAct, ReasonAct } from "./reasonact";
import type { Decision } from "./reasonact";

type Doing = "create" | "person" | "codes" | "rename" | "move" | "merge" | "close";

const PHONE_MAX = 24;

interface ActsProps {
  readonly org: Versioned<Org>;
  readonly tree: OrgTree;
  readonly onChanged: () => Promise<void>;
}

export function OrgActs({ org: versioned, tree, onChanged }: ActsProps) {
  const words = useWords().records;
  const [doing, setDoing] = useState<Doing | undefined>();
  const org = versioned.value;
  const may = (act: Org["may"][number]): boolean => org.may.includes(act) && org.closed_ms === undefined;
  const rows: MenuRow[] = [];
  const offer = (allowed: boolean, doing: Doing, label: string, danger = false): void => {
    if (allowed) rows.push({ kind: "act", label, danger, act: () => setDoing(doing) });
  };
  offer(may("link.make"), "codes", words.first.codes);
  offer(may("org.rename"), "rename", words.orgs.rename);
  offer(may("org.move") && org.parent !== undefined, "move", words.orgs.move);
  offer(may("org.merge") && org.parent !== undefined, "merge", words.orgs.merge, true);
  offer(may("org.close"), "close", words.orgs.close, true);
  if (!may("org.create") && !may("person.create") && rows.length === 0) return null;
  const close = (): void => setDoing(undefined);
  const dialog: DialogProps = { org: versioned, tree, onChanged, onClose: close };
  return (
    <div class="acts">
      {may("person.create") && <Button icon="person" onClick={() => setDoing("person")}>{words.orgs.add_person}</Button>}
      {may("org.create") && <Button icon="plus" onClick={() => setDoing("create")}>{words.orgs.create}</Button>}
      {rows.length > 0 && <Menu rows={() => rows} label={words.orgs.more}><Icon name="more" /></Menu>}
      {doing === "person" && <PersonCreate org={{ id: org.id, name: org.path }} onClose={close} onDone={onChanged} />}
      {doing === "codes" && <MakeCodes org={org} onClose={close} />}
      {doing === "create" && <Create {...dialog} />}
      {doing === "rename" && <Rename {...dialog} />}
      {doing === "move" && <Move {...dialog} />}
      {doing === "merge" && <Merge {...dialog} />}
      {doing === "close" && <Close {...dialog} />}
    </div>
  );
}

interface DialogProps extends ActsProps {
  readonly onClose: () => void;
}

function useKinds(): readonly (readonly [OrgKind, string])[] {
  const { org_kinds } = useWords().records;
  return ORG_KINDS.map((kind) => [kind, org_kinds[kind]] as const);
}

/** What mostly lies below each kind: a guess that saves a choice. */
const BELOW: Readonly<Partial<Record<OrgKind, OrgKind>>> = { city: "county", county: "township", committee: "general_branch", branch: "group" };

function Create({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const words = useWords().records;
  const { records } = useServices();
  const kinds = useKinds();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<OrgKind>(BELOW[org.kind] ?? "branch");
  const [code, setCode] = useState("");
  const [phone, setPhone] = useState("");
  const act = async (): Promise<void> => {
    const made = await records.createOrg(org.id, { name: name.trim(), kind, ...(code.trim() ? { code: code.trim() } : {}), ...(phone.trim() ? { phone: phone.trim() } : {}) });
    await tree.refresh(org.id);
    await tree.setOpen(org.id, true);
    await onChanged();
    say(words.forms.created(made.name));
  };
  return (
    <ActDialog title={words.forms.create_title(org.name)} yes={words.forms.create_yes} onClose={onClose} act={act} {...(name.trim() ? {} : { missing: words.forms.required })}>
      <TextField label={words.forms.name} name="name" value={name} onChange={setName} hint={words.forms.name_hint} autofocus />
      <SelectField label={words.forms.kind} name="kind" value={kind} options={kinds} onChange={setKind} />
      <TextField label={words.forms.code} name="code" value={code} onChange={setCode} hint={words.forms.code_hint} />
      <TextField label={`${words.person.phone} · ${words.forms.optional}`} name="phone" type="tel" value={phone} onChange={setPhone} max={PHONE_MAX} />
    </ActDialog>
  );
}

/** Somebody else may have renamed it meanwhile: then both stand there, and the user chooses. */
function Rename({ org: opened, tree, onChanged, onClose }: DialogProps) {
  const words = useWords().records;
  const { records } = useServices();
  const kinds = useKinds();
  const [base, setBase] = useState(opened);
  const [theirs, setTheirs] = useState<Org | undefined>();
  const [name, setName] = useState(opened.value.name);
  const [kind, setKind] = useState(opened.value.kind);
  const [phone, setPhone] = useState(opened.value.phone ?? "");
  const describe = (n: string, k: OrgKind, p: string): string => [`${n}（${words.org_kinds[k]}）`, p].filter(Boolean).join(" · ");
  const act = async (): Promise<void> => {
    try {
      await records.changeOrg(base.value.id, { name: name.trim(), kind, phone: phone.trim() }, base.etag);
    } catch (error) {
      if (error instanceof RequestError && error.code === "changed") {
        const now = await records.org(base.value.id);
        setBase(now);
        setTheirs(now.value);
      }
      throw error;
    }
    await tree.refresh(base.value.parent, base.value.id);
    await onChanged();
    say(words.forms.renamed);
  };
  return (
    <ActDialog title={words.forms.rename_title} yes={theirs ? words.forms.use_yours : words.forms.save} onClose={onClose} act={act} {...(name.trim() ? {} : { missing: words.forms.required })}>
      <TextField label={words.forms.name} name="name" value={name} onChange={setName} autofocus />
      <SelectField label={words.forms.kind} name="kind" value={kind} options={kinds} onChange={setKind} />
      <TextField label={`${words.person.phone} · ${words.forms.optional}`} name="phone" type="tel" value={phone} onChange={setPhone} max={PHONE_MAX} />
      {theirs && <Both theirs={describe(theirs.name, theirs.kind, theirs.phone ?? "")} yours={describe(name, kind, phone)} />}
    </ActDialog>
  );
}

/** Two who edited at once: what stands there now, and what this user wants. */
export function Both({ theirs, yours }: { readonly theirs: string; readonly yours: string }) {
  const { forms } = useWords().records;
  return (
    <div class="both" role="group" aria-label={forms.changed_title}>
      <p class="both-title">{forms.changed_title}</p>
      <p class="both-text">{forms.changed_text}</p>
      <dl>
        <dt>{forms.theirs}</dt><dd>{theirs}</dd>
        <dt>{forms.yours}</dt><dd>{yours}</dd>
      </dl>
    </div>
  );
}

function Move({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const { forms } = useWords().records;
  const { records } = useServices();
  const act = async (decision: Decision): Promise<void> => {
    await records.moveOrg(org.id, decision);
    await tree.refresh(org.parent, decision.to.id, org.id);
    await onChanged();
    await tree.reveal(org.id).catch(() => undefined); // moved out of sight
    say(forms.moved);
  };
  return <ChoiceAct title={forms.move_title(org.name)} text={forms.move_text} yes={forms.move_yes} label={forms.move_to} except={org.id} dated onClose={onClose} act={act} />;
}

function Merge({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const { forms } = useWords().records;
  const { records, go } = useServices();
  const act = async ({ to, why }: Decision): Promise<void> => {
    await records.mergeOrg(org.id, to.id, why);
    await tree.refresh(org.parent, to.id);
    await onChanged();
    say(forms.merged);
    go(`/org/${to.id}`);
  };
  const text = forms.merge_text(org.children ?? 0, org.people ?? 0);
  return <ChoiceAct title={forms.merge_title(org.name)} text={text} yes={forms.merge_yes} label={forms.merge_into} except={org.id} danger onClose={onClose} act={act} />;
}

function Close({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const { forms } = useWords().records;
  const { records } = useServices();
  const act = async (why: string): Promise<void> => {
    await records.closeOrg(org.id, why);
    await tree.refresh(org.parent);
    await onChanged();
    say(forms.closed);
  };
  return <ReasonAct title={forms.close_title(org.name)} text={forms.close_text} yes={forms.close_yes} onClose={onClose} act={act} />;
}
