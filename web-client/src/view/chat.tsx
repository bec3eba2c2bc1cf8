// What was written, and writing. Enter sends, Shift+Enter breaks the line; an input method's own Enter does neither.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../i18n/words";
import type { Meeting } from "../model/meeting";
import { mayHost } from "../model/room";
import type { RoomState } from "../model/room";
import { BOUNDS } from "../protocol/messages";
import type { ChatLine, ChatTo } from "../protocol/messages";
import { SelectField } from "./forms";
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
      <Composer meeting={meeting} leads={mayHost(state.seats.get(state.me))} />
    </div>
  );
}

function Line({ line, before, me }: { readonly line: ChatLine; readonly before?: ChatLine; readonly me: string }) {
  const words = useWords();
  const follows = before?.seat === line.seat && line.time_ms - before.time_ms < GROUP_MS;
  return (
    <div class={line.seat === me ? "chat-line mine" : "chat-line"}>
      {!follows && <p class="chat-head"><span class="chat-name"><Name text={line.name} /></span><time class="figures">{clockTime(line.time_ms)}</time></p>}
      <p class="chat-text">{line.text}</p>
      {line.to === "host" && <p class="chat-only">{words.floor.only_host}</p>}
    </div>
  );
}

function Composer({ meeting, leads }: { readonly meeting: Meeting; readonly leads: boolean }) {
  const words = useWords();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [to, setTo] = useState<ChatTo>("all");
  const too_long = bytesOf(text) > BOUNDS["chat.send"].text.max;
  const send = async (): Promise<void> => {
    const trimmed = text.trim();
    if (!trimmed || too_long || busy) return;
    setBusy(true);
    if (await meeting.say(trimmed, to)) setText("");
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
      {!leads && <div class="chat-to"><SelectField label={words.floor.chat_to} bare name="to" value={to} options={[["all", words.floor.to_all], ["host", words.floor.to_host]]} onChange={setTo} /></div>}
      <textarea ref={box} class="input" rows={1} value={text} aria-label={words.chat.label} placeholder={to === "host" ? words.floor.to_host_here : words.chat.placeholder} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} />
      <IconButton icon="send" label={words.chat.send} disabled={!text.trim() || too_long || busy} onClick={() => void send()} />
      {too_long && <p class="field-trouble" role="alert">{words.chat.too_long}</p>}
    </form>
  );
}
