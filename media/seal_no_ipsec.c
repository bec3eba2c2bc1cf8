/* seal_ipsec.h where libipsec-mb is not: it is never available, so nobody comes further. */
#include "media/seal_ipsec.h"

#include <errno.h>

bool seal_ipsec_available(void)
{
	return false;
}

int seal_ipsec_create(struct seal_ipsec **ret, enum srtp_suite suite, const uint8_t *keying, enum seal_label label)
{
	(void)ret;
	(void)suite;
	(void)keying;
	(void)label;
	return -ENOTSUP;
}

struct seal_ipsec *seal_ipsec_destroy(struct seal_ipsec *c)
{
	(void)c;
	return NULL;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): where there is libipsec-mb it is written. */
bool seal_ipsec_seal(const struct seal_ipsec *c, const struct seal_packet *p, uint8_t *tag)
{
	(void)c;
	(void)p;
	(void)tag;
	return false;
}

bool seal_ipsec_open(const struct seal_ipsec *c, const struct seal_packet *p, const uint8_t *tag)
{
	(void)c;
	(void)p;
	(void)tag;
	return false;
}

bool seal_ipsec_burst(const struct seal_ipsec_job *const *jobs, size_t n)
{
	(void)jobs;
	(void)n;
	return false;
}

void seal_ipsec_prefetch(const struct seal_ipsec *c, bool gcm, size_t bytes)
{
	(void)c;
	(void)gcm;
	(void)bytes;
}
