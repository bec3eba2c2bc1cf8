// Why the REST API refuses an act on records, beside what every request may meet. Each has its words in i18n.
export const RECORD_CODES = [
  "bad_message", "forbidden", "not_found", "conflict", "changed", "closed", "name_taken", "code_taken", "too_deep", "too_early", "in_circle", "has_children", "has_members", "has_rooms",
  "main_membership", "own_grant", "last_administrator", "holds_grants", "has_left", "erased", "card_taken", "card_key_missing", "card.empty", "card.short", "card.long",
  "card.characters", "card.rounded", "card.date", "card.check", "policy.unknown", "policy.range", "policy.laxer", "policy.ranking", "link_unknown", "password_short", "password_is_login",
  "must_change_password", "wrong_password", "too_many", "key_reused",
  "class.past", "class.ends_first", "class.long", "class.far", "class.kind", "class.way", "class.text", "class.zone", "class.agenda", "class.hosts", "class.cancelled",
  "class.not_planned", "class.not_open", "class.closed", "class.not_closed", "class.sealed", "class.no_minutes", "class.site", "class.person", "class.already", "class.frozen",
  "class.not_signed_in", "class.code", "class.early", "class.missed", "class.expert_link", "class.expert_early", "class.experts",
  "appeal.text", "appeal.no_result", "appeal.waiting", "appeal.often", "appeal.own", "appeal.decided", "appeal.amount", "rule.member", "class.unfrozen",
  "finding.answered", "finding.many",
] as const;

export type RecordCode = (typeof RECORD_CODES)[number];
