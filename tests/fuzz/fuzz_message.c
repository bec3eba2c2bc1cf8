/* Requests of /ws from outside: what is taken has the shape that handlers rely on, what is refused says why. */
#include <stdlib.h>
#include <string.h>

#include "signaling/long_string.h"
#include "signaling/message.h"
#include "signaling/resume.h"
#include "signaling/token.h"
#include "tests/fuzz/must.h"


static void check_taken(struct message *m)
{
	struct refusal why;

	MUST(m->id >= 1 && m->id <= MESSAGE_MAX_ID);
	MUST(m->request && message_check(m->request->fields, m->body, &why) == 0);
	for (size_t i = 0; i < m->request->fields->n; i++) {
		const struct wire_field *f = &m->request->fields->fields[i];
		const char *s = f->kind == WIRE_STRING ? message_string(m, f->name) : NULL;

		MUST(!s || (int64_t)strlen(s) <= f->max);
		MUST(f->kind != WIRE_STRING || f->optional || s);
		MUST(f->kind != WIRE_ENUM || f->optional || message_enum(m, f->name, f->enumeration) >= 0);
	}
}

/* By either way the same comes out. */
static void check_cut(const uint8_t *data, size_t size)
{
	struct long_string sdp;
	json_t *whole, *left;

	if (long_string_cut(&sdp, (const char *)data, size, "sdp") < 0)
		return;
	whole = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	left = json_loadb(sdp.text, sdp.text_len, JSON_REJECT_DUPLICATES, NULL);
	MUST(!whole == !left);
	MUST(!left || json_is_object(left));
	if (left)
		json_object_set_new(left, "sdp", json_stringn(sdp.value, sdp.value_len));
	MUST(!whole || json_equal(whole, left));
	json_decref(whole);
	json_decref(left);
	long_string_done(&sdp);
}

/* The two texts that clients give back to us. */
static void check_tokens(const uint8_t *data, size_t size)
{
	static const uint8_t key[TOKEN_KEY_BYTES] = { 1 };
	char *text = malloc(size + 1);
	struct resume_claim claim;
	struct token token;

	memcpy(text, data, size);
	text[size] = 0;
	MUST(resume_read(&claim, text, key) < 0);
	if (size < TOKEN_MAX_BYTES)
		token_read(&token, text, key, 1);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct refusal why;
	struct message m;
	int r = message_parse(&m, (const char *)data, size, &why);

	MUST((r == 0) == (why.code == WIRE_OK));
	MUST(why.code < WIRE_ERRORS && memchr(why.field, 0, sizeof(why.field)));
	MUST(r == 0 || !m.body);
	if (r == 0)
		check_taken(&m);
	message_done(&m);
	check_cut(data, size);
	check_tokens(data, size);
	return 0;
}
