/* The address gate and the STUN answers: nobody gets in, and nobody gets a reply, without integrity for a live ufrag. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/gate.h"
#include "media/ice.h"

static struct sockaddr_storage address(uint16_t port)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&a;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0x7f000001);
	in->sin_port = htons(port);
	return a;
}

static void a_pass_holds_eight_addresses(void **state)
{
	int64_t before = mem_live();
	struct gate *g = NULL;
	struct gate_pass a = { .owner = "a" }, b = { .owner = "b" };
	struct sockaddr_storage addr;

	(void)state;
	assert_int_equal(gate_create(&g), 0);
	for (uint16_t port = 1; port <= 20; port++) {
		addr = address(port);
		assert_int_equal(gate_admit(g, &a, &addr, false, port), 0);
		addr = address(5);
		if (port >= 5)
			assert_int_equal(gate_admit(g, &a, &addr, false, port), 0);    /* checked again and again: it stays */
	}
	addr = address(5);
	assert_ptr_equal(gate_find_address(g, &addr), &a);
	addr = address(20);
	assert_ptr_equal(gate_find_address(g, &addr), &a);
	addr = address(12);
	assert_null(gate_find_address(g, &addr));
	/* Another path checks from the same address: it is that path's now. */
	addr = address(20);
	assert_int_equal(gate_admit(g, &b, &addr, false, 30), 0);
	assert_ptr_equal(gate_find_address(g, &addr), &b);
	gate_forget(g, &a);
	addr = address(5);
	assert_null(gate_find_address(g, &addr));
	gate_forget(g, &b);
	g = gate_destroy(g);
	assert_int_equal(mem_live(), before);
}

static void the_nominated_address_stays(void **state)
{
	struct gate *g = NULL;
	struct gate_pass a = { .owner = "a" };
	struct sockaddr_storage addr = address(7);

	(void)state;
	assert_int_equal(gate_create(&g), 0);
	for (uint16_t nominated = 7; nominated <= 8; nominated++) {
		addr = address(nominated);
		assert_int_equal(gate_admit(g, &a, &addr, true, nominated), 0);
		for (uint16_t port = 100; port < 140; port++) {
			addr = address(port);
			assert_int_equal(gate_admit(g, &a, &addr, false, 1000 + port), 0);
			addr = address(nominated);
			assert_ptr_equal(gate_find_address(g, &addr), &a);
		}
	}
	/* No longer nominated, and the longest unchecked. */
	addr = address(7);
	assert_null(gate_find_address(g, &addr));
	gate_forget(g, &a);
	gate_destroy(g);
}

static void an_address_is_expelled_from_its_own_pass_only(void **state)
{
	struct gate_pass a = { .owner = "a" }, b = { .owner = "b" };
	struct sockaddr_storage addr = address(7);
	int64_t before = mem_live();
	struct gate *g = NULL;

	(void)state;
	assert_int_equal(gate_create(&g), 0);
	assert_int_equal(gate_admit(g, &a, &addr, true, 1), 0);
	gate_expel(g, &b, &addr);
	assert_ptr_equal(gate_find_address(g, &addr), &a);
	gate_expel(g, &a, &addr);
	assert_null(gate_find_address(g, &addr));
	gate_expel(g, &a, &addr);
	gate_destroy(g);
	assert_int_equal(mem_live(), before);
}

static void ufrags_are_exact(void **state)
{
	int64_t before = mem_live();
	struct ice_credentials c = { "abcdefgh", "password-of-24-chars----" };
	struct gate_pass a = { .owner = "a" };
	struct gate *g = NULL;
	const char *pwd = NULL;

	(void)state;
	assert_int_equal(gate_create(&g), 0);
	assert_int_equal(gate_add_ufrag(g, &c, &a), 0);
	assert_int_equal(gate_add_ufrag(g, &c, &a), -EEXIST);
	assert_ptr_equal(gate_find_ufrag(g, "abcdefghXX", 8, &pwd), &a);
	assert_string_equal(pwd, c.pwd);
	assert_null(gate_find_ufrag(g, "abcdefg", 7, &pwd));
	assert_null(gate_find_ufrag(g, "", 0, &pwd));
	gate_remove_ufrag(g, "abcdefgh");
	assert_null(gate_find_ufrag(g, "abcdefgh", 8, &pwd));
	for (uint64_t nth = 1; nth < 10; nth++) {
		int r;

		mem_fail_at(nth);
		r = gate_add_ufrag(g, &c, &a);
		mem_fail_at(0);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_null(gate_find_ufrag(g, "abcdefgh", 8, &pwd));
	}
	gate_remove_ufrag(g, "abcdefgh");
	gate_destroy(g);
	assert_int_equal(mem_live(), before);
}

static const char *const our_pwd = "ourpasswordourpassword00";

static void *find(void *user, const char *ufrag, size_t len, const char **ret_pwd)
{
	if (len != 4 || memcmp(ufrag, "ours", 4) != 0)
		return NULL;
	*ret_pwd = our_pwd;
	return user;
}

static size_t check(uint8_t *out, size_t size, const char *username, const char *pwd, bool controlling, bool nominate)
{
	static const uint16_t known[] = { STUN_ATTRIBUTE_USERNAME, 0 };
	StunAgent agent;
	StunMessage msg;

	stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC5389,
	                STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
	return stun_usage_ice_conncheck_create(&agent, &msg, out, size, (const uint8_t *)username, strlen(username), (const uint8_t *)pwd,
	                                       strlen(pwd), nominate, controlling, 1234, 5678, NULL,
	                                       STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

static void only_authenticated_checks_are_answered(void **state)
{
	struct sockaddr_storage from = address(4000);
	uint8_t data[512];
	struct ice_check ret;
	struct ice *ice = NULL;
	int owner;
	size_t len;

	(void)state;
	assert_int_equal(ice_create(&ice, find, &owner), 0);
	len = check(data, sizeof(data), "ours:theirs", our_pwd, true, true);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_ANSWER);
	assert_ptr_equal(ret.owner, &owner);
	assert_true(ret.use_candidate);
	assert_in_range(ret.reply_len, 20, sizeof(ret.reply));
	len = check(data, sizeof(data), "ours:theirs", our_pwd, true, false);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_ANSWER);
	assert_false(ret.use_candidate);

	len = check(data, sizeof(data), "ours:theirs", "wrongpasswordwrongpasswo", true, true);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_UNAUTHENTICATED);
	len = check(data, sizeof(data), "alien:theirs", our_pwd, true, true);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_UNAUTHENTICATED);
	len = check(data, sizeof(data), "ours:theirs", our_pwd, false, false);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_CONFLICT);
	/* Cut anywhere, or one bit flipped anywhere: never an answer. */
	len = check(data, sizeof(data), "ours:theirs", our_pwd, true, true);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_not_equal(ice_receive(ice, &ret, data, cut, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_ANSWER);
	for (size_t bit = 0; bit < len * 8; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_ANSWER);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ice_destroy(ice);
}

/* XOR-MAPPED-ADDRESS, RFC 5389 §15.2; NULL for none. */
static const uint8_t *mapped_address(const uint8_t *msg, size_t len)
{
	for (size_t at = 20; at + 8 <= len; at += 4 + ((msg[at + 2] << 8 | msg[at + 3]) + 3u) / 4 * 4)
		if (msg[at] == 0x00 && msg[at + 1] == 0x20)
			return msg + at + 4;
	return NULL;
}

/* On a socket of both families an IPv4 peer appears as ::ffff:127.0.0.1; it knows itself by the other name. */
static void an_ipv4_peer_is_told_its_ipv4_address(void **state)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(4000) };
	const uint8_t *told;
	struct ice_check ret;
	struct ice *ice = NULL;
	uint8_t data[512];
	size_t len;

	(void)state;
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr);
	assert_int_equal(ice_create(&ice, find, &ret), 0);
	len = check(data, sizeof(data), "ours:theirs", our_pwd, true, true);
	assert_int_equal(ice_receive(ice, &ret, data, len, (struct sockaddr *)&in6, sizeof(in6)), ICE_ANSWER);
	told = mapped_address(ret.reply, ret.reply_len);
	assert_non_null(told);
	assert_int_equal(told[1], 1);
	assert_int_equal((told[2] << 8 | told[3]) ^ 0x2112, 4000);
	assert_int_equal(told[4] ^ 0x21, 127);
	ice_destroy(ice);
}

static void indications_are_ignored(void **state)
{
	uint8_t indication[20] = { 0x00, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	struct sockaddr_storage from = address(4000);
	struct ice_check ret;
	struct ice *ice = NULL;

	(void)state;
	assert_int_equal(ice_create(&ice, find, NULL), 0);
	assert_int_equal(ice_receive(ice, &ret, indication, 20, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), ICE_INDICATION);
	ice_destroy(ice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pass_holds_eight_addresses),
		cmocka_unit_test(the_nominated_address_stays),
		cmocka_unit_test(an_address_is_expelled_from_its_own_pass_only),
		cmocka_unit_test(ufrags_are_exact),
		cmocka_unit_test(only_authenticated_checks_are_answered),
		cmocka_unit_test(an_ipv4_peer_is_told_its_ipv4_address),
		cmocka_unit_test(indications_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
