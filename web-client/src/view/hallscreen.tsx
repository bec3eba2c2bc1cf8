// The whole screen of a hall: a code large enough for its last row, and the names of who has signed in by it.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { clockTime } from "../i18n/words";
import { asksNow } from "../model/phone";
import { atSite } from "../model/lesson";
import type { LessonState } from "../model/lesson";
import { scanPath } from "../protocol/companion";
import { useTick, useWords } from "./hooks";
import { Button } from "./parts";
import { qrPath } from "./qr";

interface HallProps {
  readonly title: string;
  readonly lesson: LessonState;
  readonly onClose: () => void;
}

export function HallScreen({ title, lesson, onClose }: HallProps) {
  const words = useWords();
  const w = words.invite.hall;
  const ref = useRef<HTMLDialogElement>(null);
  const inside = useRef<HTMLDivElement>(null); // a dialogue itself may not go full screen
  const now = useTick(5_000);
  const { here, missing } = atSite(lesson);
  const { code } = lesson;
  const { open } = asksNow(lesson.asks, now);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    void inside.current?.requestFullscreen().catch(() => undefined); // refused: the window's whole size is nearly as good
    return () => {
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
      dialog?.close();
    };
  }, []);
  useEffect(() => {
    const left = (): void => {
      if (!document.fullscreenElement) onClose();
    };
    document.addEventListener("fullscreenchange", left);
    return () => document.removeEventListener("fullscreenchange", left);
  }, [onClose]);
  return (
    <dialog ref={ref} class="hallscreen" aria-label={w.title} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <div class="hallscreen-in" ref={inside}>
      <header class="hallscreen-top">
        <h2>{title}</h2>
        <time class="figures">{clockTime(now)}</time>
        <Button icon="close" onClick={onClose}>{w.close}</Button>
      </header>
      {open.length > 0 && <p class="banner hallscreen-ask" role="alert">{w.asked}<Button kind="main" onClick={onClose}>{w.to_ask}</Button></p>}
      <div class="hallscreen-main">
        <div class="hallscreen-code">{code ? <Code text={location.origin + scanPath(code)} label={words.lesson.qr} /> : <p role="status">{w.code_soon}</p>}<p class="hallscreen-scan">{w.title}</p><p class="hallscreen-how">{w.text}</p></div>
        <section class="hallscreen-names" aria-label={w.names}>
          <h3 class="figures">{w.here(here.length, here.length + missing.length)}</h3>
          {here.length === 0 ? <p class="hallscreen-how">{w.none}</p> : <ul role="log">{[...here].sort((a, b) => (b.since_ms ?? 0) - (a.since_ms ?? 0)).map((p) => <li key={p.person} class={p.grade ?? ""}>{p.name}</li>)}</ul>}
        </section>
      </div>
      </div>
    </dialog>
  );
}

function Code({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, size } = qrPath(text);
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}><path d={path} /></svg>;
}
