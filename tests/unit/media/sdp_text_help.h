/* For the tests of SDP: seeds of tests/fuzz as fixtures, and text with one place changed. */
#ifndef HUITANG_TEST_SDP_TEXT_HELP_H
#define HUITANG_TEST_SDP_TEXT_HELP_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/sdp.h"
#include "tests/unit/leaves_nothing.h"

/* A file of tests/fuzz/seeds/sdp; mem_free(). */
static inline char *read_fixture(const char *name)
{
	char path[4096], *text = mem_zalloc(1 << 17);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.sdp", SDP_SEEDS, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 17) - 1, f) > 0);
	fclose(f);
	return text;
}

/* A new text with every `find` replaced, which must occur; `text` is freed. */
static inline char *with_all(char *text, const char *find, const char *put)
{
	char *ret = mem_zalloc(strlen(text) * (1 + strlen(put)) + 1), *at = text, *hit;

	assert_non_null(strstr(text, find));
	for (; (hit = strstr(at, find)); at = hit + strlen(find)) {
		strncat(ret, at, (size_t)(hit - at));
		strcat(ret, put);
	}
	strcat(ret, at);
	mem_free(text);
	return ret;
}

/* As with_all(), but for the first that stands behind `after` ("" for the start). */
static inline char *with_first(char *text, const char *after, const char *find, const char *put)
{
	char *ret = mem_zalloc(strlen(text) + strlen(put) + 1), *hit = strstr(text, after);

	assert_non_null(hit);
	hit = strstr(hit, find);
	assert_non_null(hit);
	memcpy(ret, text, (size_t)(hit - text));
	strcat(ret, put);
	strcat(ret, hit + strlen(find));
	mem_free(text);
	return ret;
}

static inline size_t count(const char *text, const char *find)
{
	size_t n = 0;

	for (; (text = strstr(text, find)); text += strlen(find))
		n++;
	return n;
}

static inline struct sdp_local example_local(void)
{
	struct sdp_local l = { .ice = { "abcdefgh", "abcdefghijklmnopqrstuvwx" }, .cname = "c0ffee", .session_id = 4611,
		               .session_version = 1, .n_candidates = 2 };
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&l.candidates[1];
	struct sockaddr_in *v4 = (struct sockaddr_in *)&l.candidates[0];

	l.fingerprint.hash = FINGERPRINT_SHA256;
	l.fingerprint.len = 32;
	for (size_t i = 0; i < 32; i++)
		l.fingerprint.digest[i] = (uint8_t)(i * 7);
	v4->sin_family = AF_INET;
	v4->sin_port = htons(5004);
	inet_pton(AF_INET, "192.0.2.7", &v4->sin_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(5004);
	inet_pton(AF_INET6, "2001:db8::7", &v6->sin6_addr);
	return l;
}

/* `n_audio` audio slots, then video ones. */
static inline void example_slots(struct slot_cfg *slots, size_t n_audio, size_t n_slots)
{
	for (size_t i = 0; i < n_slots; i++)
		slots[i] = (struct slot_cfg){ .audio = i < n_audio, .ssrc = (uint32_t)(1000 + 2 * i),
			                      .rtx_ssrc = i < n_audio ? 0 : (uint32_t)(1001 + 2 * i) };
}

#endif
