// Mapping profiles that an organisation keeps: chosen for a new import, saved from a corrected one, renamed and ended.
import { useState } from "preact/hooks";
import type { ImportDetail, Profile, ProfileHeaders, TableKind } from "../protocol/imports";
import { ActDialog, SelectField, TextField } from "./forms";
import { say } from "./frame";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { useRead } from "./reading";
import type { Read } from "./reading";

const NAME_MAX = 40;

/** Those that an import of this kind into the organisation may use. */
export function useProfiles(org: number | undefined, kind: TableKind): Read<readonly Profile[]> {
  const { imports } = useServices();
  return useRead(async () => (org === undefined ? [] : (await imports.profiles(org)).filter((p) => p.kind === kind)), `${org ?? 0} ${kind}`);
}

interface ChoiceProps {
  readonly profiles: readonly Profile[];
  readonly value: number;
  readonly onChange: (id: number) => void;
  readonly none: string;
}

/** 0: none. Nothing to choose where none is kept. */
export function ProfileChoice({ profiles, value, onChange, none }: ChoiceProps) {
  const words = useWords().import;
  if (profiles.length === 0) return null;
  const options = [["0", none] as const, ...profiles.map((p) => [String(p.id), `${p.name}（${p.org_name}）`] as const)];
  return <SelectField label={words.profile} name="profile" value={String(value)} options={options} onChange={(id) => onChange(Number(id))} />;
}

interface SaveProps {
  readonly run: ImportDetail;
  readonly headers: ProfileHeaders;
  readonly profiles: Read<readonly Profile[]>;
}

/** Under the name of one that the organisation keeps already, it takes that one's place. */
export function SaveProfile({ run, headers, profiles }: SaveProps) {
  const words = useWords();
  const { imports } = useServices();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState("");
  const same = profiles.value?.find((p) => p.org === run.org && p.name === name.trim());
  const save = async (): Promise<void> => {
    if (same) await imports.changeProfile(same, { profile: headers });
    else await imports.addProfile(run.org, run.kind, name.trim(), headers);
    await profiles.again();
    say(words.import.profile_saved(name.trim()));
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{words.import.profile_save}</Button>
      {asking && (
        <ActDialog title={words.import.profile_save_title} yes={words.records.forms.save} onClose={() => setAsking(false)} act={save} {...(name.trim() === "" ? { missing: words.records.forms.required } : {})}>
          <p class="dialog-text">{words.import.profile_save_text}</p>
          <TextField label={words.records.forms.name} name="name" value={name} onChange={setName} autofocus max={NAME_MAX} {...(same ? { hint: words.import.profile_replaces } : {})} />
        </ActDialog>
      )}
    </>
  );
}

/** All that serve here; those of organisations above are changed there. */
export function KeptProfiles({ org, profiles }: { readonly org: number; readonly profiles: Read<readonly Profile[]> }) {
  const words = useWords().import;
  const [renaming, setRenaming] = useState<Profile | undefined>();
  const [ending, setEnding] = useState<Profile | undefined>();
  const all = profiles.value ?? [];
  if (all.length === 0) return null;
  return (
    <section>
      <h2>{words.profiles}</h2>
      <ul class="rows">
        {all.map((p) => (
          <li key={p.id} class="row">
            <span class="row-main">{p.name}</span>
            <span class="row-more">{p.org_name}</span>
            {p.org === org && (
              <span class="row-acts">
                <Button kind="quiet" onClick={() => setRenaming(p)}>{words.profile_rename}<span class="sr"> {p.name}</span></Button>
                <Button kind="quiet" onClick={() => setEnding(p)}>{words.profile_end}<span class="sr"> {p.name}</span></Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {renaming && <Rename profile={renaming} onClose={() => setRenaming(undefined)} onDone={profiles.again} />}
      {ending && <End profile={ending} onClose={() => setEnding(undefined)} onDone={profiles.again} />}
    </section>
  );
}

interface OneProps {
  readonly profile: Profile;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Rename({ profile, onClose, onDone }: OneProps) {
  const words = useWords();
  const { imports } = useServices();
  const [name, setName] = useState(profile.name);
  const act = async (): Promise<void> => {
    await imports.changeProfile(profile, { name: name.trim() });
    await onDone();
  };
  return (
    <ActDialog title={words.import.profile_rename} yes={words.records.forms.save} onClose={onClose} act={act} {...(name.trim() === "" ? { missing: words.records.forms.required } : {})}>
      <TextField label={words.records.forms.name} name="name" value={name} onChange={setName} autofocus max={NAME_MAX} />
    </ActDialog>
  );
}

function End({ profile, onClose, onDone }: OneProps) {
  const words = useWords().import;
  const { imports } = useServices();
  const act = async (): Promise<void> => {
    await imports.endProfile(profile);
    await onDone();
  };
  return (
    <ActDialog title={words.profile_end_title(profile.name)} yes={words.profile_end} danger onClose={onClose} act={act}>
      <p class="dialog-text">{words.profile_end_text}</p>
    </ActDialog>
  );
}
