// The class whose room this is, as this seat sees it: the site's code and people, how many are there, and what is asked.
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";
import type { Ask, AskOpenFields, ClassCodeReply, ClassCount, ClassDistrict, ClassPerson, RequestType, ServerEvent } from "../protocol/messages";
import type { Link } from "../protocol/socket";
import { whyOf } from "./refusal";

export interface LessonState {
  /** The site whose seat this is; undefined for others. */
  readonly code?: ClassCodeReply;
  /** At home at the site, or signed in there; by person. */
  readonly people: ReadonlyMap<number, ClassPerson>;
  readonly count?: ClassCount;
  /** To who leads: district by district, in the order of the tree. */
  readonly districts: readonly ClassDistrict[];
  readonly asks: readonly Ask[];
  /** Asks that this site has answered. */
  readonly answered: ReadonlySet<number>;
  /** Persons for whom this site has answered, or who had answered before: by ask. */
  readonly told: ReadonlyMap<number, ReadonlySet<number>>;
}

export type ReadPeople = (class_number: number, site: number) => Promise<readonly ClassPerson[]>;

const NONE: LessonState = { people: new Map(), districts: [], asks: [], answered: new Set(), told: new Map() };
const AGAIN_MS = 3_000;
const SLACK_MS = 100;

export class Lesson {
  readonly state = new Cell<LessonState>(NONE);
  readonly error = new Cell<unknown>(undefined);
  private number: number | undefined;
  private cancel: Undo | undefined;
  /** What events have told while the roster is read. */
  private newer: Map<number, ClassPerson> | undefined;

  constructor(private readonly link: Link, private readonly clock: Clock, private readonly readPeople: ReadPeople) {}

  /** The seat is in the room, again after a restart: what it missed is read anew. */
  enter(number: number | undefined): void {
    this.stop();
    this.number = number;
    this.state.update(({ code: _, ...rest }) => rest);
    if (number === undefined) return;
    void this.renew();
    void this.readAsks();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  onEvent(event: ServerEvent): void {
    if (event.event === "room.changed" && this.state.value.code) void this.readRoster(this.state.value.code); // opening freezes the roster
    if (event.event === "class.people") this.merge(event.people);
    else if (event.event === "class.districts") this.state.update((s) => ({ ...s, districts: event.districts }));
    else if (event.event === "class.count") this.state.update((s) => ({ ...s, count: event.count }));
    else if (event.event === "ask.changed") this.state.update((s) => ({ ...s, asks: withAsk(s.asks, event.ask) }));
  }

  run(act: "class.open" | "class.pause" | "class.resume" | "class.close"): Promise<boolean> {
    return this.attempt(act, {});
  }

  mark(persons: readonly number[], here: boolean): Promise<boolean> {
    return this.attempt("class.mark", { persons, here });
  }

  ask(fields: AskOpenFields): Promise<boolean> {
    return this.attempt("ask.open", fields);
  }

  /** The same where the form tells the refusal and keeps what was typed: throws it. */
  async openAsk(fields: AskOpenFields): Promise<void> {
    await this.link.request("ask.open", fields);
  }

  endAsk(ask: number): Promise<boolean> {
    return this.attempt("ask.close", { ask });
  }

  /** For the site, where sites are asked. */
  async answer(ask: number, choice: readonly number[]): Promise<void> {
    if (await this.attempt("ask.answer", { ask, choice })) this.state.update((s) => ({ ...s, answered: new Set(s.answered).add(ask) }));
  }

  /** For persons who are signed in at this site. Those who have answered before count as told; gives why others were not taken. */
  async answerFor(ask: number, persons: readonly number[], choice: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
    const refused = new Map<number, unknown>();
    for (const person of persons) {
      try {
        await this.link.request("ask.answer", { ask, person, choice });
        this.noteTold(ask, person);
      } catch (error) {
        if (whyOf(error) === "replayed") this.noteTold(ask, person);
        else refused.set(person, error);
        if (["lost", "late", "closed"].includes(whyOf(error))) break;
      }
    }
    return refused;
  }

  private noteTold(ask: number, person: number): void {
    this.state.update((s) => ({ ...s, told: new Map([...s.told, [ask, new Set(s.told.get(ask)).add(person)]]) }));
  }

  private async attempt(type: RequestType, fields: object): Promise<boolean> {
    this.error.set(undefined);
    try {
      await this.link.request(type, fields as never);
      return true;
    } catch (error) {
      this.error.set(error);
      return false;
    }
  }

  /** A code follows the one that runs out. A seat that is no site's is told so once. */
  private async renew(): Promise<void> {
    const number = this.number;
    try {
      const code = await this.link.request("class.code", {});
      if (number !== this.number) return;
      const first = this.state.value.code?.site !== code.site;
      this.state.update((s) => ({ ...s, code }));
      this.cancel = this.clock.after(code.valid_ms + SLACK_MS, () => void this.renew());
      if (first) await this.readRoster(code);
    } catch (error) {
      if (!["class.site", "lost", "not_found"].includes(whyOf(error))) this.cancel = this.clock.after(AGAIN_MS, () => void this.renew()); // lost: entering again begins anew
    }
  }

  /** Events that came meanwhile are newer. */
  private async readRoster(code: ClassCodeReply): Promise<void> {
    const newer = new Map<number, ClassPerson>();
    this.newer = newer;
    try {
      const read = await this.readPeople(code.class, code.site);
      if (this.newer === newer) this.state.update((s) => ({ ...s, people: new Map([...read.map((p) => [p.person, p] as const), ...newer]) }));
    } catch (error) {
      this.error.set(error);
    }
  }

  private merge(people: readonly ClassPerson[]): void {
    for (const p of people) this.newer?.set(p.person, p);
    this.state.update((s) => ({ ...s, people: new Map([...s.people, ...people.map((p) => [p.person, p] as const)]) }));
  }

  private async readAsks(): Promise<void> {
    try {
      const { asks } = await this.link.request("ask.list", {});
      this.state.update((s) => ({ ...s, asks: s.asks.reduce(withAsk, asks) }));
    } catch {
      return; // lost: entering again reads them
    }
  }
}

function withAsk(asks: readonly Ask[], ask: Ask): readonly Ask[] {
  return [...asks.filter((a) => a.ask !== ask.ask), ask].sort((a, b) => a.ask - b.ask);
}

/** Who is signed in at the site and who is not, each in order of names. */
export function atSite(state: LessonState): { readonly here: readonly ClassPerson[]; readonly missing: readonly ClassPerson[] } {
  const site = state.code?.site;
  const all = [...state.people.values()].sort((a, b) => a.name.localeCompare(b.name, "zh-CN"));
  return { here: all.filter((p) => p.site === site), missing: all.filter((p) => p.site === 0 && p.home === site && p.leave !== "granted") };
}
