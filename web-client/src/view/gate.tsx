// Pages outside the frame that let somebody in: a code that pairs this device, a password of one's own.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isCode, tidyCode } from "../model/linkcode";
import { RequestError } from "../protocol/socket";
import { Refusal, TextField } from "./forms";
import { Link, say } from "./frame";
import { useCell, useServices, useTheme, useWords } from "./hooks";
import { Hall, Mark } from "./icons";
import { noteSignInLost } from "./saying";
import { Button } from "./parts";
import { SettingsMenu } from "./settings";

interface GateProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly busy: string;
  readonly missing: string | undefined;
  readonly act: () => Promise<void>;
  /** Where one goes who does not want to. */
  readonly back?: string;
  readonly children: ComponentChildren;
}

function Gate({ title, text, yes, busy: busy_text, missing, act, back, children }: GateProps) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>();
  useTheme(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (missing !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  return (
    <div class="page sign-in">
      <header class="page-corner"><SettingsMenu /></header>
      <Hall />
      <main id="main" class="sign-in-main">
        <div class="brand"><Mark size={40} /><p class="brand-name">{words.product}</p></div>
        <form class="card sign-in-card" onSubmit={(event) => void submit(event)} noValidate>
          <h1 class="gate-title">{title}</h1>
          <p class="dialog-text">{text}</p>
          {children}
          {tried && missing !== undefined && <p class="field-trouble" role="alert">{missing}</p>}
          {error !== undefined && <Refusal error={error} />}
          <Button kind="main" wide type="submit" disabled={busy}>{busy ? busy_text : yes}</Button>
          {back !== undefined && <Link to={back} class="button quiet">{words.cancel}</Link>}
        </form>
      </main>
    </div>
  );
}

/** With a code in the address one press is enough; it is not used by merely opening the page, which scanners of links do, too. */
export function PairPage() {
  const words = useWords().records;
  const { api, account, go, takeFragment } = useServices();
  const who = useCell(account);
  const [given] = useState(() => tidyCode(takeFragment()));
  const [code, setCode] = useState(given);
  const found = isCode(given);
  const act = async (): Promise<void> => {
    const signed_in = await api.useLink(tidyCode(code));
    account.set(signed_in);
    go("/");
  };
  return (
    <Gate
      title={words.pair.title} text={found ? words.pair.link_found : words.pair.text} yes={found ? words.pair.use : words.pair.go} busy={words.pair.busy}
      missing={isCode(tidyCode(code)) ? undefined : words.pair.short} act={act}
    >
      <TextField label={words.pair.code} name="code" value={code} onChange={setCode} hint={words.pair.code_hint} autofocus={!found} />
      {who && <p class="card-hint">{words.pair.signed_in(who.name)}</p>}
    </Gate>
  );
}

/** `first`: the password was given by somebody else, and nothing goes on before there is an own one. `none`: there is none yet. */
export function PasswordPage({ first = false, none = false }: { readonly first?: boolean; readonly none?: boolean }) {
  const all = useWords();
  const words = all.records;
  const { api, account, go } = useServices();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const act = async (): Promise<void> => {
    try {
      account.set(await api.changePassword(old, fresh));
    } catch (error) {
      if (!(error instanceof RequestError && error.code === "not_signed_in")) throw error;
      if ((await api.whoAmI()) !== undefined) throw new RequestError("wrong_password");
      noteSignInLost(); // ended elsewhere meanwhile
      account.set(undefined);
      return;
    }
    say(words.password.done);
    go("/");
  };
  const missing = fresh.length < 8 ? words.refusals.password_short : fresh === again ? undefined : words.password.differ;
  return (
    <Gate
      title={first ? words.password.first_title : words.password.title} text={none ? words.password.none_text : first ? words.password.first_text : words.password.text} yes={words.password.go} busy={words.forms.busy}
      missing={missing} act={act} {...(first ? {} : { back: "/sessions" })}
    >
      {!none && <TextField label={first ? words.password.first_old : words.password.old} name="old" type="password" value={old} onChange={setOld} {...(first ? {} : { hint: words.password.old_none })} complete="current-password" />}
      <TextField label={words.password.fresh} name="fresh" type="password" value={fresh} onChange={setFresh} hint={words.password.hint} complete="new-password" />
      <TextField label={words.password.again} name="again" type="password" value={again} onChange={setAgain} complete="new-password" />
    </Gate>
  );
}
