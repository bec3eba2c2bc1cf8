/* See seal_session.h. */
#include "media/seal_session.h"

#include <errno.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <string.h>

#include "media/base/mem.h"

#define WINDOW 1024

struct seal_session {
	srtp_t srtp;            /* owned */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Its result says nothing: where somebody in the process has done it before, it is an error. srtp_create() tells. */
static void start_library(void)
{
	srtp_init();
}

int seal_session_create(struct seal_session **ret, enum srtp_suite suite, const uint8_t *keying)
{
	srtp_policy_t policy = { .ssrc.type = ssrc_any_inbound, .window_size = WINDOW };
	struct seal_session *s;

	pthread_once(&once, start_library);
	/* The numbers of IANA's profiles are also libsrtp2's. */
	if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)suite) != srtp_err_status_ok ||
	    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)suite) != srtp_err_status_ok)
		return -EINVAL;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	policy.key = (unsigned char *)keying;   /* only read */
	if (srtp_create(&s->srtp, &policy) != srtp_err_status_ok) {
		mem_free(s);
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

struct seal_session *seal_session_destroy(struct seal_session *s)
{
	if (!s)
		return NULL;
	srtp_dealloc(s->srtp);
	return mem_free(s);
}

static enum srtp_result result_of(srtp_err_status_t status)
{
	switch (status) {
	case srtp_err_status_ok:
		return SRTP_OK;
	case srtp_err_status_auth_fail:
		return SRTP_BAD_TAG;
	case srtp_err_status_replay_fail:
	case srtp_err_status_replay_old:
	case srtp_err_status_key_expired:
		return SRTP_REPLAYED;
	case srtp_err_status_alloc_fail:
		return SRTP_NO_ROOM;
	default:
		return SRTP_MALFORMED;
	}
}

static enum srtp_result run(struct seal_session *s, struct srtp_job *j, srtp_err_status_t (*work)(srtp_t, void *, int *))
{
	int len = (int)j->in_len;
	enum srtp_result r;

	if (j->out != j->in)
		memcpy(j->out, j->in, j->in_len);
	r = result_of(work(s->srtp, j->out, &len));
	j->out_len = r == SRTP_OK ? (size_t)len : 0;
	return r;
}

enum srtp_result seal_session_seal(struct seal_session *s, struct srtp_job *j)
{
	return run(s, j, j->rtcp ? srtp_protect_rtcp : srtp_protect);
}

enum srtp_result seal_session_open(struct seal_session *s, struct srtp_job *j)
{
	return run(s, j, j->rtcp ? srtp_unprotect_rtcp : srtp_unprotect);
}
