// The agenda as a programme: what is on is marked, with the time that it has left.
import type { AgendaItem } from "../protocol/classes";
import { programmeAt } from "../model/programme";
import { useWords } from "./hooks";

/** Without `elapsed_ms` nothing is on yet. */
export function Programme({ agenda, elapsed_ms }: { readonly agenda: readonly AgendaItem[]; readonly elapsed_ms?: number }) {
  const words = useWords().invite;
  const at = elapsed_ms === undefined ? undefined : programmeAt(agenda, elapsed_ms);
  return (
    <div class="programme">
      <h2 class="programme-title">{words.page.agenda}</h2>
      {agenda.length === 0 ? <p class="pale">{words.page.no_agenda}</p> : (
        <ol class="programme-items">
          {agenda.map((item, n) => (
            <li key={n} class={at?.now === n ? "programme-item now" : at?.now !== undefined && n < at.now ? "programme-item past" : "programme-item"} aria-current={at?.now === n ? "step" : undefined}>
              <span class="programme-what">{item.title}</span>
              <span class="programme-more figures">{[item.speaker, item.minutes ? words.page.minutes(item.minutes) : ""].filter(Boolean).join(" · ")}</span>
              {at?.now === n && <span class="programme-left figures">{words.air.item_left(Math.ceil(at.left_ms / 60_000))}</span>}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
