// The notices at the foot of the page, read aloud by a polite live region.
import type { Words } from "../i18n/words";
import type { NoticeItem, Notices } from "../model/notices";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import type { IconName } from "./icons";
import { Button } from "./parts";

function textOf(item: NoticeItem, words: Words): string {
  switch (item.kind) {
    case "muted_by_host":
    case "camera_stopped_by_host":
    case "screen_stopped_by_host":
    case "unmute_allowed":
    case "line_set_by_host":
      return words.notices[item.kind](item.by);
    case "rule_set":
      return words.floor.notices.rule_set(item.count);
    case "acting_host":
    case "floor_given":
    case "floor_ended":
    case "on_stage":
    case "off_stage":
    case "spotlit":
      return words.floor.notices[item.kind];
    case "role_changed":
      return words.notices.role_changed(item.role ? words.roles[item.role] : "");
    case "muted_all":
      return words.notices.muted_all(item.count, item.self_unmute);
    case "coding_lacking":
      return words.coding.lacking(item.count);
    case "coding_lean":
      return words.coding.lean;
    case "coding_unable":
      return words.coding.unable;
    case "line":
      return words.quality.sentences[item.judgement];
    case "failure":
      return words.failures[item.failure.kind].title;
    default:
      return words.notices[item.kind];
  }
}

const SIGN: Readonly<Partial<Record<NoticeItem["kind"], readonly [IconName, string]>>> = {
  line: ["pulse", "notice warn"],
  failure: ["alert", "notice bad"], device_lost: ["alert", "notice warn"], muted_by_host: ["mic_off", "notice warn"],
  camera_stopped_by_host: ["camera_off", "notice warn"], screen_stopped_by_host: ["screen", "notice warn"],
  line_narrow: ["pulse", "notice warn"], line_wide: ["pulse", "notice good"], line_set_by_host: ["pulse", "notice"],
  coding_lean: ["camera", "notice good"], coding_lacking: ["camera", "notice"], coding_unable: ["camera", "notice warn"],
  talking_muted: ["mic_off", "notice warn"], muted_all: ["mic_off", "notice"], unmute_allowed: ["mic", "notice good"],
  acting_host: ["crown", "notice warn"], floor_given: ["hand", "notice good"], floor_ended: ["mic_off", "notice"], on_stage: ["stage", "notice good"], off_stage: ["stage", "notice"],
  spotlit: ["broadcast", "notice good"], rule_set: ["shield", "notice"],
  back: ["check", "notice good"], link_copied: ["check", "notice good"], locked: ["lock", "notice"], unlocked: ["unlock", "notice"],
};

export function NoticeList({ notices }: { readonly notices: Notices }) {
  const words = useWords();
  const items = useCell(notices.items);
  return (
    <div class="notices" role="region" aria-live="polite" aria-label={words.notices.region}>
      {items.map((item) => {
        const [icon, names] = SIGN[item.kind] ?? (["info", "notice"] as const);
        return (
          <div key={item.id} class={names} data-notice={item.kind}>
            <Icon name={icon} />
            <div>
              {textOf(item, words)}
              {item.kind === "failure" && <p class="notice-help">{words.failures[item.failure.kind].help} {words.support_code(item.failure.code)}</p>}
            </div>
            {item.undo && <Button onClick={item.undo}>{words.notices.undo}</Button>}
          </div>
        );
      })}
    </div>
  );
}
