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
import { OrgPicker } from "./pickers";
import type { Chosen } from "./pickers";

type Doing = "create" | "person" | "codes" | "rename" | "move" | "merge" | "close";

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
  const act = async (): Promise<void> => {
    const made = await records.createOrg(org.id, name.trim(), kind, code.trim());
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
  const describe = (n: string, k: OrgKind): string => `${n}（${words.org_kinds[k]}）`;
  const act = async (): Promise<void> => {
    try {
      await records.renameOrg(base.value.id, name.trim(), kind, base.etag);
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
      {theirs && <Both theirs={describe(theirs.name, theirs.kind)} yours={describe(name, kind)} />}
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
  const words = useWords().records;
  const { records } = useServices();
  const [to, setTo] = useState<Chosen | undefined>();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    if (!to) return;
    await records.moveOrg(org.id, to.id, why.trim());
    await tree.refresh(org.parent, to.id, org.id);
    await onChanged();
    await tree.reveal(org.id).catch(() => undefined); // moved out of sight
    say(words.forms.moved);
  };
  return (
    <ActDialog title={words.forms.move_title(org.name)} yes={words.forms.move_yes} onClose={onClose} act={act} {...(to ? {} : { missing: words.forms.choose_org })}>
      <p class="dialog-text">{words.forms.move_text}</p>
      <OrgPicker label={words.forms.move_to} value={to} onChange={setTo} except={org.id} />
      <TextField label={words.forms.why} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}

function Merge({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const words = useWords().records;
  const { records, go } = useServices();
  const [into, setInto] = useState<Chosen | undefined>();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    if (!into) return;
    await records.mergeOrg(org.id, into.id, why.trim());
    await tree.refresh(org.parent, into.id);
    await onChanged();
    say(words.forms.merged);
    go(`/org/${into.id}`);
  };
  return (
    <ActDialog title={words.forms.merge_title(org.name)} yes={words.forms.merge_yes} onClose={onClose} act={act} danger {...(into ? {} : { missing: words.forms.choose_org })}>
      <p class="dialog-text">{words.forms.merge_text(org.children ?? 0, org.people ?? 0)}</p>
      <OrgPicker label={words.forms.merge_into} value={into} onChange={setInto} except={org.id} />
      <TextField label={words.forms.why} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}

function Close({ org: { value: org }, tree, onChanged, onClose }: DialogProps) {
  const words = useWords().records;
  const { records } = useServices();
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await records.closeOrg(org.id, why.trim());
    await tree.refresh(org.parent);
    await onChanged();
    say(words.forms.closed);
  };
  return (
    <ActDialog title={words.forms.close_title(org.name)} yes={words.forms.close_yes} onClose={onClose} act={act} danger {...(why.trim() ? {} : { missing: words.forms.required })}>
      <p class="dialog-text">{words.forms.close_text}</p>
      <TextField label={words.forms.why} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}
