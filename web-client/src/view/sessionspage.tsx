// The own sign-ins: where, since when; ending one, pairing a phone.
import { useState } from "preact/hooks";
import type { SignIn } from "../protocol/records";
import { PairDialog, SignInList } from "./devices";
import { ActDialog } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Shown, useRead } from "./reading";

export function SessionsPage() {
  const words = useWords().records;
  const { records, account } = useServices();
  const read = useRead(() => records.sessions(), "own");
  const [pairing, setPairing] = useState(false);
  const [ending, setEnding] = useState<SignIn | undefined>();
  const [endingOthers, setEndingOthers] = useState(false);
  const end = async (item: SignIn): Promise<void> => {
    await records.endSession(item.id);
    if (item.here) account.set(undefined);
    else await read.again();
    say(words.sessions.ended);
  };
  return (
    <Frame at="sessions" title={words.sessions.title}>
      <div class="sheet narrow">
        <PageTitle title={words.sessions.title} text={words.sessions.text}>
          <Link to="/password" class="button plain">{words.sessions.password}</Link>
          <Button kind="main" icon="device" onClick={() => setPairing(true)}>{words.sessions.pair}</Button>
        </PageTitle>
        <div class="card"><Shown read={read}>{(items) => <SignInList items={items} end={words.sessions.end} onEnd={setEnding} />}</Shown></div>
        {read.value?.some((item) => !item.here) && <div class="acts"><Button onClick={() => setEndingOthers(true)}>{words.sessions.end_others}</Button></div>}
      </div>
      {pairing && (
        <PairDialog
          title={words.sessions.pair_title} text={words.sessions.pair_text} hint={words.sessions.device_hint} make={(name) => records.pairOwn(name)}
          onClose={() => { setPairing(false); void read.again(); }}
        />
      )}
      {endingOthers && (
        <ActDialog
          title={words.sessions.end_others_title} yes={words.sessions.end_others} danger onClose={() => setEndingOthers(false)}
          act={async () => {
            await records.endOtherSessions();
            await read.again();
            say(words.sessions.ended);
          }}
        >
          <p class="dialog-text">{words.sessions.end_text}</p>
        </ActDialog>
      )}
      {ending && (
        <ActDialog title={words.sessions.end_title(ending.device || words.sessions.browser)} yes={words.sessions.end} danger onClose={() => setEnding(undefined)} act={() => end(ending)}>
          <p class="dialog-text">{ending.here ? words.sessions.end_here : words.sessions.end_text}</p>
        </ActDialog>
      )}
    </Frame>
  );
}
