/* See sdp_text.h. */
#include "media/sdp_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "media/base/address.h"
#include "media/base/mem.h"

#define TEXT_FIRST_BYTES 4096

static bool text_reserve(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : TEXT_FIRST_BYTES;
	char *data;

	while (size < t->len + more)
		size *= 2;
	if (size == t->size)
		return true;
	data = mem_realloc(t->data, size);
	if (!data) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->size = size;
	return true;
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list args, again;
	int n;

	if (t->failed)
		return;
	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(t->data ? t->data + t->len : NULL, t->size - t->len, fmt, args);
	if (n >= 0 && (size_t)n + 1 > t->size - t->len && text_reserve(t, (size_t)n + 1))
		vsnprintf(t->data + t->len, t->size - t->len, fmt, again);
	va_end(again);
	va_end(args);
	if (n < 0)
		t->failed = true;
	if (!t->failed)
		t->len += (size_t)n;
}

void text_repeat(struct text *t, size_t at, size_t len)
{
	if (t->failed || !text_reserve(t, len + 1))
		return;
	memcpy(t->data + t->len, t->data + at, len);
	t->len += len;
	t->data[t->len] = 0;
}

char *text_take(struct text *t)
{
	char *data = t->data;

	if (t->failed)
		data = mem_free(data);
	*t = (struct text){ 0 };
	return data;
}

void sdp_write_session(struct text *t, const struct sdp_local *local)
{
	text_printf(t, "v=0\r\no=- %" PRIu64 " %" PRIu32 " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n",
	            local->session_id, local->session_version);
}

static const char *hash_name(enum fingerprint_hash hash)
{
	static const char *const names[] = { [FINGERPRINT_SHA256] = "sha-256", [FINGERPRINT_SHA384] = "sha-384",
		                             [FINGERPRINT_SHA512] = "sha-512" };

	return names[hash];
}

void sdp_write_transport(struct text *t, const struct sdp_local *local, const char *setup)
{
	const struct fingerprint *f = &local->fingerprint;

	text_printf(t, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:%s ", local->ice.ufrag, local->ice.pwd,
	            hash_name(f->hash));
	for (size_t i = 0; i < f->len; i++)
		text_printf(t, i ? ":%02X" : "%02X", f->digest[i]);
	text_printf(t, "\r\na=setup:%s\r\n", setup);
}

/* RFC 8445 §5.1.2.1: host candidates, type preference 126; the first listed is the preferred one. */
static uint32_t udp_priority(size_t index)
{
	return 126u << 24 | (uint32_t)(65535 - index) << 8 | 255;
}

/* RFC 6544 §4.2: below all UDP; direction preference 4 for a passive host candidate. */
static uint32_t tcp_priority(size_t index)
{
	return 90u << 24 | (4u << 13 | (uint32_t)(8191 - index)) << 8 | 255;
}

static void write_candidate(struct text *t, size_t foundation, bool tcp, uint32_t priority, const struct sockaddr_storage *a)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
	char ip[INET6_ADDRSTRLEN] = "";

	inet_ntop(a->ss_family, a->ss_family == AF_INET6 ? (const void *)&v6->sin6_addr : &v4->sin_addr, ip, sizeof(ip));
	/* Lower-case "udp": ffmpeg looks for it so. */
	text_printf(t, "a=candidate:%zu 1 %s %" PRIu32 " %s %u typ host%s\r\n", foundation, tcp ? "tcp" : "udp", priority, ip, address_port(a),
	            tcp ? " tcptype passive" : "");
}

void sdp_write_candidates(struct text *t, const struct sdp_local *local)
{
	size_t n = local->n_candidates;

	for (size_t i = 0; i < n; i++)
		write_candidate(t, i + 1, false, udp_priority(i), &local->candidates[i]);
	for (size_t i = 0; local->tcp && i < n; i++)
		write_candidate(t, n + i + 1, true, tcp_priority(i), &local->candidates[i]);
	text_printf(t, "a=end-of-candidates\r\n");
}

void sdp_write_sent(struct text *t, const char *cname, const struct slot_cfg *slot, const char *stream, const char *track)
{
	text_printf(t, "a=msid:%s %s\r\n", stream, track);
	if (slot->rtx_ssrc)
		text_printf(t, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", slot->ssrc, slot->rtx_ssrc);
	text_printf(t, "a=ssrc:%" PRIu32 " cname:%s\r\n", slot->ssrc, cname);
	if (slot->rtx_ssrc)
		text_printf(t, "a=ssrc:%" PRIu32 " cname:%s\r\n", slot->rtx_ssrc, cname);
}

int sdp_local_check(const struct sdp_local *local, bool names_streams)
{
	const struct fingerprint *f = &local->fingerprint;

	if (!local->ice.ufrag[0] || !local->ice.pwd[0] || (names_streams && (!local->cname || !local->cname[0])))
		return -EINVAL;
	if (f->hash < FINGERPRINT_SHA256 || f->hash > FINGERPRINT_SHA512 || !f->len || f->len > FINGERPRINT_BYTES)
		return -EINVAL;
	if (local->n_candidates > SDP_MAX_CANDIDATES || local->session_id >> 63)
		return -EINVAL;
	for (size_t i = 0; i < local->n_candidates; i++)
		if (local->candidates[i].ss_family != AF_INET && local->candidates[i].ss_family != AF_INET6)
			return -EINVAL;
	return 0;
}
