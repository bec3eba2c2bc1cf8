// The devices that may enter as an organisation's site.
import { useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { LinkCode, Org, SignIn } from "../protocol/records";
import { CodeSheet } from "./code";
import { ActDialog, TextField } from "./forms";
import { say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

export function Devices({ org }: { readonly org: Org }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(() => records.devices(org.id), org.id);
  const [pairing, setPairing] = useState(false);
  const [ending, setEnding] = useState<SignIn | undefined>();
  const done = async (): Promise<void> => {
    setPairing(false);
    await read.again();
  };
  return (
    <>
      {org.may.includes("device.pair") && org.closed_ms === undefined && <div class="acts"><Button icon="device" onClick={() => setPairing(true)}>{words.sessions.site_pair}</Button></div>}
      <Shown read={read}>
        {(devices) => (devices.length === 0
          ? <Nothing icon="device" title={words.sessions.none_devices} help={words.sessions.none_devices_help} />
          : <SignInList items={devices} end={words.sessions.site_end} {...(org.may.includes("device.end") ? { onEnd: setEnding } : {})} />)}
      </Shown>
      {pairing && (
        <PairDialog
          title={words.sessions.site_title(org.name)} text={words.sessions.site_text} hint={words.sessions.site_hint}
          make={(name) => records.pairDevice(org.id, name)} onClose={() => void done()}
        />
      )}
      {ending && (
        <ActDialog
          title={words.sessions.site_end_title(ending.device || words.sessions.browser)} yes={words.sessions.site_end} danger onClose={() => setEnding(undefined)}
          act={async () => {
            await records.endDevice(org.id, ending.id);
            await read.again();
            say(words.sessions.ended);
          }}
        >
          <p class="dialog-text">{words.sessions.site_end_text}</p>
        </ActDialog>
      )}
    </>
  );
}

interface ListProps {
  readonly items: readonly SignIn[];
  readonly end: string;
  readonly onEnd?: (item: SignIn) => void;
}

export function SignInList({ items, end, onEnd }: ListProps) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const sorted = [...items].sort((a, b) => Number(b.here) - Number(a.here) || b.created_ms - a.created_ms);
  return (
    <ul class="rows">
      {sorted.map((item) => (
        <li key={item.id} class="row" data-session={item.id}>
          <Icon name={item.device ? "device" : "globe"} />
          <span class="row-main">
            {item.device || words.sessions.browser}
            {item.here && <span class="tag good">{words.sessions.here}</span>}
          </span>
          <span class="row-more figures">{words.sessions.since(dateTime(item.created_ms, lang))} · {words.sessions.until(dateTime(item.expires_ms, lang))}</span>
          {onEnd && <Button kind="quiet" onClick={() => onEnd(item)}>{end}<span class="sr"> {item.device || words.sessions.browser}</span></Button>}
        </li>
      ))}
    </ul>
  );
}

interface PairProps {
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  readonly make: (name: string) => Promise<LinkCode>;
  readonly onClose: () => void;
}

/** First the device's name, then its code. */
export function PairDialog({ title, text, hint, make, onClose }: PairProps) {
  const words = useWords().records;
  const [name, setName] = useState("");
  const [link, setLink] = useState<LinkCode | undefined>();
  if (link) return <Dialog title={title} onClose={onClose}><CodeSheet link={link} onDone={onClose} /></Dialog>;
  return (
    <ActDialog title={title} yes={words.sessions.code_make} onClose={onClose} act={async () => setLink(await make(name.trim()))} keep {...(name.trim() ? {} : { missing: words.forms.required })}>
      <p class="dialog-text">{text}</p>
      <TextField label={words.sessions.device_name} name="device" value={name} onChange={setName} hint={hint} autofocus />
    </ActDialog>
  );
}
