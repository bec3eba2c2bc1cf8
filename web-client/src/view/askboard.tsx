// What is asked, and its result as a chart, over the programme: a hall sees it whatever its side panel shows.
import { useState } from "preact/hooks";
import { asksNow } from "../model/phone";
import type { Meeting } from "../model/meeting";
import { AskHead, Tally } from "./asks";
import { useCell, useTick, useWords } from "./hooks";
import { IconButton } from "./parts";

export function AskBoard({ meeting }: { readonly meeting: Meeting }) {
  const words = useWords();
  const { asks } = useCell(meeting.lesson.state);
  const now = useTick(1_000);
  const [hidden, setHidden] = useState(0);
  const { open, last } = asksNow(asks, now);
  const ask = open[0] ?? (last?.tally ? last : undefined);
  if (!ask || hidden === ask.ask * 2 + Number(open.length > 0)) return null;
  return (
    <section class="ask-board" aria-label={words.lesson.board} data-ask={ask.ask}>
      <IconButton icon="close" label={words.lesson.board_close} onClick={() => setHidden(ask.ask * 2 + Number(open.length > 0))} />
      <AskHead ask={ask} now_ms={now} />
      <p class="phone-small figures">{words.phone.answered(ask.answered)}</p>
      <Tally ask={ask} />
    </section>
  );
}
