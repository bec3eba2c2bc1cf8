/* See sdp_simulcast.h. */
#include "media/sdp_simulcast.h"

#include "media/base/macros.h"

/* rid-id of RFC 8851 §10; RFC 8852 §3.3 leaves 16 bytes of it in a one-byte header extension. */
static bool is_rid(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return s.len > 0 && s.len < RID_BYTES;
}

static enum sdp_direction direction_of(struct span word)
{
	if (span_is(word, "send"))
		return SDP_SENDONLY;
	return span_is(word, "recv") ? SDP_RECVONLY : SDP_NO_DIRECTION;
}

const char *sdp_parse_rid(struct sdp_rid *ret, struct span value)
{
	struct sdp_rid r = { .id = span_word(&value) };

	r.direction = direction_of(span_word(&value));
	if (!is_rid(r.id))
		return "a rid is not 1 to 16 letters, digits, - or _";
	if (r.direction == SDP_NO_DIRECTION)
		return "a rid is neither send nor recv";
	*ret = r;
	return NULL;
}

static bool holds(const struct sdp_rid_list *list, struct span id)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_equal(list->ids[i], id))
			return true;
	return false;
}

static const char *read_list(struct sdp_rid_list *ret, struct span list)
{
	while (list.len) {
		struct span stream = span_cut(&list, ';');

		if (!stream.len)
			return "a=simulcast is malformed";
		while (stream.len) {
			struct span id = span_cut(&stream, ',');

			if (id.len && id.data[0] == '~')
				id = span_of(id.data + 1, id.len - 1);
			if (!is_rid(id))
				return "a=simulcast is malformed";
			if (holds(ret, id))
				return "a=simulcast names a rid twice";
			if (ret->n == SDP_MAX_RIDS)
				return "a=simulcast names too many rids";
			ret->ids[ret->n++] = id;
		}
	}
	return ret->n ? NULL : "a=simulcast is malformed";
}

const char *sdp_parse_simulcast(struct sdp_rid_list *ret, struct span value, enum sdp_direction wanted)
{
	struct sdp_rid_list lists[2] = { 0 };

	while (value.len) {
		enum sdp_direction d = direction_of(span_word(&value));
		struct sdp_rid_list *list = &lists[d == wanted];
		const char *why;

		if (d == SDP_NO_DIRECTION)
			return "a=simulcast is malformed";
		if (list->n)
			return "a=simulcast has a direction twice";
		why = read_list(list, span_word(&value));
		if (why)
			return why;
	}
	if (!lists[0].n && !lists[1].n)
		return "a=simulcast is malformed";
	*ret = lists[1];
	return NULL;
}

/* The place of a name in a set, lowest first; -1 when it is not of the set. */
static int place_in(const char *const set[], struct span name)
{
	for (int i = 0; i < MAX_LAYERS; i++)
		if (span_is_nocase(name, set[i]))
			return i;
	return -1;
}

static bool all_in(const char *const set[], const struct sdp_rid_list *rids)
{
	for (size_t i = 0; i < rids->n; i++)
		if (place_in(set, rids->ids[i]) < 0)
			return false;
	return true;
}

static void sort_by(const char *const set[], struct sdp_rid_list *rids)
{
	for (size_t i = 1; i < rids->n; i++)
		for (size_t k = i; k > 0 && place_in(set, rids->ids[k]) < place_in(set, rids->ids[k - 1]); k--) {
			struct span other = rids->ids[k];

			rids->ids[k] = rids->ids[k - 1];
			rids->ids[k - 1] = other;
		}
}

void sdp_order_rids(struct sdp_rid_list *rids)
{
	static const char *const sets[][MAX_LAYERS] = {
		{ "q", "h", "f" }, { "l", "m", "h" }, { "s", "m", "l" }, { "lo", "mid", "hi" }, { "low", "mid", "high" },
		{ "low", "medium", "high" }, { "quarter", "half", "full" }, { "2", "1", "0" }, { "3", "2", "1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		if (all_in(sets[i], rids)) {
			sort_by(sets[i], rids);
			return;
		}
}
