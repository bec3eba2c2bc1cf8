/*
 * Any datagram on the media port: which kind it is, and that without integrity nothing is answered, let in or finished. Then the
 * same bytes as attributes of a check that is signed rightly: whatever they are, a reply has its form and goes to its asker.
 */
#include <arpa/inet.h>
#include <openssl/hmac.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/datagram.h"
#include "media/dtls.h"
#include "media/gate.h"
#include "media/ice.h"
#include "media/rtp.h"
#include "tests/fuzz/must.h"

#define HEADER_BYTES 20

static struct gate *gate;
static struct ice *ice;
static struct dtls_context *context;
static struct ice_credentials ours = { "oursours", "password-of-24-chars----" };
static struct gate_pass pass;
static const struct sockaddr_storage asker = { .ss_family = AF_INET };

static void *find(void *user, const char *ufrag, size_t len, const char **ret_pwd)
{
	(void)user;
	return gate_find_ufrag(gate, ufrag, len, ret_pwd);
}

static void prepare(void)
{
	static struct certificate *cert;

	if (gate)
		return;
	MUST(gate_create(&gate) == 0 && gate_add_ufrag(gate, &ours, &pass) == 0 && ice_create(&ice, find, NULL) == 0);
	MUST(certificate_create(&cert) == 0 && dtls_context_create(&context, cert) == 0);
}

static void discard(void *user, const uint8_t *data, size_t len)
{
	(void)user;
	(void)data;
	MUST(len <= RTP_MAX_PACKET_BYTES);
}

static void check_dtls(const uint8_t *data, size_t size)
{
	struct dtls *d;

	MUST(dtls_create(&d, context, discard, NULL) == 0);
	if (dtls_admits(d, data, size))
		MUST(dtls_receive(d, data, size) <= DTLS_SHAKING);
	if (dtls_admits(d, data, size))
		MUST(dtls_receive(d, data, size) <= DTLS_SHAKING);
	dtls_destroy(d);
}

static enum ice_verdict check_stun(const uint8_t *data, size_t size)
{
	struct ice_check check;
	enum ice_verdict verdict = ice_receive(ice, &check, data, size, (const struct sockaddr *)&asker, sizeof(struct sockaddr_in));

	MUST(gate_find_address(gate, &asker) == NULL);
	if (verdict != ICE_ANSWER && verdict != ICE_CONFLICT)
		return verdict;
	MUST(check.owner == &pass && check.pwd == ours.pwd);
	MUST(check.reply_len >= HEADER_BYTES && check.reply_len <= sizeof(check.reply));
	MUST(read_u16(check.reply) == (verdict == ICE_ANSWER ? 0x0101 : 0x0111));
	MUST(read_u16(check.reply + 2) + (size_t)HEADER_BYTES == check.reply_len);
	MUST(memcmp(check.reply + 4, data + 4, 16) == 0);
	return verdict;
}

static uint32_t crc32_of(const uint8_t *data, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* MESSAGE-INTEGRITY and FINGERPRINT, RFC 5389 §15.4, §15.5. */
static size_t sign(uint8_t *msg, size_t len)
{
	write_u16(msg + 2, (uint16_t)(len + 24 - HEADER_BYTES));
	write_u32(msg + len, 0x00080014);
	HMAC(EVP_sha1(), ours.pwd, (int)strlen(ours.pwd), msg, len, msg + len + 4, NULL);
	len += 24;
	write_u16(msg + 2, (uint16_t)(len + 8 - HEADER_BYTES));
	write_u32(msg + len, 0x80280004);
	write_u32(msg + len + 4, crc32_of(msg, len) ^ 0x5354554e);
	return len + 8;
}

static void check_signed(const uint8_t *data, size_t size)
{
	static const uint8_t start[] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		                         0, 6, 0, 13, 'o', 'u', 'r', 's', 'o', 'u', 'r', 's', ':', 'p', 'e', 'e', 'r', 0, 0, 0 };
	uint8_t msg[RTP_MAX_PACKET_BYTES];
	size_t len = sizeof(start), more = MIN(size, 1400) & ~(size_t)3;

	memcpy(msg, start, len);
	if (more > 0)
		memcpy(msg + len, data, more);
	len = sign(msg, len + more);
	if (more == 0)
		MUST(check_stun(msg, len) == ICE_ANSWER);
	else
		check_stun(msg, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	prepare();
	switch (datagram_kind(data, size)) {
	case DATAGRAM_STUN:
		check_stun(data, size);
		break;
	case DATAGRAM_DTLS:
		check_dtls(data, size);
		break;
	case DATAGRAM_SRTP:
	case DATAGRAM_SRTCP:
		MUST(data[0] >> 6 == 2 && size <= RTP_MAX_PACKET_BYTES);
		break;
	case DATAGRAM_OVERSIZE:
		MUST(size > RTP_MAX_PACKET_BYTES);
		break;
	case DATAGRAM_UNKNOWN:
		break;
	}
	check_signed(data, size);
	return 0;
}
