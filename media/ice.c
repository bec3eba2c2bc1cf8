/* See ice.h. */
#include "media/ice.h"

#include <errno.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <string.h>

#include "media/base/address.h"
#include "media/base/mem.h"

static const uint16_t known_attributes[] = {
	STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_PRIORITY, STUN_ATTRIBUTE_USE_CANDIDATE,
	STUN_ATTRIBUTE_ICE_CONTROLLING, STUN_ATTRIBUTE_ICE_CONTROLLED, STUN_ATTRIBUTE_FINGERPRINT, STUN_ATTRIBUTE_SOFTWARE,
	STUN_ATTRIBUTE_ERROR_CODE, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_MAPPED_ADDRESS,
	STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, 0,
};

struct ice {
	StunAgent agent;
	ice_find_fn *find;      /* given */
	void *user;
	struct ice_check *now;  /* the check that is being read */
};

static bool find_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_len, uint8_t **password,
                          size_t *password_len, void *user)
{
	struct ice *i = user;
	const uint8_t *colon = memchr(username, ':', username_len);
	size_t len = colon ? (size_t)(colon - username) : username_len;

	(void)agent;
	(void)message;
	i->now->owner = i->find(i->user, (const char *)username, len, &i->now->pwd);
	if (!i->now->owner)
		return false;
	*password = (uint8_t *)(uintptr_t)i->now->pwd;
	*password_len = strlen(i->now->pwd);
	return true;
}

int ice_create(struct ice **ret, ice_find_fn *find, void *user)
{
	struct ice *i = mem_zalloc(sizeof(*i));

	if (!i)
		return -ENOMEM;
	stun_agent_init(&i->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
	                STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
	i->find = find;
	i->user = user;
	*ret = i;
	return 0;
}

struct ice *ice_destroy(struct ice *i)
{
	return mem_free(i);
}

static enum ice_verdict verdict_of(StunValidationStatus status)
{
	switch (status) {
	case STUN_VALIDATION_UNAUTHORIZED:
	case STUN_VALIDATION_UNAUTHORIZED_BAD_REQUEST:
	case STUN_VALIDATION_UNMATCHED_RESPONSE:
		return ICE_UNAUTHENTICATED;
	default:
		return ICE_MALFORMED;
	}
}

/* libnice's indications carry no integrity and read as unauthorized (traps.md): tell them apart for the counter only. */
static bool is_indication(const uint8_t *data)
{
	return (data[0] & 0x01) == 0 && (data[1] & 0x10) == 0x10;
}

enum ice_verdict ice_receive(struct ice *i, struct ice_check *ret, const uint8_t *data, size_t len, const struct sockaddr *from,
                             socklen_t from_len)
{
	StunValidationStatus status;
	StunUsageIceReturn result;
	StunMessage request, reply;
	struct sockaddr_storage seen = { 0 };
	bool controlling = false;

	if (len < 20)
		return ICE_MALFORMED;
	if (is_indication(data))
		return ICE_INDICATION;
	ret->owner = NULL;
	ret->reply_len = sizeof(ret->reply);
	i->now = ret;
	status = stun_agent_validate(&i->agent, &request, data, len, find_password, i);
	if (status != STUN_VALIDATION_SUCCESS)
		return verdict_of(status);
	if (!ret->owner || stun_message_get_class(&request) != STUN_REQUEST || stun_message_get_method(&request) != STUN_BINDING)
		return ICE_UNAUTHENTICATED;
	/* A peer on IPv4 that came in by a socket of both families is told its address as it knows it. */
	memcpy(&seen, from, from_len);
	seen = address_unmapped(&seen);
	/* Tie-breaker 0: in a conflict we stay controlled and the peer is told by 487 (RFC 8445 §7.3.1.1). */
	result = stun_usage_ice_conncheck_create_reply(&i->agent, &request, &reply, ret->reply, &ret->reply_len,
	                                               &seen, address_len(&seen),
	                                               &controlling, 0,
	                                               STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
	ret->use_candidate = stun_usage_ice_conncheck_use_candidate(&request);
	if (result == STUN_USAGE_ICE_RETURN_SUCCESS)
		return ICE_ANSWER;
	return result == STUN_USAGE_ICE_RETURN_ROLE_CONFLICT ? ICE_CONFLICT : ICE_MALFORMED;
}
