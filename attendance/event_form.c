/* See event_form.h. The table, and what is made of it. */
#include "attendance/event_form.h"

#include <string.h>

#include "media/base/macros.h"

/*
 * ROW(kind without EVENT_, fields of the payload, whose days it is kept). A new kind has its row here and its line in docs/export.md.
 * Types: text, int, bool, object, any; texts, ints, objects are arrays; `?`: may be missing. Words in KEEP are policy keys without POLICY_.
 */
#define FORMS(ROW) \
	ROW(SERVER_STARTED, "", EVENT_KEPT) \
	ROW(SERVER_STOPPED, "", EVENT_KEPT) \
	ROW(FORGOTTEN_AGAIN, "", EVENT_KEPT) \
	ROW(ROOM_OPENED, "title:text org:text epoch:text lobby?:bool", EVENT_KEPT) \
	ROW(ROOM_ENDED, "", EVENT_KEPT) \
	ROW(ROOM_LOCKED, "locked:bool", EVENT_KEPT) \
	ROW(ROOM_MUTED, "self_unmute:bool", EVENT_KEPT) \
	ROW(ROOM_UNMUTED, "", EVENT_KEPT) \
	ROW(SOURCE_RULED, "source:text rule:text role?:text org?:int subtree?:bool", EVENT_KEPT) \
	ROW(SEAT_JOINED, "key:text via?:text name:text org:text role:text granted:text kind:text on:texts site?:int person?:text orgs?:ints acting?:bool link?:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_AWAY, "", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_RETURNED, "", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_LEFT, "reason:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEATS_ALIVE, "seats:texts", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_ROLE, "role:text acting?:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_BLOCKED, "source:text blocked:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SEAT_REMOVED, "", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SOURCE_CHANGED, "source:text on:bool by_host:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(CHAT, "id:int name:text text:text to?:text", POLICY_KEEP_CHAT_DAYS) \
	ROW(HAND_RAISED, "name:text org:text site?:int speaker?:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(HAND_LOWERED, "", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(FLOOR_GIVEN, "name:text org:text site?:int speaker?:text span_s:int", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(FLOOR_EXTENDED, "span_s:int", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(FLOOR_ENDED, "reason:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(STAGE_CHANGED, "on:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(SPOTLIGHT_CHANGED, "on:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(ACT, "act:text account:int grant:int org:int subject:int facts?:text notices?:text detail?:object", POLICY_KEEP_AUDIT_DAYS) \
	ROW(CLASS_PLANNED, "class:int org:int title:text kind:text campaign:text way:text subject:text start_ms:int end_ms:int zone:text target:any subtree:bool agenda:objects hosts:ints", EVENT_KEPT) \
	ROW(CLASS_CANCELLED, "why:text", EVENT_KEPT) \
	ROW(SITES_INVITED, "sites:ints", EVENT_KEPT) \
	ROW(SITE_ANSWERED, "site:int answer:text why?:text", EVENT_KEPT) \
	ROW(LEAVE_ASKED, "person:text site:int why:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(LEAVE_DECIDED, "person:text granted:bool why?:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(ROSTER_FROZEN, "version:int site:int persons:texts last:bool why?:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(RULE_CHOSEN, "rule:object org:int version:int", EVENT_KEPT) \
	ROW(EXPERT_INVITED, "expert:int name:text from_ms:int until_ms:int hash:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(EXPERT_REVOKED, "expert:int why:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(CLASS_OPENED, "", EVENT_KEPT) \
	ROW(CLASS_PAUSED, "", EVENT_KEPT) \
	ROW(CLASS_RESUMED, "", EVENT_KEPT) \
	ROW(CLASS_CLOSED, "", EVENT_KEPT) \
	ROW(PERSON_SIGNED_IN, "person:text site:int grade:text by:text seat?:text shared?:bool late?:bool together?:bool", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(PERSON_SIGNED_OUT, "person:text site:int by:text", POLICY_KEEP_PRESENCE_DAYS) \
	ROW(ASK_OPENED, "ask:int kind:text audience:text prompt:text options:texts most?:int right?:ints deadline_ms:int sites?:ints hour?:int", EVENT_KEPT) \
	ROW(ASK_ANSWERED, "ask:int person?:text site:int choice:ints grade:text by:text", POLICY_KEEP_ANSWERS_DAYS) \
	ROW(ASK_REFUSED, "ask:int person?:text site?:int why:text", POLICY_KEEP_ANSWERS_DAYS) \
	ROW(ASK_CLOSED, "ask:int by:text refused?:int", EVENT_KEPT) \
	ROW(BALLOT_COUNTED, "ask:int votes:ints voters:int unanimous:bool spoiled?:int", EVENT_KEPT) \
	ROW(BALLOT_VOID, "ask:int why:text", EVENT_KEPT) \
	ROW(ABSENTEES_NOTED, "site:int absent:int unproved:int expected:int", EVENT_KEPT) \
	ROW(FINDING_WRITTEN, "finding:int site:int org:int text:text look_ms:int", POLICY_KEEP_FINDINGS_DAYS) \
	ROW(FINDING_ANSWERED, "finding:int site:int text:text", POLICY_KEEP_FINDINGS_DAYS) \
	ROW(RESULT, "rule_version:int began_us:int day:text window_s:int day_cap:int year_cap:int rows:objects last:bool", POLICY_KEEP_CREDIT_DAYS) \
	ROW(CREDIT_POSTED, "entry:int person:text home:int year:int subject:text kind:text milli_hours:int counted_s:int day:text reason:text reverses?:int appeal?:int", POLICY_KEEP_CREDIT_DAYS) \
	ROW(APPEAL_WRITTEN, "appeal:int person:text entry?:int text:text", POLICY_KEEP_CREDIT_DAYS) \
	ROW(APPEAL_DECIDED, "appeal:int granted:bool text:text milli_hours?:int counted_s?:int", POLICY_KEEP_CREDIT_DAYS) \
	ROW(MINUTES_WRITTEN, "version:int last:bool text:object", POLICY_KEEP_CREDIT_DAYS) \
	ROW(MINUTES_SEALED, "version:int hash:text", EVENT_KEPT)

enum {
#define NUMBER(kind, fields, keep) FORM_##kind,
	FORMS(NUMBER)
};

static const struct event_form forms[] = {
#define TABLE(kind, fields, keep) { EVENT_##kind, #kind, fields, keep },
	FORMS(TABLE)
};

static const struct {
	const char *word, *schema;
} types[EVENT_FIELD_TYPES] = {
	[EVENT_TEXT] = { "text", "{\"type\":\"string\"}" },
	[EVENT_TEXTS] = { "texts", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
	[EVENT_INT] = { "int", "{\"type\":\"integer\"}" },
	[EVENT_INTS] = { "ints", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}" },
	[EVENT_BOOL] = { "bool", "{\"type\":\"boolean\"}" },
	[EVENT_OBJECT] = { "object", "{\"type\":\"object\"}" },
	[EVENT_OBJECTS] = { "objects", "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}" },
	[EVENT_ANY] = { "any", "true" },
};

/* No default: -Wswitch finds the kind that has no row. */
const struct event_form *event_form(enum event_kind kind)
{
	switch (kind) {
#define CASE(kind, fields, keep) case EVENT_##kind: return &forms[FORM_##kind];
	FORMS(CASE)
	}
	return NULL;
}

const struct event_form *event_form_next(const struct event_form *after)
{
	if (!after)
		return forms;
	return after + 1 < forms + ARRAY_LEN(forms) ? after + 1 : NULL;
}

static bool parse_type(enum event_field_type *ret, const char *word, size_t len)
{
	for (int i = 0; i < EVENT_FIELD_TYPES; i++)
		if (strlen(types[i].word) == len && memcmp(types[i].word, word, len) == 0) {
			*ret = (enum event_field_type)i;
			return true;
		}
	return false;
}

bool event_field_next(const char **at, struct event_field *ret)
{
	const char *name = *at + strspn(*at, " ");
	size_t len = strcspn(name, "?:");
	const char *word = name + len;

	if (!*name || len >= EVENT_FIELD_BYTES)
		return false;
	*ret = (struct event_field){ .optional = *word == '?' };
	memcpy(ret->name, name, len);
	word += ret->optional;
	if (*word++ != ':' || !parse_type(&ret->type, word, strcspn(word, " ")))
		return false;
	*at = word + strcspn(word, " ");
	return true;
}

/* ---- the schema ---- */

static void write_required(FILE *out, const char *fields)
{
	const char *comma = "";
	struct event_field f;

	fputs("\"required\":[", out);
	while (event_field_next(&fields, &f)) {
		if (f.optional)
			continue;
		fprintf(out, "%s\"%s\"", comma, f.name);
		comma = ",";
	}
	fputs("]", out);
}

static void write_payload(FILE *out, const char *fields)
{
	const char *at = fields, *comma = "";
	struct event_field f;

	fputs("{\"type\":[\"object\",\"null\"],\"properties\":{", out);
	while (event_field_next(&at, &f)) {
		fprintf(out, "%s\"%s\":%s", comma, f.name, types[f.type].schema);
		comma = ",";
	}
	fputs("},", out);
	write_required(out, fields);
	fputs(",\"additionalProperties\":false}", out);
}

static const char schema_head[] =
	"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
	"\"title\":\"One line of huitang export --format jsonl\",\n\"type\":\"object\",\n"
	"\"required\":[\"version\",\"sequence\",\"kind\",\"number\",\"wall_us\",\"boot_us\",\"boot_id\",\"room\",\"seat\",\"actor\",\"previous\",\"commitment\",\"hash\","
	"\"erased\",\"key\",\"payload\"],\n\"additionalProperties\":false,\n"
	"\"$defs\":{\"hex32\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}},\n"
	"\"properties\":{\"version\":{\"const\":1},\"sequence\":{\"type\":\"integer\",\"minimum\":1},\"number\":{\"type\":\"integer\"},\n"
	"\"wall_us\":{\"type\":\"integer\"},\"boot_us\":{\"type\":\"integer\",\"minimum\":0},\"boot_id\":{\"type\":\"string\"},\n"
	"\"room\":{\"type\":\"string\"},\"seat\":{\"type\":\"string\"},\"actor\":{\"type\":\"string\"},\n"
	"\"previous\":{\"$ref\":\"#/$defs/hex32\"},\"commitment\":{\"$ref\":\"#/$defs/hex32\"},\"hash\":{\"$ref\":\"#/$defs/hex32\"},\n"
	"\"erased\":{\"type\":\"boolean\"},\"key\":{\"anyOf\":[{\"$ref\":\"#/$defs/hex32\"},{\"type\":\"null\"}]},\"payload\":{\"type\":[\"object\",\"null\"]},\n"
	"\"kind\":{\"enum\":[";
static const char schema_erased[] =
	"{\"if\":{\"properties\":{\"erased\":{\"const\":true}}},\"then\":{\"properties\":{\"key\":{\"type\":\"null\"},\"payload\":{\"type\":\"null\"}}},"
	"\"else\":{\"properties\":{\"key\":{\"type\":\"string\"},\"payload\":{\"type\":\"object\"}}}}";

void event_form_write_schema(FILE *out)
{
	const struct event_form *f = NULL;

	fputs(schema_head, out);
	while ((f = event_form_next(f)))
		fprintf(out, "%s\"%s\"", f == forms ? "" : ",", f->name);
	fprintf(out, "]}},\n\"allOf\":[%s", schema_erased);
	while ((f = event_form_next(f))) {
		fprintf(out, ",\n{\"if\":{\"properties\":{\"kind\":{\"const\":\"%s\"}}},\"then\":{\"properties\":{\"number\":{\"const\":%d},\"payload\":", f->name, f->kind);
		write_payload(out, f->fields);
		fputs("}}}", out);
	}
	fputs("]}\n", out);
}
