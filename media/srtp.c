/*
 * See srtp.h. Here are the streams (one per SSRC: index and replay window) and the order of a packet's parts; the ciphers are
 * those of seal_cipher.c, seal_ipsec.c and seal_session.c. A stream is found before the tag is checked and made only behind it.
 */
#include "media/srtp.h"

#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/replay.h"
#include "media/rtp.h"
#include "media/seal_ipsec.h"
#include "media/seal_session.h"
#include "media/srtp_suite.h"

#define RTP_WINDOW_WORDS (1024 / 64)
#define RTCP_WINDOW_WORDS (128 / 64)
#define RTP_SSRC_AT 8
#define RTCP_SSRC_AT 4
#define RTCP_CLEAR_BYTES 8              /* first header and SSRC */
#define RTCP_INDEX_BYTES 4
#define RTCP_ENCRYPTED 0x80000000u      /* E bit of the index word */
#define RTCP_LAST_INDEX 0x7fffffffu
#define RTP_LAST_INDEX ((UINT64_C(1) << 48) - 1)
#define MAX_SEALED_BYTES 65535          /* keeps CM's 16-bit block counter and OpenSSL's int lengths far away */
#define FIRST_TABLE_BITS 3
#define COMPANY (2 * SEAL_BURST)
#define SMALLEST_BURST 4
#define FIRST_STREAMS 4

struct stream {
	uint32_t ssrc;
	struct replay rtp;              /* of ROC‖SEQ, for both directions */
	struct replay rtcp;             /* sealing uses only `newest` */
	uint64_t rtp_bits[RTP_WINDOW_WORDS];
	uint64_t rtcp_bits[RTCP_WINDOW_WORDS];
};

/* Of the table: small, so that a stream is found without looking at another. */
struct place {
	uint32_t ssrc;
	uint32_t at;                    /* of the stream, plus 1; 0: free */
};

struct srtp {
	/* A line of the cache. */
	const struct srtp_suite_facts *suite;
	struct seal_ipsec *ipsec;       /* owned, may be NULL: RTP of GCM, sealing of CM */
	struct seal_ipsec *ipsec_rtcp;  /* owned, may be NULL: GCM */
	struct seal_session *session;   /* owned, may be NULL: all */
	struct stream *streams;         /* owned, in order of their coming */
	struct place *table;            /* open addressing, at most half full: `first`, or owned */
	uint16_t n_streams, room;
	uint16_t last;                  /* found most recently, for packets come in runs */
	uint8_t table_bits;
	/* Another. */
	alignas(CACHE_LINE) struct place first[1 << FIRST_TABLE_BITS];
	struct seal_cipher rtp;         /* set up where none of the above carries it */
	struct seal_cipher rtcp;
};

_Static_assert(offsetof(struct srtp, first) == CACHE_LINE, "foresee_head() fetches two lines");

static int carry_on_libsrtp(struct srtp *s, const uint8_t *keying)
{
	return seal_session_create(&s->session, s->suite->suite, keying);
}

static int carry_on_evp(struct srtp *s, const uint8_t *keying)
{
	int r = seal_cipher_init(&s->rtcp, s->suite->suite, keying, SEAL_LABEL_RTCP);

	return r == 0 ? seal_cipher_init(&s->rtp, s->suite->suite, keying, SEAL_LABEL_RTP) : r;
}

/* CM is opened as it comes, and so is its RTCP, without company for a burst: OpenSSL's. */
static int carry_on_ipsec(struct srtp *s, const uint8_t *keying)
{
	enum srtp_suite suite = s->suite->suite;
	int r = s->suite->gcm ? seal_ipsec_create(&s->ipsec_rtcp, suite, keying, SEAL_LABEL_RTCP) : carry_on_evp(s, keying);

	return r == 0 ? seal_ipsec_create(&s->ipsec, suite, keying, SEAL_LABEL_RTP) : r;
}

static int carry(struct srtp *s, enum srtp_backend b, const uint8_t *keying)
{
	if (s->suite->rare || b == SRTP_BACKEND_LIBSRTP)
		return carry_on_libsrtp(s, keying);
	return b == SRTP_BACKEND_IPSEC_MB ? carry_on_ipsec(s, keying) : carry_on_evp(s, keying);
}

int srtp_keys_create_on(struct srtp **ret, enum srtp_backend b, enum srtp_suite suite, const uint8_t *keying)
{
	const struct srtp_suite_facts *facts = srtp_suite_facts(suite);
	struct srtp *s;
	int r;

	if (!facts)
		return -EINVAL;
	if (b == SRTP_BACKEND_AUTO)
		b = srtp_backend();
	if (b == SRTP_BACKEND_IPSEC_MB && !seal_ipsec_available())
		return -ENOTSUP;
	s = mem_zalloc_line(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->suite = facts;
	s->table = s->first;
	s->table_bits = FIRST_TABLE_BITS;
	r = carry(s, b, keying);
	if (r < 0) {
		srtp_keys_destroy(s);
		return r;
	}
	*ret = s;
	return 0;
}

int srtp_keys_create(struct srtp **ret, enum srtp_suite suite, const uint8_t *keying)
{
	return srtp_keys_create_on(ret, SRTP_BACKEND_AUTO, suite, keying);
}

static void table_free(struct srtp *s)
{
	if (s->table != s->first)
		mem_free(s->table);
}

struct srtp *srtp_keys_destroy(struct srtp *s)
{
	if (!s)
		return NULL;
	mem_free(s->streams);
	table_free(s);
	seal_cipher_done(&s->rtp);
	seal_cipher_done(&s->rtcp);
	seal_ipsec_destroy(s->ipsec);
	seal_ipsec_destroy(s->ipsec_rtcp);
	seal_session_destroy(s->session);
	return mem_free(s);
}

static size_t place_hash(uint32_t ssrc, unsigned bits)
{
	return (ssrc * UINT32_C(0x9e3779b1)) >> (32 - bits);
}

/* The place of `ssrc`, or the empty one where it belongs. The table is never full. */
static struct place *table_place(struct place *table, unsigned bits, uint32_t ssrc)
{
	size_t mask = ((size_t)1 << bits) - 1;
	size_t i = place_hash(ssrc, bits);

	while (table[i].at && table[i].ssrc != ssrc)
		i = (i + 1) & mask;
	return &table[i];
}

static struct stream *stream_find(struct srtp *s, uint32_t ssrc)
{
	const struct place *place;

	if (s->n_streams == 0)
		return NULL;
	if (s->streams[s->last].ssrc == ssrc)
		return &s->streams[s->last];
	place = table_place(s->table, s->table_bits, ssrc);
	if (!place->at)
		return NULL;
	s->last = (uint16_t)(place->at - 1);
	return &s->streams[s->last];
}

static bool table_grow(struct srtp *s)
{
	unsigned bits = s->table_bits + 1u;
	struct place *table = mem_calloc((size_t)1 << bits, sizeof(*table));

	if (!table)
		return false;
	for (unsigned i = 0; i < s->n_streams; i++)
		*table_place(table, bits, s->streams[i].ssrc) = (struct place){ s->streams[i].ssrc, i + 1 };
	table_free(s);
	s->table = table;
	s->table_bits = (uint8_t)bits;
	return true;
}

static bool streams_grow(struct srtp *s)
{
	unsigned room = s->room ? 2u * s->room : FIRST_STREAMS;
	struct stream *bigger = mem_realloc(s->streams, room * sizeof(*bigger));

	if (!bigger)
		return false;
	s->streams = bigger;
	s->room = (uint16_t)room;
	return true;
}

/* Adds a stream that is not there yet; NULL when there is no room or no memory. */
static struct stream *stream_add(struct srtp *s, uint32_t ssrc)
{
	if (s->n_streams >= SRTP_MAX_SSRCS)
		return NULL;
	if (2u * (s->n_streams + 1u) > 1u << s->table_bits && !table_grow(s))
		return NULL;
	if (s->n_streams == s->room && !streams_grow(s))
		return NULL;
	s->streams[s->n_streams] = (struct stream){ .ssrc = ssrc };
	*table_place(s->table, s->table_bits, ssrc) = (struct place){ ssrc, s->n_streams + 1u };
	return &s->streams[s->n_streams++];
}

/* The index that `seq` most likely stands for, RFC 3711 §3.3.1; negative before the first turn of the counter. */
static int64_t estimate_index(const struct stream *st, uint16_t seq)
{
	int64_t roc;
	uint16_t newest;

	if (!st || !st->rtp.started)
		return seq;
	roc = (int64_t)(st->rtp.newest >> 16);
	newest = (uint16_t)st->rtp.newest;
	if (newest < 0x8000 && seq - newest > 0x8000)
		roc--;
	else if (newest >= 0x8000 && newest - 0x8000 > seq)
		roc++;
	return roc * 0x10000 + seq;
}

/* Bytes up to the payload: fixed header, CSRCs, extension block. 0 when they do not fit. */
static size_t rtp_clear_bytes(const uint8_t *in, size_t len)
{
	size_t clear;

	if (len < RTP_HEADER_BYTES || in[0] >> 6 != 2)
		return 0;
	clear = RTP_HEADER_BYTES + (in[0] & 0x0f) * 4u;
	if (in[0] & 0x10) {
		if (len < clear + 4)
			return 0;
		clear += 4 + read_u16(in + clear + 2) * 4u;
	}
	return clear <= len ? clear : 0;
}

/* Packets of CM that wait to be sealed together, sorted by length. Their jobs say already what they say when all goes well. */
struct company {
	size_t n;
	struct seal_ipsec_job work[COMPANY];
	const struct seal_ipsec_job *sorted[COMPANY];
	struct srtp_job *jobs[COMPANY];         /* of work */
	uint8_t roc[COMPANY][4];
};

/* Too few would wait for lanes that stay empty: OpenSSL does those. */
static bool seal_together(struct company *c, size_t from, size_t n)
{
	bool ok = true;

	if (n >= SMALLEST_BURST)
		return seal_ipsec_burst(&c->sorted[from], n);
	for (size_t i = from; i < from + n; i++) {
		const struct seal_packet *p = &c->sorted[i]->packet;

		ok &= seal_cipher_seal(&c->jobs[c->sorted[i] - c->work]->srtp->rtp, p, p->out + p->header_len + p->body_len);
	}
	return ok;
}

static void company_seal(struct company *c)
{
	for (size_t at = 0; at < c->n; at += SEAL_BURST) {
		size_t n = MIN(c->n - at, (size_t)SEAL_BURST);

		if (seal_together(c, at, n))
			continue;
		for (size_t i = at; i < at + n; i++) {
			struct srtp_job *j = c->jobs[c->sorted[i] - c->work];

			j->result = SRTP_NO_ROOM;
			j->out_len = 0;
		}
	}
	c->n = 0;
}

/* `c` has a place free. */
static void company_join(struct company *c, struct srtp_job *j, const struct seal_packet *p)
{
	struct seal_ipsec_job *work = &c->work[c->n];
	size_t at = c->n;

	*work = (struct seal_ipsec_job){ j->srtp->ipsec, *p };
	memcpy(c->roc[c->n], p->extra, sizeof(c->roc[0]));
	work->packet.extra = c->roc[c->n];
	c->jobs[c->n++] = j;
	for (; at > 0 && c->sorted[at - 1]->packet.body_len > p->body_len; at--)
		c->sorted[at] = c->sorted[at - 1];
	c->sorted[at] = work;
}

/* What CM's tag covers behind the packet (RFC 3711 §4.2); GCM has the rollover counter in its IV. */
static const uint8_t *write_roc(const struct srtp *s, uint64_t index, uint8_t roc[4])
{
	write_u32(roc, (uint32_t)(index >> 16));
	return s->suite->gcm ? NULL : roc;
}

static enum srtp_result encrypt_rtp(struct srtp_job *j, const struct seal_packet *p, struct company *company)
{
	struct srtp *s = j->srtp;
	uint8_t *tag = j->out + j->in_len;
	bool ok = true;

	if (s->session)
		return seal_session_seal(s->session, j);
	if (!s->ipsec)
		ok = seal_cipher_seal(&s->rtp, p, tag);
	else if (s->suite->gcm)
		ok = seal_ipsec_seal(s->ipsec, p, tag);
	else
		company_join(company, j, p);
	j->out_len = ok ? j->in_len + s->suite->rtp_tag_bytes : 0;
	return ok ? SRTP_OK : SRTP_NO_ROOM;
}

static enum srtp_result seal_rtp(struct srtp_job *j, struct company *company)
{
	struct srtp *s = j->srtp;
	size_t clear = rtp_clear_bytes(j->in, j->in_len);
	struct stream *st;
	uint8_t roc[4];
	int64_t index;

	if (clear == 0)
		return SRTP_MALFORMED;
	if (j->out_size < j->in_len + s->suite->rtp_tag_bytes)
		return SRTP_NO_ROOM;
	struct seal_packet p = { j->in, j->out, clear, j->in_len - clear, read_u32(j->in + 8), 0, NULL };
	st = stream_find(s, p.ssrc);
	if (!st && !(st = stream_add(s, p.ssrc)))
		return SRTP_NO_ROOM;
	index = estimate_index(st, read_u16(j->in + 2));
	if (index < 0 || (uint64_t)index > RTP_LAST_INDEX ||
	    !replay_is_fresh(&st->rtp, st->rtp_bits, RTP_WINDOW_WORDS, (uint64_t)index))
		return SRTP_REPLAYED;
	replay_take(&st->rtp, st->rtp_bits, RTP_WINDOW_WORDS, (uint64_t)index);
	p.index = (uint64_t)index;
	p.extra = write_roc(s, p.index, roc);
	return encrypt_rtp(j, &p, company);
}

/* Behind GCM's tag stands the index word, before CM's tag (RFC 7714 §9, RFC 3711 §3.4). */
static size_t rtcp_index_at(const struct srtp *s, size_t body_end)
{
	return s->suite->gcm ? body_end + s->suite->rtcp_tag_bytes : body_end;
}

static size_t rtcp_tag_at(const struct srtp *s, size_t body_end)
{
	return s->suite->gcm ? body_end : body_end + RTCP_INDEX_BYTES;
}

static bool encrypt_rtcp(struct srtp *s, const struct seal_packet *p, uint8_t *tag)
{
	return s->ipsec_rtcp ? seal_ipsec_seal(s->ipsec_rtcp, p, tag) : seal_cipher_seal(&s->rtcp, p, tag);
}

static enum srtp_result seal_rtcp(struct srtp_job *j)
{
	struct srtp *s = j->srtp;
	size_t len = j->in_len + RTCP_INDEX_BYTES + s->suite->rtcp_tag_bytes;
	uint8_t word[RTCP_INDEX_BYTES];
	struct stream *st;
	uint64_t index;

	if (j->in_len < RTCP_CLEAR_BYTES || j->in[0] >> 6 != 2)
		return SRTP_MALFORMED;
	if (j->out_size < len)
		return SRTP_NO_ROOM;
	uint32_t ssrc = read_u32(j->in + 4);
	st = stream_find(s, ssrc);
	if (!st && !(st = stream_add(s, ssrc)))
		return SRTP_NO_ROOM;
	index = st->rtcp.started ? st->rtcp.newest + 1 : 0;
	if (index > RTCP_LAST_INDEX)
		return SRTP_REPLAYED;
	st->rtcp = (struct replay) { .started = true, .newest = index };
	if (s->session)
		return seal_session_seal(s->session, j);
	write_u32(word, (uint32_t)index | RTCP_ENCRYPTED);
	struct seal_packet p = { j->in, j->out, RTCP_CLEAR_BYTES, j->in_len - RTCP_CLEAR_BYTES, ssrc, index, word };
	if (!encrypt_rtcp(s, &p, j->out + rtcp_tag_at(s, j->in_len)))
		return SRTP_NO_ROOM;
	memcpy(j->out + rtcp_index_at(s, j->in_len), word, sizeof(word));
	j->out_len = len;
	return SRTP_OK;
}

/* Checks and decrypts; out_len is the caller's to set. */
static enum srtp_result decrypt(struct srtp_job *j, const struct seal_packet *p, const uint8_t *tag)
{
	struct srtp *s = j->srtp;
	const struct seal_ipsec *ipsec = j->rtcp ? s->ipsec_rtcp : s->ipsec;
	bool ok;

	if (s->session)
		return j->out_size < j->in_len ? SRTP_NO_ROOM : seal_session_open(s->session, j);
	if (ipsec && s->suite->gcm)
		ok = seal_ipsec_open(ipsec, p, tag);
	else
		ok = seal_cipher_open(j->rtcp ? &s->rtcp : &s->rtp, p, tag);
	return ok ? SRTP_OK : SRTP_BAD_TAG;
}

static enum srtp_result open_rtp(struct srtp_job *j)
{
	struct srtp *s = j->srtp;
	size_t clear = rtp_clear_bytes(j->in, j->in_len);
	size_t tag = s->suite->rtp_tag_bytes;
	enum srtp_result r;
	struct stream *st;
	uint8_t roc[4];
	int64_t index;

	if (clear == 0 || j->in_len < clear + tag)
		return SRTP_MALFORMED;
	size_t len = j->in_len - tag;
	struct seal_packet p = { j->in, j->out, clear, len - clear, read_u32(j->in + 8), 0, NULL };
	st = stream_find(s, p.ssrc);
	if (j->out_size < len || (!st && s->n_streams >= SRTP_MAX_SSRCS))
		return SRTP_NO_ROOM;
	index = estimate_index(st, read_u16(j->in + 2));
	/* A counter that went below its start: only the first turn can be meant. */
	p.index = index < 0 ? read_u16(j->in + 2) : (uint64_t)index;
	if (p.index > RTP_LAST_INDEX || (st && !replay_is_fresh(&st->rtp, st->rtp_bits, RTP_WINDOW_WORDS, p.index)))
		return SRTP_REPLAYED;
	p.extra = write_roc(s, p.index, roc);
	r = decrypt(j, &p, j->in + len);
	if (r != SRTP_OK)
		return r;
	if (!st && !(st = stream_add(s, p.ssrc)))
		return SRTP_NO_ROOM;
	replay_take(&st->rtp, st->rtp_bits, RTP_WINDOW_WORDS, p.index);
	j->out_len = len;
	return SRTP_OK;
}

static enum srtp_result open_rtcp(struct srtp_job *j)
{
	struct srtp *s = j->srtp;
	size_t trailer = RTCP_INDEX_BYTES + s->suite->rtcp_tag_bytes;
	enum srtp_result r;
	struct stream *st;

	if (j->in_len < RTCP_CLEAR_BYTES + trailer || j->in[0] >> 6 != 2)
		return SRTP_MALFORMED;
	size_t len = j->in_len - trailer;
	const uint8_t *word = j->in + rtcp_index_at(s, len);
	size_t clear = read_u32(word) & RTCP_ENCRYPTED ? RTCP_CLEAR_BYTES : len;
	struct seal_packet p = { j->in, j->out, clear, len - clear, read_u32(j->in + 4), read_u32(word) & RTCP_LAST_INDEX, word };
	st = stream_find(s, p.ssrc);
	if (j->out_size < len || (!st && s->n_streams >= SRTP_MAX_SSRCS))
		return SRTP_NO_ROOM;
	if (st && !replay_is_fresh(&st->rtcp, st->rtcp_bits, RTCP_WINDOW_WORDS, p.index))
		return SRTP_REPLAYED;
	r = decrypt(j, &p, j->in + rtcp_tag_at(s, len));
	if (r != SRTP_OK)
		return r;
	if (!st && !(st = stream_add(s, p.ssrc)))
		return SRTP_NO_ROOM;
	replay_take(&st->rtcp, st->rtcp_bits, RTCP_WINDOW_WORDS, p.index);
	j->out_len = len;
	return SRTP_OK;
}

static enum srtp_result seal_one(struct srtp_job *j, struct company *company)
{
	j->out_len = 0;
	if (j->in_len > MAX_SEALED_BYTES - SRTP_MAX_OVERHEAD)
		return SRTP_MALFORMED;
	return j->rtcp ? seal_rtcp(j) : seal_rtp(j, company);
}

static enum srtp_result open_one(struct srtp_job *j)
{
	j->out_len = 0;
	if (j->in_len > MAX_SEALED_BYTES)
		return SRTP_MALFORMED;
	return j->rtcp ? open_rtcp(j) : open_rtp(j);
}

/*
 * With hundreds of peers nothing of them is in the cache: head, stream and keys are fetched some packets ahead, each step when the one
 * before has arrived. Packets come in runs of one peer, and only the first of them needs to look.
 */
static void foresee_head(const struct srtp *s)
{
	__builtin_prefetch(s);
	__builtin_prefetch(s->first);
}

/* 0: too short for any. */
static uint32_t ssrc_of(const struct srtp_job *j)
{
	return j->in_len < RTP_HEADER_BYTES ? 0 : read_u32(j->in + (j->rtcp ? RTCP_SSRC_AT : RTP_SSRC_AT));
}

static void foresee_stream(const struct srtp_job *j)
{
	const struct srtp *s = j->srtp;
	const struct place *place;
	const struct stream *st;

	place = table_place(s->table, s->table_bits, ssrc_of(j));
	if (!place->at)
		return;
	st = &s->streams[place->at - 1];
	__builtin_prefetch(st);
	if (j->rtcp)
		__builtin_prefetch(st->rtcp_bits);
	else
		__builtin_prefetch(&st->rtp_bits[read_u16(j->in + 2) / 64 % RTP_WINDOW_WORDS]);
}

static void foresee_keys(const struct srtp_job *j)
{
	const struct seal_ipsec *keys = j->rtcp ? j->srtp->ipsec_rtcp : j->srtp->ipsec;

	if (keys)
		seal_ipsec_prefetch(keys, j->srtp->suite->gcm, j->in_len);
}

static bool begins_run(const struct srtp_job *jobs, size_t n, size_t i)
{
	return i < n && (i == 0 || jobs[i].srtp != jobs[i - 1].srtp);
}

static void foresee(const struct srtp_job *jobs, size_t n, size_t i)
{
	if (begins_run(jobs, n, i + 10))
		foresee_head(jobs[i + 10].srtp);
	if (begins_run(jobs, n, i + 6) || (i + 6 < n && ssrc_of(&jobs[i + 6]) != ssrc_of(&jobs[i + 5])))
		foresee_stream(&jobs[i + 6]);
	if (begins_run(jobs, n, i + 2))
		foresee_keys(&jobs[i + 2]);
}

void seal_batch(struct srtp_job *jobs, size_t n)
{
	struct company company;

	company.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (company.n == COMPANY)
			company_seal(&company);
		foresee(jobs, n, i);
		jobs[i].result = seal_one(&jobs[i], &company);
	}
	company_seal(&company);
}

void open_batch(struct srtp_job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		foresee(jobs, n, i);
		jobs[i].result = open_one(&jobs[i]);
		if (jobs[i].result != SRTP_OK)
			jobs[i].out_len = 0;
	}
}
