// The words of a roster that is changed by hand, in English.
import type { zhRoster } from "./zhroster";
import type { Open } from "./zh";

export const enRoster: Open<typeof zhRoster> = {
  changed: (why) => `changed by hand: ${why}`,
  add: "Add a person",
  add_title: "Put somebody on the roster",
  add_text: "Who is added counts as expected from the opening. The roster becomes a new version, with the reason.",
  person: "Whom",
  choose: "Please choose a person.",
  where: "Expected at",
  where_own: "The own branch",
  where_hint: "Only for somebody whose branch was not invited",
  add_yes: "Add",
  added: "Put on the roster",
  remove: "Take off the roster",
  remove_title: (name) => `Take ${name} off the roster?`,
  remove_text: "Whoever is taken off is not expected and not in the rates; sign-ins stay on record.",
  remove_yes: "Take off",
  removed: "Taken off the roster",
  unfrozen: "The roster is fixed by itself shortly before the class begins, and can be changed from then on.",
};
