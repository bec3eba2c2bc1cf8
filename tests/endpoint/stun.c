/* Attributes in the order that the RFC wants: integrity behind the others, fingerprint last. */
#include "stun.h"

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "bytes.h"

#define COOKIE 0x2112a442

static void set_length(uint8_t *out, size_t n)
{
	put16(out + 2, (uint32_t)(n - 20));
}

static size_t add(uint8_t *out, size_t n, uint16_t type, const void *data, size_t len)
{
	put16(out + n, type);
	put16(out + n + 2, (uint32_t)len);
	memset(out + n + 4, 0, (len + 3) & ~(size_t)3);
	if (len)
		memcpy(out + n + 4, data, len);
	return n + 4 + ((len + 3) & ~(size_t)3);
}

static uint32_t crc32_of(const uint8_t *d, size_t len)
{
	uint32_t c = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		c ^= d[i];
		for (int b = 0; b < 8; b++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
	}
	return ~c;
}

static size_t add_integrity(uint8_t *out, size_t n, const char *password)
{
	uint8_t mac[20];

	set_length(out, n + 24);
	HMAC(EVP_sha1(), password, (int)strlen(password), out, n, mac, NULL);
	return add(out, n, 0x0008, mac, sizeof(mac));
}

static size_t add_fingerprint(uint8_t *out, size_t n)
{
	uint8_t crc[4];

	set_length(out, n + 8);
	put32(crc, crc32_of(out, n) ^ 0x5354554e);
	return add(out, n, 0x8028, crc, 4);
}

size_t stun_write(uint8_t out[STUN_BYTES], const struct stun_request *r)
{
	uint8_t value[8];
	size_t n = 20;

	put16(out, r->indication ? 0x0011 : 0x0001);
	put32(out + 4, COOKIE);
	for (int i = 8; i < 20; i += 4)
		put32(out + i, g_random_int());
	if (r->username)
		n = add(out, n, 0x0006, r->username, strlen(r->username));
	put32(value, 0x6e0001ff);
	n = add(out, n, 0x0024, value, 4);
	put64(value, (uint64_t)g_random_int() << 32 | g_random_int());
	n = add(out, n, r->controlled ? 0x8029 : 0x802a, value, 8);
	if (r->use_candidate)
		n = add(out, n, 0x0025, NULL, 0);
	if (r->password)
		n = add_integrity(out, n, r->password);
	if (!r->no_fingerprint)
		n = add_fingerprint(out, n);
	set_length(out, n);
	if (r->truncated)
		put16(out + n - 6, 400);
	return n;
}

size_t stun_write_success(uint8_t out[STUN_BYTES], const uint8_t *request, const struct sockaddr_in *from, const char *password)
{
	uint8_t mapped[8] = { 0, 1 };
	size_t n = 20;

	put16(out, 0x0101);
	memcpy(out + 4, request + 4, 16);
	put16(mapped + 2, (uint32_t)(ntohs(from->sin_port) ^ COOKIE >> 16));
	put32(mapped + 4, ntohl(from->sin_addr.s_addr) ^ COOKIE);
	n = add(out, n, 0x0020, mapped, sizeof(mapped));
	n = add_integrity(out, n, password);
	n = add_fingerprint(out, n);
	set_length(out, n);
	return n;
}

/* Where an attribute's head stands; 0 when it is not there or the message is not whole. */
static size_t find(const uint8_t *data, size_t len, uint16_t type)
{
	for (size_t at = 20; at + 4 <= len; at += 4 + ((get16(data + at + 2) + 3u) & ~3u))
		if (get16(data + at) == type && at + 4 + get16(data + at + 2) <= len)
			return at;
	return 0;
}

bool stun_is_authentic(const uint8_t *data, size_t len, const char *password)
{
	size_t at = stun_is_stun(data, len) && len <= STUN_BYTES ? find(data, len, 0x0008) : 0;
	uint8_t copy[STUN_BYTES], mac[20];

	if (!at || get16(data + at + 2) != sizeof(mac))
		return false;
	memcpy(copy, data, at);
	set_length(copy, at + 24);
	HMAC(EVP_sha1(), password, (int)strlen(password), copy, at, mac, NULL);
	return !memcmp(mac, data + at + 4, sizeof(mac));
}

bool stun_is_request(const uint8_t *data, size_t len, bool *ret_use_candidate)
{
	if (!stun_is_stun(data, len) || get16(data) != 0x0001)
		return false;
	*ret_use_candidate = find(data, len, 0x0025) != 0;
	return true;
}

bool stun_is_stun(const uint8_t *data, size_t len)
{
	return len >= 20 && data[0] < 4 && get32(data + 4) == COOKIE;
}

bool stun_is_success(const uint8_t *data, size_t len)
{
	return stun_is_stun(data, len) && get16(data) == 0x0101;
}
