// The choices of picture coding as rows of a menu: of the own seat, or of another by its host.
import type { Words } from "../i18n/words";
import { PICTURE_CODING_VALUES } from "../protocol/messages";
import type { PictureCoding } from "../protocol/messages";
import type { MenuRow } from "./parts";

export function codingRows(words: Words, choice: PictureCoding, choose: (coding: PictureCoding) => void): readonly MenuRow[] {
  return [
    { kind: "title", label: words.coding.title },
    ...PICTURE_CODING_VALUES.map((coding): MenuRow => ({ kind: "act", label: words.coding.choices[coding], checked: choice === coding, act: () => choose(coding) })),
  ];
}
