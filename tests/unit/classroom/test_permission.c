/* Every cell of the permission table against an expectation written out by hand, action by action. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "classroom/permission.h"
#include "classroom/seat.h"
#include "classroom/verdict.h"

/* One letter a role, in an open room, a locked one, a lobby: host, cohost (c), presenter, participant (a), viewer, inspector. */
static const struct {
	enum action action;
	const char *open, *locked, *lobby;
} expected[] = {
	{ ACTION_JOIN, "hcpavi", "h", "hcpavi" },
	{ ACTION_WATCH, "hcpavi", "hcpavi", "hcpavi" },
	{ ACTION_SEE_ROSTER, "hcpavi", "hcpavi", "hcpavi" },
	{ ACTION_CHAT, "hcpav", "hcpav", "hcpav" },
	{ ACTION_PUBLISH_MIC, "hcpa", "hcpa", "hcpa" },
	{ ACTION_PUBLISH_CAMERA, "hcpa", "hcpa", "hcpa" },
	{ ACTION_PUBLISH_SCREEN, "hcpa", "hcpa", "hcpa" },
	{ ACTION_PUBLISH_SCREEN_AUDIO, "hcpa", "hcpa", "hcpa" },
	{ ACTION_BE_SEEN, "hcpa", "hcpa", "hcp" },
	{ ACTION_MUTE, "hc", "hc", "hc" },
	{ ACTION_STOP_VIDEO, "hc", "hc", "hc" },
	{ ACTION_ALLOW, "hc", "hc", "hc" },
	{ ACTION_MUTE_ALL, "hc", "hc", "hc" },
	{ ACTION_REMOVE, "hc", "hc", "hc" },
	{ ACTION_LOCK, "hc", "hc", "" },
	{ ACTION_SET_ROLE, "hc", "hc", "hc" },
	{ ACTION_LINK, "hc", "hc", "hc" },
	{ ACTION_SET_LINE, "hc", "hc", "hc" },
	{ ACTION_SEE_QUALITY, "hc", "hc", "hc" },
	{ ACTION_TEACH, "hc", "hc", "hc" },
	{ ACTION_FOLLOW, "hcp", "hcp", "hcp" },
	{ ACTION_RAISE_HAND, "hcpa", "hcpa", "hcpa" },
	{ ACTION_SEE_HANDS, "hcp", "hcp", "hcp" },
	{ ACTION_GIVE_FLOOR, "hc", "hc", "hc" },
	{ ACTION_STAGE, "hcp", "hcp", "hcp" },
	{ ACTION_SPOTLIGHT, "hc", "hc", "hc" },
	{ ACTION_RULE_SOURCES, "hc", "hc", "hc" },
	{ ACTION_READ_TO_HOST, "hc", "hc", "hc" },
	{ ACTION_HAND_OVER, "h", "h", "h" },
	{ ACTION_END, "h", "h", "h" },
};

static const char letters[] = "hcpavi";

static void check(enum role role, enum action action, enum room_state state, bool allowed)
{
	if (permission_allows(role, action, state) != allowed)
		fail_msg("%s, action %d, state %d: expected %d", role_name(role), (int)action, (int)state, allowed);
}

static void each_cell_is_as_written(void **state)
{
	unsigned cells = 0;

	(void)state;
	assert_int_equal(sizeof(expected) / sizeof(expected[0]), ACTIONS);
	for (unsigned a = 0; a < ACTIONS; a++) {
		assert_int_equal(expected[a].action, a);
		for (unsigned role = 0; role < ROLES; role++) {
			check(role, a, ROOM_CLOSED, false);
			check(role, a, ROOM_OPEN, strchr(expected[a].open, letters[role]));
			check(role, a, ROOM_LOCKED, strchr(expected[a].locked, letters[role]));
			check(role, a, ROOM_LOBBY, strchr(expected[a].lobby, letters[role]));
			cells += 4;
		}
	}
	assert_int_equal(cells, ROLES * ACTIONS * ROOM_STATES);
}

static void what_is_not_in_the_table_is_denied(void **state)
{
	(void)state;
	assert_false(permission_allows(ROLES, ACTION_WATCH, ROOM_OPEN));
	assert_false(permission_allows((enum role)-1, ACTION_WATCH, ROOM_OPEN));
	assert_false(permission_allows(ROLE_HOST, ACTIONS, ROOM_OPEN));
	assert_false(permission_allows(ROLE_HOST, ACTION_WATCH, ROOM_STATES));
	assert_false(permission_reaches(ROLES, ROLE_VIEWER));
	assert_false(permission_reaches(ROLE_HOST, ROLES));
}

static void a_cohost_reaches_no_leader_and_others_nobody(void **state)
{
	(void)state;
	for (unsigned actor = 0; actor < ROLES; actor++)
		for (unsigned target = 0; target < ROLES; target++) {
			bool expect = actor == ROLE_HOST || (actor == ROLE_COHOST && target > ROLE_COHOST);

			assert_int_equal(permission_reaches(actor, target), expect);
		}
}

static void gates_need_presence_role_kind_switch_and_no_block(void **state)
{
	struct seat s = { .kind = SEAT_BROWSER, .role = ROLE_PARTICIPANT, .presence = PRESENCE_HERE, .on = 0xf };

	(void)state;
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0xf);
	s.presence = PRESENCE_AWAY;
	assert_int_equal(seat_gates(&s, ROOM_LOCKED), 0xf);
	assert_int_equal(seat_gates(&s, ROOM_CLOSED), 0);
	s.presence = PRESENCE_GONE;
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0);
	s.presence = PRESENCE_HERE;
	s.on = SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_SCREEN);
	s.room_muted = true;
	assert_int_equal(seat_gates(&s, ROOM_OPEN), SEAT_BIT(SEAT_SCREEN));
	s.blocked = SEAT_BIT(SEAT_SCREEN);
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0);
	s = (struct seat){ .kind = SEAT_WHIP, .role = ROLE_PRESENTER, .on = 0xf };
	assert_int_equal(seat_gates(&s, ROOM_OPEN), SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_CAMERA));
	s.kind = SEAT_WHEP;
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0);
	s = (struct seat){ .kind = SEAT_BROWSER, .role = ROLE_INSPECTOR, .on = 0xf };
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0);
	s.role = ROLE_VIEWER;
	assert_int_equal(seat_gates(&s, ROOM_OPEN), 0);
}

static void words_are_read_as_written(void **state)
{
	enum leave_reason reason;
	enum seat_source source;
	enum seat_kind kind;
	enum role role;

	(void)state;
	for (unsigned i = 0; i < ROLES; i++) {
		assert_int_equal(role_parse(&role, role_name(i)), 0);
		assert_int_equal(role, i);
	}
	for (unsigned i = 0; i < SEAT_SOURCES; i++) {
		assert_int_equal(seat_source_parse(&source, seat_source_name(i)), 0);
		assert_int_equal(source, i);
	}
	for (unsigned i = 0; i < SEAT_KINDS; i++) {
		assert_int_equal(seat_kind_parse(&kind, seat_kind_name(i)), 0);
		assert_int_equal(kind, i);
	}
	for (unsigned i = 0; i < LEAVE_REASONS; i++) {
		assert_int_equal(leave_reason_parse(&reason, leave_reason_name(i)), 0);
		assert_int_equal(reason, i);
	}
	assert_true(role_parse(&role, "owner") < 0);
	assert_true(role_parse(&role, NULL) < 0);
	assert_true(seat_source_parse(&source, "") < 0);
	for (unsigned i = 1; i < VERDICTS; i++)
		assert_true(strlen(verdict_code(i)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_is_as_written),
		cmocka_unit_test(what_is_not_in_the_table_is_denied),
		cmocka_unit_test(a_cohost_reaches_no_leader_and_others_nobody),
		cmocka_unit_test(gates_need_presence_role_kind_switch_and_no_block),
		cmocka_unit_test(words_are_read_as_written),
	};

	return cmocka_run_group_tests_name("permission", tests, NULL, NULL);
}
