// The records over REST: organisations, persons, grants, policy, the audit log, sign-ins. Shapes as openapi.json has them.
import type { GrantRole } from "./http";
import { address, Rest } from "./rest";
import type { Versioned } from "./rest";

export type { Versioned } from "./rest";
export type { GrantRole } from "./http";

export const ORG_KINDS = ["city", "county", "township", "committee", "general_branch", "branch", "group", "station", "joint", "network", "other"] as const;
export type OrgKind = (typeof ORG_KINDS)[number];
export const PERSON_KINDS = ["member", "staff", "talent", "guest"] as const;
export type PersonKind = (typeof PERSON_KINDS)[number];
export const GRANT_ROLES: readonly GrantRole[] = ["administrator", "leader", "inspector", "expert", "member"];

export type Act =
  | "org.view" | "org.create" | "org.rename" | "org.move" | "org.merge" | "org.close" | "person.view" | "person.contact" | "person.create" | "person.update"
  | "person.transfer" | "person.merge" | "person.erase" | "person.export" | "membership.set" | "post.set" | "category.set" | "grant.view" | "grant.give" | "grant.end"
  | "policy.view" | "policy.set" | "import.run" | "import.profile" | "audit.view" | "audit.export" | "session.view" | "session.end" | "device.pair" | "device.end" | "link.make"
  | "account.set" | "room.plan" | "watch" | "webhook.set"
  | "class.plan" | "class.cancel" | "class.roster" | "class.answer" | "class.leave" | "class.leave_decide" | "class.expert" | "class.minutes" | "class.seal"
  | "appeal.write" | "appeal.decide" | "rule.set" | "report.view" | "report.export"
  | "class.check" | "finding.view" | "finding.write" | "finding.answer" | "notice.view";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
  /** Of persons: organisations that show theirs to nobody above. */
  readonly closed_orgs?: number;
  readonly total?: number;
}

export interface Org {
  readonly id: number;
  readonly name: string;
  readonly kind: OrgKind;
  readonly code: string;
  readonly phone?: string;
  /** The names from the topmost that the caller sees, joined by " / ". */
  readonly path: string;
  readonly may: readonly Act[];
  readonly parent?: number;
  /** How many are below it and belong to it; not for those who do not see inside. */
  readonly children?: number;
  readonly people?: number;
  readonly closed_ms?: number;
  readonly merged_into?: number;
}

/** What may be changed of one. */
export interface OrgFields {
  readonly name: string;
  readonly kind: OrgKind;
  readonly phone?: string;
}

/** Where something goes, why, and since when if that is entered late. */
export interface Moved {
  readonly to: { readonly id: number };
  readonly why: string;
  readonly from_ms?: number;
}

export interface PersonRow {
  readonly id: number;
  readonly name: string;
  readonly kind: PersonKind;
  readonly posts: readonly string[];
  readonly org?: number;
  readonly org_name?: string;
  readonly main?: boolean;
  readonly left?: boolean;
  readonly card_tail?: string;
}

interface Span {
  readonly id: number;
  readonly from_ms: number;
  readonly to_ms?: number;
}

export interface Membership extends Span {
  readonly org: number;
  readonly org_name: string;
  readonly path: string;
  readonly main: boolean;
}

export interface Post extends Span {
  readonly org: number;
  readonly org_name: string;
  readonly title: string;
}

export interface Category extends Span {
  readonly name: string;
}

export interface Grant extends Span {
  readonly org: number;
  readonly org_name: string;
  readonly role: GrantRole;
  readonly subtree: boolean;
  readonly purpose: string;
  readonly holds: boolean;
  /** Absent where the holder is beyond the caller's sight. */
  readonly person?: number;
  readonly name?: string;
}

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly kind: PersonKind;
  readonly reading: string;
  readonly card_tail: string;
  readonly account: string;
  readonly phone?: string;
  readonly posts: readonly Post[];
  readonly memberships: readonly Membership[];
  readonly categories: readonly Category[];
  readonly grants: readonly Grant[];
  readonly may: readonly Act[];
  readonly left?: boolean;
  readonly merged_into?: number;
  readonly erased?: boolean;
  /** restricted: left long ago, kept only since other records must be. */
  readonly state: "active" | "restricted" | "erased";
  readonly erase_ms?: number;
}

export interface Twins {
  readonly name: string;
  readonly reason: "card" | "phone" | "tail" | "name";
  readonly people: readonly PersonRow[];
}

export interface SignIn {
  readonly id: string;
  readonly device: string;
  readonly created_ms: number;
  readonly expires_ms: number;
  readonly here: boolean;
}

export interface LinkCode {
  readonly code: string;
  readonly expires_ms: number;
}

/** Told once: nobody can ask for it again. */
export interface FirstPassword {
  readonly account: string;
  readonly password: string;
}

export interface Codes {
  readonly items: readonly { readonly person: number; readonly name: string; readonly org: number; readonly org_name: string; readonly account: string; readonly code: string }[];
  readonly expires_ms: number;
  /** How many have a way in already. */
  readonly left_out: number;
}

export interface Found {
  readonly orgs: readonly { readonly id: number; readonly name: string; readonly kind: OrgKind; readonly path: string }[];
  readonly orgs_total: number;
  readonly people: readonly PersonRow[];
  readonly people_total: number;
}

/** What the server says in both languages. */
export interface InBoth {
  readonly zh: string;
  readonly en: string;
}

/** A place where somebody's name stands in what others wrote. */
export interface Mention {
  readonly id: number;
  readonly kind: string;
  readonly time_ms: number;
  readonly org: number;
  readonly org_name: string;
  readonly class?: number;
  readonly act?: string;
}

export interface PolicyItem {
  readonly key: string;
  readonly type: "switch" | "choice" | "days";
  readonly value: string;
  readonly default: string;
  readonly own: string | null;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly more_is_stricter: boolean;
  readonly why: "default" | "own" | "upper" | "stricter_upper";
  readonly org?: number;
  readonly org_name?: string;
  readonly title: InBoth;
  readonly reason: InBoth;
  readonly law: InBoth;
  readonly later?: InBoth; // what the value waits for: nothing of that kind is there yet
}

export interface Webhook {
  readonly id: number;
  readonly url: string;
  /** Kinds by spaces, or "*". */
  readonly events: string;
  readonly created_ms: number;
  readonly waiting?: number;
  readonly dead?: number;
  /** Of the last failure. */
  readonly error?: string;
  /** Only in the reply to its making. */
  readonly secret?: string;
}

export interface DeadEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly time_ms: number;
  readonly attempts: number;
  readonly status: number;
  readonly error: string;
}

export interface RetentionRun {
  readonly started_ms: number;
  readonly finished_ms: number | null;
  readonly removed: Readonly<Record<string, number>>;
}

export interface Policy {
  readonly org: number;
  readonly may_set: boolean;
  readonly items: readonly PolicyItem[];
}

/** What held over time. `what` says how to read text and note: name and kind, title, role and purpose, key and value. */
export interface Past {
  readonly what: "parent" | "name" | "kind" | "membership" | "post" | "category" | "grant" | "policy";
  readonly id: number;
  readonly text: string;
  readonly note: string;
  readonly from_ms: number;
  readonly to_ms?: number;
  readonly org?: number;
  readonly org_name?: string;
  readonly parent_name?: string;
  /** Of a policy: what its key is called. */
  readonly title?: InBoth;
}

export interface AuditRow {
  readonly id: number;
  readonly time_ms: number;
  readonly act: string;
  readonly by?: number;
  readonly by_name?: string;
  readonly role?: string | null;
  readonly org?: number;
  readonly org_name?: string;
  readonly subject?: number;
  readonly subject_name?: string;
  /** Of a policy that was set: what its key is called. */
  readonly title?: InBoth;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly erased?: boolean;
}

export interface AuditFilter {
  readonly act?: string;
  readonly org?: number;
  readonly person?: number;
  readonly from_ms?: number;
  readonly to_ms?: number;
}

export interface PeopleFilter {
  readonly org?: number;
  readonly below?: boolean;
  readonly former?: boolean;
  readonly kind?: PersonKind;
  readonly q?: string;
}

export interface NewPerson {
  readonly name: string;
  readonly kind: PersonKind;
  readonly org: number;
  readonly phone?: string;
  readonly reading?: string;
  readonly post?: string;
  readonly card?: string;
}

export interface NewGrant {
  readonly person: number;
  readonly org: number;
  readonly role: GrantRole;
  readonly subtree: boolean;
  readonly from_ms?: number;
  readonly to_ms?: number;
  readonly purpose: string;
}

const V1 = "/api/v1";
/** As many rows as the server gives at once. */
export const PAGE_ROWS = 500;

export class Records {
  constructor(private readonly rest: Rest) {}

  /** All below one, or the topmost that the caller sees. */
  async orgs(parent?: number): Promise<readonly Org[]> {
    return this.all<Org>((cursor) => address(`${V1}/orgs`, { parent, limit: PAGE_ROWS, cursor }));
  }

  org(id: number): Promise<Versioned<Org>> {
    return this.rest.read(`${V1}/orgs/${id}`);
  }

  createOrg(parent: number, org: OrgFields & { readonly code?: string }): Promise<Org> {
    return this.rest.post(`${V1}/orgs`, { parent, ...org });
  }

  changeOrg(id: number, change: OrgFields, etag: string): Promise<Org> {
    return this.rest.patch(`${V1}/orgs/${id}`, change, etag);
  }

  moveOrg(id: number, { to, ...more }: Moved): Promise<Org | undefined> {
    return this.rest.post(`${V1}/orgs/${id}/move`, { parent: to.id, ...more });
  }

  mergeOrg(id: number, into: number, why: string): Promise<Org | undefined> {
    return this.rest.post(`${V1}/orgs/${id}/merge`, { into, why });
  }

  closeOrg(id: number, why: string): Promise<Org | undefined> {
    return this.rest.post(`${V1}/orgs/${id}/close`, { why });
  }

  devices(org: number): Promise<readonly SignIn[]> {
    return this.items(`${V1}/orgs/${org}/devices`);
  }

  pairDevice(org: number, name: string): Promise<LinkCode> {
    return this.rest.post(`${V1}/orgs/${org}/devices`, { name });
  }

  endDevice(org: number, id: string): Promise<void> {
    return this.rest.post(`${V1}/orgs/${org}/devices/end`, { id });
  }

  search(q: string): Promise<Found> {
    return this.rest.get(address(`${V1}/search`, { q }));
  }

  people(filter: PeopleFilter, cursor?: string, limit = PAGE_ROWS): Promise<Page<PersonRow>> {
    return this.rest.get(address(`${V1}/people`, { ...filter, limit, cursor }));
  }

  twins(org?: number): Promise<readonly Twins[]> {
    return this.items(address(`${V1}/people/twins`, { org }));
  }

  person(id: number): Promise<Versioned<Person>> {
    return this.rest.read(`${V1}/people/${id}`);
  }

  createPerson(person: NewPerson): Promise<Person> {
    return this.rest.post(`${V1}/people`, person);
  }

  updatePerson(id: number, change: Readonly<Record<string, string>>, etag: string): Promise<Person> {
    return this.rest.patch(`${V1}/people/${id}`, change, etag);
  }

  transfer(id: number, { to, ...more }: Moved): Promise<Person | undefined> {
    return this.rest.post(`${V1}/people/${id}/transfer`, { org: to.id, ...more });
  }

  leave(id: number, why: string): Promise<Person | undefined> {
    return this.rest.post(`${V1}/people/${id}/leave`, { why });
  }

  mergePerson(id: number, into: number, why: string): Promise<Person | undefined> {
    return this.rest.post(`${V1}/people/${id}/merge`, { into, why });
  }

  /** Where else the name stands, in what others wrote. */
  mentions(id: number): Promise<readonly Mention[]> {
    return this.all<Mention>((cursor) => address(`${V1}/people/${id}/mentions`, { limit: PAGE_ROWS, cursor }));
  }

  /** There is no way back. `order`: the number of the order. */
  erase(id: number, order: string): Promise<void> {
    return this.rest.post(`${V1}/people/${id}/erase`, { order });
  }

  addMembership(id: number, org: number): Promise<Person> {
    return this.rest.post(`${V1}/people/${id}/memberships`, { org });
  }

  addPost(id: number, org: number, title: string, from_ms?: number): Promise<Person> {
    return this.rest.post(`${V1}/people/${id}/posts`, { org, title, ...(from_ms === undefined ? {} : { from_ms }) });
  }

  addCategory(id: number, name: string): Promise<Person> {
    return this.rest.post(`${V1}/people/${id}/categories`, { name });
  }

  endFact(id: number, kind: "memberships" | "posts" | "categories", fact: number, why: string): Promise<Person | undefined> {
    return this.rest.post(`${V1}/people/${id}/${kind}/${fact}/end`, why ? { why } : {});
  }

  makeLink(id: number, days: number): Promise<LinkCode> {
    return this.rest.post(`${V1}/people/${id}/links`, { days });
  }

  firstPassword(id: number): Promise<FirstPassword> {
    return this.rest.post(`${V1}/people/${id}/password`);
  }

  makeCodes(org: number, days: number, below: boolean): Promise<Codes> {
    return this.rest.post(`${V1}/orgs/${org}/codes`, { days, below });
  }

  personSessions(id: number): Promise<readonly SignIn[]> {
    return this.items(`${V1}/people/${id}/sessions`);
  }

  endPersonSession(id: number, session: string): Promise<void> {
    return this.rest.post(`${V1}/people/${id}/sessions/end`, { id: session });
  }

  endPersonSessions(id: number): Promise<void> {
    return this.rest.post(`${V1}/people/${id}/sessions/end`, { all: true });
  }

  sessions(): Promise<readonly SignIn[]> {
    return this.items(`${V1}/sessions`);
  }

  endSession(id: string): Promise<void> {
    return this.rest.post(`${V1}/sessions/end`, { id });
  }

  /** All but the one that asks. */
  endOtherSessions(): Promise<void> {
    return this.rest.post(`${V1}/sessions/end`, { all: true });
  }

  pairOwn(name: string): Promise<LinkCode> {
    return this.rest.post(`${V1}/sessions/devices`, { name });
  }

  async grants(filter: { readonly org?: number; readonly person?: number; readonly below?: boolean; readonly ended?: boolean }): Promise<readonly Grant[]> {
    return this.all<Grant>((cursor) => address(`${V1}/grants`, { ...filter, limit: PAGE_ROWS, cursor }));
  }

  giveGrant(grant: NewGrant): Promise<Grant | undefined> {
    return this.rest.post(`${V1}/grants`, grant);
  }

  endGrant(id: number, why: string): Promise<void> {
    return this.rest.post(`${V1}/grants/${id}/end`, { why });
  }

  webhooks(org: number): Promise<readonly Webhook[]> {
    return this.items(`${V1}/orgs/${org}/webhooks`);
  }

  addWebhook(org: number, url: string, events: string): Promise<Webhook> {
    return this.rest.post(`${V1}/orgs/${org}/webhooks`, { url, events });
  }

  endWebhook(org: number, id: number, why: string): Promise<object> {
    return this.rest.post(`${V1}/orgs/${org}/webhooks/${id}/end`, { why });
  }

  deadEvents(org: number, id: number): Promise<readonly DeadEvent[]> {
    return this.items(`${V1}/orgs/${org}/webhooks/${id}/dead`);
  }

  replay(org: number, id: number, sequence?: number): Promise<object> {
    return this.rest.post(`${V1}/orgs/${org}/webhooks/${id}/replay`, sequence === undefined ? {} : { sequence });
  }

  /** What was erased there and below since its days were over: the last runs, newest first. */
  retention(org: number): Promise<readonly RetentionRun[]> {
    return this.items(`${V1}/orgs/${org}/retention`);
  }

  policy(org: number): Promise<Policy> {
    return this.rest.get(`${V1}/orgs/${org}/policy`);
  }

  /** `value` null takes the own value away. */
  setPolicy(org: number, key: string, value: string | null, why: string): Promise<Policy> {
    return this.rest.post(`${V1}/orgs/${org}/policy`, { key, value, why });
  }

  history(of: "orgs" | "people", id: number): Promise<readonly Past[]> {
    return this.items(`${V1}/${of}/${id}/history`);
  }

  audit(filter: AuditFilter, cursor?: string): Promise<Page<AuditRow>> {
    return this.rest.get(address(`${V1}/audit`, { ...filter, cursor }));
  }

  /** Where the browser finds the same rows as a table. */
  auditTable(filter: AuditFilter): string {
    return address(`${V1}/audit.csv`, { ...filter });
  }

  private async items<T>(path: string): Promise<readonly T[]> {
    return (await this.rest.get<Page<T>>(path)).items;
  }

  private async all<T>(page: (cursor: string | undefined) => string): Promise<readonly T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const { items, next }: Page<T> = await this.rest.get<Page<T>>(page(cursor));
      found.push(...items);
      cursor = next;
    } while (cursor !== undefined);
    return found;
  }
}
