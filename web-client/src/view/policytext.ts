// What rows say that name a rule and its value, as the audit log and the history do.
import type { Words } from "../i18n/words";
import type { Lang } from "../model/prefs";
import type { InBoth } from "../protocol/records";

export function inLang(text: InBoth, lang: Lang): string {
  return lang === "en" ? text.en : text.zh;
}

/** The value of any rule: days, a switch, or one of its choices. */
export function ruleValueText({ policy }: Words["records"], value: string): string {
  if (/^\d+$/.test(value)) return policy.days(Number(value));
  if (value === "on") return policy.on;
  return policy.choices[value] ?? value;
}
