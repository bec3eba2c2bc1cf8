/* See sdp_field.h. */
#include "media/sdp_field.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "media/base/macros.h"

const char sdp_unknown_hash[] = "the fingerprint's hash is not sha-256, sha-384 or sha-512";

bool span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && memcmp(s.data, word, s.len) == 0;
}

bool span_is_nocase(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

struct span span_cut(struct span *rest, char sep)
{
	struct span head = *rest;
	const char *at = rest->len ? memchr(rest->data, sep, rest->len) : NULL;

	if (!at) {
		rest->len = 0;
		return head;
	}
	head.len = (size_t)(at - rest->data);
	*rest = span_of(at + 1, rest->len - head.len - 1);
	return head;
}

struct span span_word(struct span *rest)
{
	while (rest->len && rest->data[0] == ' ')
		*rest = span_of(rest->data + 1, rest->len - 1);
	return span_cut(rest, ' ');
}

bool span_number(struct span s, uint32_t max, uint32_t *ret)
{
	uint64_t v = 0;

	if (!s.len || s.len > 10)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.data[i] - '0');
	}
	if (v > max)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool span_copy(struct span s, char *ret, size_t size)
{
	if (s.len >= size)
		return false;
	if (s.len)
		memcpy(ret, s.data, s.len);
	ret[s.len] = 0;
	return true;
}

bool span_has_word(struct span list, struct span word)
{
	while (word.len && list.len)
		if (span_equal(span_word(&list), word))
			return true;
	return false;
}

static bool has_control_character(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.data[i] < 0x20 && s.data[i] != '\t') || s.data[i] == 0x7f)
			return true;
	return false;
}

static int bad_line(struct sdp_lines *l, const char *reason)
{
	l->reason = reason;
	return -EBADMSG;
}

int sdp_next_line(struct sdp_lines *l, char *ret_type, struct span *ret_value)
{
	struct span s;

	do {
		if (!l->rest.len)
			return 0;
		s = span_cut(&l->rest, '\n');
		l->line++;
		if (s.len && s.data[s.len - 1] == '\r')
			s.len--;
		if (l->line > SDP_MAX_LINES)
			return bad_line(l, "too many lines");
		if (s.len > SDP_MAX_LINE_BYTES)
			return bad_line(l, "a line is too long");
	} while (!s.len);
	if (has_control_character(s))
		return bad_line(l, "a control character");
	if (s.len < 2 || s.data[0] < 'a' || s.data[0] > 'z' || s.data[1] != '=')
		return bad_line(l, "not a line of SDP");
	*ret_type = s.data[0];
	*ret_value = span_of(s.data + 2, s.len - 2);
	return 1;
}

void sdp_split_attribute(struct span attribute, struct span *ret_name, struct span *ret_value)
{
	*ret_name = span_cut(&attribute, ':');
	*ret_value = attribute;
}

/* ice-char of RFC 8839 §5.4 */
static bool is_ice_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
			return false;
	}
	return true;
}

const char *sdp_parse_ufrag(struct ice_credentials *ret, struct span value)
{
	if (value.len < 4 || value.len >= ICE_UFRAG_BYTES || !is_ice_text(value))
		return "ice-ufrag is not 4 to 32 characters of ICE";
	span_copy(value, ret->ufrag, sizeof(ret->ufrag));
	return NULL;
}

const char *sdp_parse_pwd(struct ice_credentials *ret, struct span value)
{
	if (value.len < 22 || value.len >= ICE_PWD_BYTES || !is_ice_text(value))
		return "ice-pwd is not 22 to 64 characters of ICE";
	span_copy(value, ret->pwd, sizeof(ret->pwd));
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_digest(struct fingerprint *f, struct span hex)
{
	if (hex.len != (size_t)f->len * 3 - 1)
		return false;
	for (size_t i = 0; i < f->len; i++) {
		int high = hex_digit(hex.data[i * 3]), low = hex_digit(hex.data[i * 3 + 1]);

		if (high < 0 || low < 0 || (i + 1 < f->len && hex.data[i * 3 + 2] != ':'))
			return false;
		f->digest[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

const char *sdp_parse_fingerprint(struct fingerprint *ret, struct span value)
{
	static const struct { const char *name; enum fingerprint_hash hash; uint8_t len; } hashes[] = {
		{ "sha-256", FINGERPRINT_SHA256, 32 }, { "sha-384", FINGERPRINT_SHA384, 48 }, { "sha-512", FINGERPRINT_SHA512, 64 },
	};
	struct span name = span_word(&value), hex = span_word(&value);
	struct fingerprint f = { 0 };

	if (!name.len || !hex.len)
		return "the fingerprint is empty";
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++)
		if (span_is_nocase(name, hashes[i].name)) {
			f.hash = hashes[i].hash;
			f.len = hashes[i].len;
		}
	if (f.hash == FINGERPRINT_NONE)
		return sdp_unknown_hash;
	if (value.len || !parse_digest(&f, hex))
		return "the fingerprint is not the hex digits of its hash";
	*ret = f;
	return NULL;
}

/* token-char of RFC 4566 §9 */
static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= 0x20 || s.data[i] >= 0x7f || strchr("\"(),/:;<=>?@[\\]", s.data[i]))
			return false;
	return s.len > 0;
}

const char *sdp_parse_mid(char ret[MID_BYTES], struct span value)
{
	if (!is_token(value))
		return "a mid is not a token";
	if (value.len >= MID_BYTES)
		return "a mid is longer than 16 characters";
	span_copy(value, ret, MID_BYTES);
	return NULL;
}

static const char *const direction_names[] = {
	[SDP_NO_DIRECTION] = "", [SDP_SENDRECV] = "sendrecv", [SDP_SENDONLY] = "sendonly", [SDP_RECVONLY] = "recvonly",
	[SDP_INACTIVE] = "inactive",
};

enum sdp_direction sdp_direction_of(struct span name)
{
	for (size_t i = 1; i < ARRAY_LEN(direction_names); i++)
		if (span_is(name, direction_names[i]))
			return (enum sdp_direction)i;
	return SDP_NO_DIRECTION;
}

const char *sdp_direction_name(enum sdp_direction d)
{
	return direction_names[d];
}

const char *sdp_parse_extmap(struct sdp_extmap *ret, struct span value)
{
	struct span head = span_word(&value), uri = span_word(&value);
	struct span id = span_cut(&head, '/');
	struct sdp_extmap e = { .uri = uri, .direction = sdp_direction_of(head) };

	if (!span_number(id, 4351, &e.id) || !e.id || !uri.len || (head.len && e.direction == SDP_NO_DIRECTION))
		return "an extmap is malformed";
	*ret = e;
	return NULL;
}
