// The bell in the frame: what is new for the organisations that one acts for.
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import type { Words } from "../i18n/words";
import type { Desk } from "../model/desk";
import { looksDown } from "../model/sections";
import type { Account } from "../protocol/http";
import type { OrgNotice } from "../protocol/messages";
import { useCell, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Link } from "./link";
import { Button } from "./parts";

/** To a branch it is a request, to those above it is news. */
export function noticeText(words: Words["look"]["notice"], n: OrgNotice, above: boolean): string {
  switch (n.kind) {
    case "absentees":
      return words.absentees(n.site_name ?? n.org_name, n.absent ?? 0, n.expected ?? 0);
    case "absentees_below":
      return words.absentees_below(n.sites ?? 0, n.absent ?? 0);
    case "finding_written":
      return words[above ? "finding_written_below" : "finding_written"](n.site_name ?? n.org_name);
    case "finding_answered":
      return words.finding_answered(n.site_name ?? n.org_name);
    default:
      return words.other((n as OrgNotice).org_name); // of a newer server
  }
}

/** Where a notice leads. */
export function noticePath(n: OrgNotice, who: Account): string {
  if (n.kind === "finding_written" || n.kind === "finding_answered") return "/findings";
  if (n.kind === "absentees_below" && n.class !== undefined && looksDown(who)) return `/look/class-${n.class}?tab=absent`;
  return n.class === undefined ? "/notices" : `/class/${n.class}`;
}

/** Calls when a notice came that was not there before. */
export function useNewNotices(desk: Desk, act: () => Promise<void>): void {
  const newest = useCell(desk.notices).list[0]?.id;
  const known = useRef(newest);
  useEffect(() => {
    if (known.current !== undefined && newest !== undefined && newest !== known.current) void act();
    known.current = newest;
  }, [newest, act]);
}

export function Bell({ who }: { readonly who: Account }) {
  const words = useWords().look;
  const { desk } = useServices();
  const { unread, list } = useCell(desk.notices);
  const [open, setOpen] = useState(false);
  const host = useRef<HTMLSpanElement>(null);
  useEffect(() => desk.useNotices(), [desk]);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (!host.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    host.current?.querySelector("button")?.focus();
  };
  return (
    <span ref={host} class="bell" onKeyDown={onKeyDown}>
      <button type="button" class="icon-button" aria-expanded={open} aria-label={unread > 0 ? words.notices_unread(unread) : words.notices} title={words.notices} data-unread={unread} onClick={() => setOpen(!open)}>
        <Icon name="bell" />
        {unread > 0 && <span class="bell-count figures" aria-hidden="true">{unread > 99 ? "99+" : unread}</span>}
      </button>
      {open && (
        <div class="bell-sheet" role="dialog" aria-label={words.notices}>
          <div class="bell-head"><h2>{words.notices}</h2>{unread > 0 && <ReadAll upto={list[0]?.id ?? 0} />}</div>
          {list.length === 0 ? <p class="bell-none">{words.notices_none}</p> : <ul class="bell-list">{list.slice(0, 8).map((n) => <NoticeRow key={n.id} notice={n} who={who} onFollow={() => setOpen(false)} />)}</ul>}
          <p class="bell-all"><Link to="/notices" class="text-link">{words.notices_all}</Link></p>
        </div>
      )}
    </span>
  );
}

export function ReadAll({ upto, onDone }: { readonly upto: number; readonly onDone?: () => void }) {
  const words = useWords().look;
  const { desk, look } = useServices();
  const act = async (): Promise<void> => {
    desk.onRead(await look.read(upto));
    onDone?.();
  };
  return <Button kind="quiet" onClick={() => void act().catch(() => undefined)}>{words.notices_read}</Button>; // refused: they stay unread, and the bell says so
}

export function NoticeRow({ notice, who, onFollow }: { readonly notice: OrgNotice; readonly who: Account; readonly onFollow?: () => void }) {
  const words = useWords().look;
  const { lang } = usePrefs();
  return (
    <li class={notice.read ? "notice-row" : "notice-row unread"} data-kind={notice.kind} onClick={onFollow}>
      <Link to={noticePath(notice, who)} class="notice-link">
        {!notice.read && <span class="notice-dot"><span class="sr">{words.unread}</span></span>}
        <span class="notice-text">{noticeText(words.notice, notice, looksDown(who))}</span>
        <span class="notice-more figures">{[notice.class_title, dateTime(notice.at_ms, lang)].filter(Boolean).join(" · ")}</span>
      </Link>
    </li>
  );
}
