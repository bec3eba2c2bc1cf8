// Minutes as they are read and written: who was where, and what two people wrote at once.
import type { Minutes, MinutesEdit, MinutesNumbers, MinutesPerson, Speech } from "../protocol/minutes";

/** Of those expected without leave, how many came; undefined where nobody was expected. */
export function attendanceRate({ expected, present, leave }: MinutesNumbers): number | undefined {
  return expected > leave ? present / (expected - leave) : undefined;
}

export interface NamesOf {
  readonly place: string;
  readonly names: readonly string[];
}

/** Those persons by their home, in the order of the sites; who is known no more is counted by `unknown`. */
export function namesByHome(minutes: Minutes, persons: readonly MinutesPerson[], unknown: string): readonly NamesOf[] {
  const places = new Map<number, { place: string; names: string[] }>(minutes.sites.map(({ site, name }) => [site, { place: name, names: [] }]));
  for (const person of persons) {
    const at = places.get(person.home ?? 0) ?? { place: person.home_name ?? "", names: [] };
    at.names.push(person.name || unknown);
    places.set(person.home ?? 0, at);
  }
  return [...places.values()].filter(({ names }) => names.length > 0);
}

export function editOf(minutes: Minutes): MinutesEdit {
  const { place, recorder, notes, speeches, conclusion } = minutes;
  return { place, recorder, notes: minutes.agenda.map((_, n) => notes[n] ?? ""), speeches, conclusion };
}

/** As it is sent: without what is empty at the ends. */
export function tidied(edit: MinutesEdit): MinutesEdit {
  const notes = edit.notes.map((note) => note.trim());
  while (notes.at(-1) === "") notes.pop();
  const speeches = edit.speeches.map(({ speaker, text }) => ({ speaker: speaker.trim(), text: text.trim() })).filter(({ speaker, text }) => speaker || text);
  return { place: edit.place.trim(), recorder: edit.recorder.trim(), notes, speeches, conclusion: edit.conclusion.trim() };
}

export function sameEdit(a: MinutesEdit, b: MinutesEdit): boolean {
  return JSON.stringify(tidied(a)) === JSON.stringify(tidied(b));
}

/** What somebody else wrote since `base`, where that is neither what was there nor what stands in `own`: by the place of the field, "notes.2" for lists. */
export function theirsOf(base: MinutesEdit, theirs: MinutesEdit, own: MinutesEdit): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const compare = (field: string, before: string, after: string, mine: string): void => {
    if (after !== before && after !== mine) found.set(field, after);
  };
  compare("place", base.place, theirs.place, own.place);
  compare("recorder", base.recorder, theirs.recorder, own.recorder);
  compare("conclusion", base.conclusion, theirs.conclusion, own.conclusion);
  theirs.notes.forEach((note, n) => compare(`notes.${n}`, base.notes[n] ?? "", note, own.notes[n] ?? ""));
  return found;
}

/** Speeches of somebody else that the own list has not: to be taken over by hand, since lists have no order of their own. */
export function speechesOnlyOf(theirs: MinutesEdit, own: MinutesEdit): readonly Speech[] {
  const known = new Set(own.speeches.map(({ speaker, text }) => `${speaker}\n${text}`));
  return theirs.speeches.filter(({ speaker, text }) => !known.has(`${speaker}\n${text}`));
}

/** Own fields that were not touched follow what somebody else wrote. */
export function followed(base: MinutesEdit, theirs: MinutesEdit, own: MinutesEdit): MinutesEdit {
  const take = (before: string, after: string, mine: string): string => (mine === before ? after : mine);
  const untouched = JSON.stringify(own.speeches) === JSON.stringify(base.speeches);
  return {
    place: take(base.place, theirs.place, own.place), recorder: take(base.recorder, theirs.recorder, own.recorder), conclusion: take(base.conclusion, theirs.conclusion, own.conclusion),
    notes: theirs.notes.map((note, n) => take(base.notes[n] ?? "", note, own.notes[n] ?? "")), speeches: untouched ? theirs.speeches : own.speeches,
  };
}
