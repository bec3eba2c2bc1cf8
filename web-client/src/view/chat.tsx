// What was written, and writing. Enter sends, Shift+Enter breaks the line; an input method's own Enter does neither.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../i18n/words";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import { BOUNDS } from "../protocol/messages";
import type { ChatLine } from "../protocol/messages";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { IconButton, Name } from "./parts";

const GROUP_MS = 120_000;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function Chat({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const words = useWords();
  const end = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const at_end = useRef(true);
  useEffect(() => meeting.readChat(), [meeting, state.chat]);
  useLayoutEffect(() => {
    if (at_end.current) end.current?.scrollIntoView({ block: "end" });
  }, [state.chat]);
  const onScroll = (): void => {
    const box = list.current;
    at_end.current = !!box && box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  };
  return (
    <div class="chat">
      <div class="chat-lines" ref={list} onScroll={onScroll} role="log" aria-label={words.chat.title} tabIndex={0}>
        {state.chat.length === 0 && <div class="empty"><Icon name="chat" size={32} /><p>{words.chat.empty}</p><p class="problem-help">{words.chat.empty_help}</p></div>}
        {state.chat.map((line, n) => <Line key={line.id} line={line} before={state.chat[n - 1]} me={state.me} />)}
        <div ref={end} />
      </div>
      <Composer meeting={meeting} />
    </div>
  );
}

function Line({ line, before, me }: { readonly line: ChatLine; readonly before?: ChatLine; readonly me: string }) {
  const follows = before?.seat === line.seat && line.time_ms - before.time_ms < GROUP_MS;
  return (
    <div class={line.seat === me ? "chat-line mine" : "chat-line"}>
      {!follows && <p class="chat-head"><span class="chat-name"><Name text={line.name} /></span><time class="figures">{clockTime(line.time_ms)}</time></p>}
      <p class="chat-text">{line.text}</p>
    </div>
  );
}

function Composer({ meeting }: { readonly meeting: Meeting }) {
  const words = useWords();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const too_long = bytesOf(text) > BOUNDS["chat.send"].text.max;
  const send = async (): Promise<void> => {
    const trimmed = text.trim();
    if (!trimmed || too_long || busy) return;
    setBusy(true);
    if (await meeting.say(trimmed)) setText("");
    setBusy(false);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const composing = event.isComposing || event.keyCode === 229; // Safari ends the composition before this key
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    void send();
  };
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${Math.min(140, area.scrollHeight + 2)}px`);
  }, [text]);
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <textarea ref={box} class="input" rows={1} value={text} aria-label={words.chat.label} placeholder={words.chat.placeholder} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} />
      <IconButton icon="send" label={words.chat.send} disabled={!text.trim() || too_long || busy} onClick={() => void send()} />
      {too_long && <p class="field-trouble" role="alert">{words.chat.too_long}</p>}
    </form>
  );
}
