// After the room: left, ended, removed, taken over, or not let in. What happened, what it means, what to do.
import type { Failure, FailureKind } from "../model/failure";
import { useServices, useTheme, useWords } from "./hooks";
import { Hall, Icon } from "./icons";
import { Button } from "./parts";
import { SettingsMenu } from "./settings";

const FINAL: readonly FailureKind[] = ["ended", "room_ended", "removed", "not_found", "token_invalid"];

export function Over({ why, guest, onAgain }: { readonly why?: Failure; readonly guest: boolean; readonly onAgain: () => void }) {
  const words = useWords();
  const { go } = useServices();
  useTheme(false);
  const text = why ? words.failures[why.kind] : { title: words.over.left_title, help: words.over.left_help };
  const ended = why?.kind === "ended" || why?.kind === "room_ended";
  const again = why?.kind === "taken_over" ? words.over.here_again : why ? words.retry : words.over.again;
  return (
    <div class="page over">
      <header class="page-corner"><SettingsMenu /></header>
      <Hall />
      <main id="main" class="over-main">
        <div class="card over-card">
          <span class={why && !ended ? "over-sign bad" : "over-sign"}><Icon name={!why ? "leave" : ended ? "check" : "alert"} size={28} /></span>
          <h1 class="page-title">{text.title}</h1>
          <p class="dialog-text">{text.help}</p>
          {why && !ended && <p class="problem-code">{words.support_code(why.code)}</p>}
          <div class="over-acts">
            {!(why && FINAL.includes(why.kind)) && <Button kind="main" onClick={onAgain}>{again}</Button>}
            {!guest && <Button onClick={() => go("/")}>{words.over.home}</Button>}
          </div>
        </div>
      </main>
    </div>
  );
}
