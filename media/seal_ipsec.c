/* See seal_ipsec.h, and for what the library wants of its callers traps.md. */
#include "media/seal_ipsec.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>

#define LINUX 1                         /* before the include: it decides alignments */
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/rtp.h"

#define HMAC_BLOCK_BYTES 64
#define GCM_TAG_BYTES 16
#define TAG_BYTES 10
#define LIBRARY_TAG_BYTES 12            /* the library refuses 10 */
#define ROC_BYTES 4
#define EXTRA_BYTES 4
#define LINE_BYTES 64
#define BLOCK_BYTES 16
#define ROUND_KEYS 11
#define HASH_BLOCKS 48                  /* powers of the hash key that the library keeps: as many blocks go at once */

struct seal_ipsec {
	uint8_t salt[SEAL_CM_IV_BYTES];
	size_t bytes;                   /* of this block, with the keys that its suite has */
	union {
		struct gcm_key_data gcm;
		struct {
			uint8_t rounds[ROUND_KEYS * BLOCK_BYTES] __attribute__((aligned(16)));
			uint8_t inner[SEAL_AUTH_BYTES]; /* HMAC's SHA-1 states behind the padded keys */
			uint8_t outer[SEAL_AUTH_BYTES];
		} cm;
	};
};

/* What a thread works with. */
struct desk {
	IMB_MGR *library;
	IMB_JOB jobs[SEAL_BURST];
	uint8_t ivs[SEAL_BURST][16];
	uint8_t tags[SEAL_BURST][LIBRARY_TAG_BYTES];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_end;
static bool available;
static __thread struct desk own;

static void desk_close(void *ptr)
{
	struct desk *d = ptr;

	free_mb_mgr(d->library);
	d->library = NULL;
}

/* On a CPU without AES-NI the library leaves its function pointers NULL and the architecture 0. */
static IMB_MGR *library_open(void)
{
	IMB_ARCH arch = IMB_ARCH_NONE;
	IMB_MGR *m = alloc_mb_mgr(0);

	if (!m)
		return NULL;
	init_mb_mgr_auto(m, &arch);
	if (arch != IMB_ARCH_NONE && imb_get_errno(m) == 0 && m->features & IMB_FEATURE_SELF_TEST_PASS)
		return m;
	free_mb_mgr(m);
	return NULL;
}

static void probe(void)
{
	IMB_MGR *m = library_open();

	available = m && pthread_key_create(&at_thread_end, desk_close) == 0;
	if (m)
		free_mb_mgr(m);
}

bool seal_ipsec_available(void)
{
	pthread_once(&once, probe);
	return available;
}

static struct desk *desk_open(void)
{
	own.library = library_open();
	if (own.library && pthread_setspecific(at_thread_end, &own) != 0)
		desk_close(&own);
	return own.library ? &own : NULL;
}

static inline struct desk *desk_own(void)
{
	return own.library ? &own : desk_open();
}

static void hmac_prepare(IMB_MGR *m, struct seal_ipsec *c, const uint8_t key[SEAL_AUTH_BYTES])
{
	uint8_t block[HMAC_BLOCK_BYTES] = { 0 };

	memcpy(block, key, SEAL_AUTH_BYTES);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	IMB_SHA1_ONE_BLOCK(m, block, c->cm.inner);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	IMB_SHA1_ONE_BLOCK(m, block, c->cm.outer);
	OPENSSL_cleanse(block, sizeof(block));
}

static void set_keys(IMB_MGR *m, struct seal_ipsec *c, enum srtp_suite suite, const struct seal_keys *keys)
{
	uint8_t unused[sizeof(c->cm.rounds)] __attribute__((aligned(16)));      /* decryption's: counter mode has no need of it */

	memcpy(c->salt, keys->salt, sizeof(c->salt));
	if (suite == SUITE_AEAD_AES_128_GCM) {
		IMB_AES128_GCM_PRE(m, keys->key, &c->gcm);
		return;
	}
	IMB_AES_KEYEXP_128(m, keys->key, c->cm.rounds, unused);
	hmac_prepare(m, c, keys->auth);
	OPENSSL_cleanse(unused, sizeof(unused));
}

int seal_ipsec_create(struct seal_ipsec **ret, enum srtp_suite suite, const uint8_t *keying, enum seal_label label)
{
	size_t bytes = suite == SUITE_AEAD_AES_128_GCM ? sizeof(struct seal_ipsec) :
	                                                 offsetof(struct seal_ipsec, cm) + sizeof(((struct seal_ipsec *)0)->cm);
	struct desk *d = desk_own();
	struct seal_ipsec *c = d ? mem_zalloc_line(bytes) : NULL;
	struct seal_keys keys;

	if (!c)
		return -ENOMEM;
	c->bytes = bytes;
	if (seal_keys_derive(&keys, suite, keying, label) < 0) {
		seal_keys_done(&keys);
		seal_ipsec_destroy(c);
		return -ENOMEM;
	}
	set_keys(d->library, c, suite, &keys);
	seal_keys_done(&keys);
	*ret = c;
	return 0;
}

struct seal_ipsec *seal_ipsec_destroy(struct seal_ipsec *c)
{
	if (!c)
		return NULL;
	OPENSSL_cleanse(c, c->bytes);
	return mem_free(c);
}

/* What is authenticated only: the header, and behind it RTCP's index word. */
struct clear_part {
	const uint8_t *at;
	size_t bytes;
	uint8_t both[RTP_MAX_PACKET_BYTES + EXTRA_BYTES];
};

static bool join_clear(struct clear_part *ret, const struct seal_packet *p)
{
	ret->at = p->in;
	ret->bytes = p->header_len;
	if (!p->extra)
		return true;
	if (p->header_len > RTP_MAX_PACKET_BYTES)
		return false;
	memcpy(ret->both, p->in, p->header_len);
	memcpy(ret->both + p->header_len, p->extra, EXTRA_BYTES);
	ret->at = ret->both;
	ret->bytes += EXTRA_BYTES;
	return true;
}

bool seal_ipsec_seal(const struct seal_ipsec *c, const struct seal_packet *p, uint8_t *tag)
{
	struct desk *d = desk_own();
	struct gcm_context_data state;
	uint8_t iv[SEAL_GCM_IV_BYTES];
	struct clear_part clear;

	if (!d || !join_clear(&clear, p))
		return false;
	seal_write_iv(iv, sizeof(iv), c->salt, p->ssrc, p->index);
	if (p->out != p->in)
		memcpy(p->out, p->in, p->header_len);
	IMB_AES128_GCM_ENC(d->library, &c->gcm, &state, p->out + p->header_len, p->in + p->header_len, p->body_len, iv, clear.at,
	                   clear.bytes, tag, GCM_TAG_BYTES);
	return true;
}

bool seal_ipsec_open(const struct seal_ipsec *c, const struct seal_packet *p, const uint8_t *tag)
{
	struct desk *d = desk_own();
	struct gcm_context_data state;
	uint8_t iv[SEAL_GCM_IV_BYTES], expected[GCM_TAG_BYTES];
	struct clear_part clear;

	if (!d || !join_clear(&clear, p))
		return false;
	seal_write_iv(iv, sizeof(iv), c->salt, p->ssrc, p->index);
	if (p->out != p->in)
		memcpy(p->out, p->in, p->header_len);
	IMB_AES128_GCM_DEC(d->library, &c->gcm, &state, p->out + p->header_len, p->in + p->header_len, p->body_len, iv, clear.at,
	                   clear.bytes, expected, sizeof(expected));
	return CRYPTO_memcmp(expected, tag, sizeof(expected)) == 0;
}

/* Counter mode refuses an empty body: such packets have only a tag. */
static bool encrypt(struct desk *d, const struct seal_ipsec_job *const *jobs, size_t n)
{
	uint32_t m = 0;

	for (size_t i = 0; i < n; i++) {
		const struct seal_packet *p = &jobs[i]->packet;
		IMB_JOB *j = &d->jobs[m];

		if (p->out != p->in)
			memcpy(p->out, p->in, p->header_len);
		if (p->body_len == 0)
			continue;
		seal_write_iv(d->ivs[m], SEAL_CM_IV_BYTES, jobs[i]->cipher->salt, p->ssrc, p->index);
		j->enc_keys = j->dec_keys = jobs[i]->cipher->cm.rounds;
		j->key_len_in_bytes = SEAL_KEY_BYTES;
		j->src = p->in;
		j->dst = p->out + p->header_len;
		j->cipher_start_src_offset_in_bytes = p->header_len;
		j->msg_len_to_cipher_in_bytes = p->body_len;
		j->iv = d->ivs[m];
		j->iv_len_in_bytes = sizeof(d->ivs[m]);
		j->status = IMB_STATUS_BEING_PROCESSED;
		m++;
	}
	return m == 0 ||
	       IMB_SUBMIT_CIPHER_BURST(d->library, d->jobs, m, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES) == m;
}

/* The tag covers the rollover counter behind the packet, which is not sent (RFC 3711 §4.2): the tag takes its place. */
static bool authenticate(struct desk *d, const struct seal_ipsec_job *const *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct seal_packet *p = &jobs[i]->packet;
		size_t len = p->header_len + p->body_len;
		IMB_JOB *j = &d->jobs[i];

		memcpy(p->out + len, p->extra, ROC_BYTES);
		j->src = p->out;
		j->hash_start_src_offset_in_bytes = 0;
		j->msg_len_to_hash_in_bytes = len + ROC_BYTES;
		j->auth_tag_output = d->tags[i];
		j->auth_tag_output_len_in_bytes = LIBRARY_TAG_BYTES;
		j->u.HMAC._hashed_auth_key_xor_ipad = jobs[i]->cipher->cm.inner;
		j->u.HMAC._hashed_auth_key_xor_opad = jobs[i]->cipher->cm.outer;
		j->status = IMB_STATUS_BEING_PROCESSED;
	}
	if (IMB_SUBMIT_HASH_BURST(d->library, d->jobs, (uint32_t)n, IMB_AUTH_HMAC_SHA_1) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		memcpy(jobs[i]->packet.out + jobs[i]->packet.header_len + jobs[i]->packet.body_len, d->tags[i], TAG_BYTES);
	return true;
}

bool seal_ipsec_burst(const struct seal_ipsec_job *const *jobs, size_t n)
{
	struct desk *d = desk_own();

	return d && encrypt(d, jobs, n) && authenticate(d, jobs, n);
}

static void prefetch(const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += LINE_BYTES)
		__builtin_prefetch((const char *)from + i);
}

/* Nothing of `c` is read: it may be in no cache itself. GCM's powers lie from the highest down; few blocks take only the last. */
void seal_ipsec_prefetch(const struct seal_ipsec *c, bool gcm, size_t bytes)
{
	const uint8_t *powers = c->gcm.ghash_keys.vaes_avx512.shifted_hkey;
	size_t want = MIN(bytes / BLOCK_BYTES + 2, (size_t)HASH_BLOCKS) * BLOCK_BYTES;

	if (!gcm) {
		prefetch(c, offsetof(struct seal_ipsec, cm) + sizeof(c->cm));
		return;
	}
	prefetch(c, offsetof(struct seal_ipsec, gcm) + ROUND_KEYS * BLOCK_BYTES);
	prefetch(powers + HASH_BLOCKS * BLOCK_BYTES - want, want);
}
