// A presence check of sites by a superior's hand, and how it goes.
import { useState } from "preact/hooks";
import { clockTime, countdown } from "../i18n/words";
import type { RoomDetail } from "../model/looking";
import { sitesUnder } from "../model/looktree";
import { compareNames } from "../model/roster";
import { fullName } from "../model/wallseats";
import type { LookNode } from "../model/looktree";
import type { LookAnswers } from "../protocol/messages";
import { RequestError } from "../protocol/socket";
import { ActDialog } from "./forms";
import { say } from "./frame";
import { useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";

const MOST_SITES = 200;

interface CheckProps {
  readonly detail: RoomDetail;
  readonly nodes: readonly LookNode[];
}

export function CheckButton({ detail, nodes }: CheckProps) {
  const words = useWords().look;
  const { desk } = useServices();
  const [asked, setAsked] = useState(false);
  const { room } = detail;
  if (!room.may_check || room.class === undefined || room.state !== "open") return null;
  const sites = sitesUnder(nodes).flatMap((n) => (n.site?.state === "here" ? [n.id] : []));
  const missing = sites.length === 0 ? words.check_none : sites.length > MOST_SITES ? words.check_many : undefined;
  const act = async (): Promise<void> => {
    await desk.check(room.class ?? 0, sites).catch((error: unknown) => {
      throw error instanceof RequestError && error.code === "not_now" ? new RequestError("class.not_open") : error;
    });
    say(words.check_sent);
  };
  return (
    <>
      <Button icon="check" onClick={() => setAsked(true)}>{words.check}</Button>
      {asked && (
        <ActDialog title={words.check_title(sites.length)} yes={words.check_yes} onClose={() => setAsked(false)} act={act} {...(missing === undefined ? {} : { missing })}>
          <p class="dialog-text">{words.check_text}</p>
        </ActDialog>
      )}
    </>
  );
}

/** The last check that went to sites in sight. */
export function CheckLine({ detail }: { readonly detail: RoomDetail }) {
  const words = useWords().look;
  const { desk } = useServices();
  useTick(1_000);
  const now = desk.now();
  const { check } = detail;
  if (!check) return null;
  const open = check.state === "open" && check.deadline_ms > now;
  const text = open ? words.check_open(countdown(check.deadline_ms - now), check.answered) : words.check_done(clockTime(check.opened_ms), check.answered);
  return (
    <details class={open ? "look-check open figures" : "look-check figures"}>
      <summary><Icon name="check" size={18} />{text}<Icon name="down" size={18} /></summary>
      <CheckedSites detail={detail} answers={check.sites} text={text} />
    </details>
  );
}

/** How many of those who are there have answered, where most are missing first. */
function CheckedSites({ detail, answers, text }: { readonly detail: RoomDetail; readonly answers: readonly LookAnswers[]; readonly text: string }) {
  const words = useWords().look;
  const rows = answers.flatMap(({ site, answered }) => {
    const one = detail.sites.get(site);
    return one ? [{ site: one, answered, lacks: one.here - answered }] : [];
  });
  if (rows.length === 0) return <p class="pale">{words.check_no_sites}</p>;
  return (
    <ul class="look-checked" tabIndex={0} aria-label={text}>
      {rows.sort((a, b) => b.lacks - a.lacks || compareNames(a.site.name, b.site.name)).map(({ site, answered }) => <li key={site.site}><span>{fullName({ org: detail.orgs.get(site.above ?? 0)?.name ?? "", name: site.name })}</span><span>{words.check_site(answered, site.here)}</span></li>)}
    </ul>
  );
}
