/* See class_expert.h. */
#include "classroom/class_expert.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/class_state.h"
#include "media/base/utf8.h"

#define SEAT_PREFIX "expert-"

const struct class_expert *class_experts(const struct class *c, size_t *ret_n)
{
	*ret_n = c->n_experts;
	return c->experts;
}

const struct class_expert *class_expert(const struct class *c, int64_t number)
{
	return number >= 1 && (uint64_t)number <= c->n_experts ? &c->experts[number - 1] : NULL;
}

void class_expert_hash(uint8_t ret[EXPERT_HASH_BYTES], const char *code)
{
	crypto_generichash(ret, EXPERT_HASH_BYTES, (const uint8_t *)code, strlen(code), NULL, 0);
}

const struct class_expert *class_expert_of_code(const struct class *c, const char *code)
{
	const struct class_expert *found = NULL;
	uint8_t hash[EXPERT_HASH_BYTES];

	class_expert_hash(hash, code);
	for (size_t i = 0; i < c->n_experts; i++)
		if (sodium_memcmp(hash, c->experts[i].hash, sizeof(hash)) == 0)
			found = &c->experts[i];
	return found;
}

int64_t class_expert_from_us(const struct class *c, const struct class_expert *e)
{
	return e->from_us ? e->from_us : c->plan.start_us - EXPERT_AROUND_US;
}

int64_t class_expert_until_us(const struct class *c, const struct class_expert *e)
{
	return e->until_us ? e->until_us : c->plan.end_us + EXPERT_AROUND_US;
}

static bool is_over(const struct class *c, const struct class_expert *e, int64_t wall_us)
{
	bool taught = c->state == CLASS_OPEN || c->state == CLASS_PAUSED;

	if (e->revoked || c->state == CLASS_CANCELLED || c->state == CLASS_SEALED)
		return true;
	return wall_us >= class_expert_until_us(c, e) && (e->until_us || !taught);
}

enum class_fault class_expert_may(const struct class *c, const struct class_expert *e, int64_t wall_us)
{
	if (is_over(c, e, wall_us))
		return CLASS_FAULT_EXPERT_LINK;
	return wall_us < class_expert_from_us(c, e) ? CLASS_FAULT_EXPERT_EARLY : CLASS_FINE;
}

enum class_fault class_expert_check(const struct class *c, const char *name, int64_t from_us, int64_t until_us, int64_t wall_us)
{
	const struct class_expert e = { .from_us = from_us, .until_us = until_us };

	if (!utf8_fits(name, EXPERT_NAME_BYTES) || !utf8_is_name(name))
		return CLASS_FAULT_TEXT;
	if (class_expert_until_us(c, &e) <= class_expert_from_us(c, &e))
		return CLASS_FAULT_ENDS_FIRST;
	if (is_over(c, &e, wall_us))
		return CLASS_FAULT_PAST;
	return c->n_experts < CLASS_EXPERTS_MAX ? CLASS_FINE : CLASS_FAULT_EXPERTS;
}

void class_expert_seat(char ret[EXPERT_SEAT_BYTES], int64_t number)
{
	snprintf(ret, EXPERT_SEAT_BYTES, SEAT_PREFIX "%" PRId64, number);
}

int64_t class_expert_of_seat(const char *seat)
{
	const char *digits = seat + strlen(SEAT_PREFIX);
	char *end;
	int64_t number;

	if (strncmp(seat, SEAT_PREFIX, strlen(SEAT_PREFIX)) != 0 || *digits < '1' || *digits > '9')
		return 0;
	errno = 0;
	number = strtoll(digits, &end, 10);
	return *end || errno ? 0 : number;
}
