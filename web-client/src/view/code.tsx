// A code that is shown once: large, as a QR code, with the time that is left.
import { useState } from "preact/hooks";
import { qrPath } from "./qr";
import { countdown, dateTime } from "../i18n/words";
import type { LinkCode } from "../protocol/records";
import { usePrefs, useTick, useWords } from "./hooks";
import { Button } from "./parts";

const HOUR_MS = 3_600_000;

/** The code is in the fragment, which never goes over the line nor into a log. */
function addressOf(code: string): string {
  return `${location.origin}/pair#${code}`;
}

export function CodeSheet({ link, onDone }: { readonly link: LinkCode; readonly onDone: () => void }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const now = useTick(1_000);
  const [copied, setCopied] = useState(false);
  const left_ms = link.expires_ms - now;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(addressOf(link.code));
    setCopied(true);
  };
  if (left_ms <= 0) {
    return (
      <div class="code">
        <p role="alert">{words.code.expired}</p>
        <div class="dialog-acts"><Button kind="main" onClick={onDone}>{words.code.done}</Button></div>
      </div>
    );
  }
  return (
    <div class="code">
      <p>{words.code.scan}</p>
      <Qr text={addressOf(link.code)} label={words.code.qr} />
      <p>{words.code.or_open(`${location.host}/pair`)}</p>
      <p class="code-letters figures" data-code={link.code}>{link.code}</p>
      <p class="code-left figures">{left_ms > HOUR_MS ? words.person.link_until(dateTime(link.expires_ms, lang)) : words.code.expires(countdown(left_ms))}</p>
      <p class="field-hint">{words.person.link_once}</p>
      <div class="dialog-acts">
        <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>{copied ? words.code.copied : words.code.copy}</Button>
        <Button kind="main" onClick={onDone}>{words.code.done}</Button>
      </div>
    </div>
  );
}

function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, size } = qrPath(text);
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}><path d={path} /></svg>;
}
