/* huitang token: reads the room's epoch and the key from the data folder, while a server runs on it or not. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/directory.h"
#include "attendance/store.h"
#include "media/base/clock.h"
#include "signaling/command_line.h"
#include "signaling/message.h"
#include "signaling/random.h"
#include "signaling/token.h"

#define TTL_DEFAULT_S 86400

static const char help[] =
	"Usage: huitang token --data DIR --room R --role ROLE [--seat NAME] [--ttl SECONDS]\n\n"
	"Prints a token for Authorization: Bearer, for /whip, /whep and the `token` of /ws.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --room R          the room's id, as in demo-meeting\n"
	"  --role ROLE       host, cohost, presenter, participant, viewer or inspector\n"
	"  --seat NAME       the token is this seat (letters, digits, . _ -); without it each connection is a seat of its own\n"
	"  --ttl SECONDS     how long it is valid, 1 to 31622400 (86400)\n"
	"  --help            this text\n";

struct asked {
	const char *data, *room, *role, *seat;
	long long ttl_s;
};

static int complain(const char *what)
{
	fprintf(stderr, "huitang token: %s; see huitang token --help\n", what);
	return 2;
}

static int check(const struct asked *a)
{
	if (!a->data || !a->room || !a->role)
		return complain("--data, --room and --role must be given");
	if (wire_enum_index(&wire_enum_role, a->role) < 0)
		return complain("--role is none of the roles");
	if (a->seat && !token_seat_name_ok(a->seat))
		return complain("--seat takes 1 to 64 letters, digits, . _ -");
	if (a->ttl_s < 1 || a->ttl_s > TOKEN_MAX_TTL_S)
		return complain("--ttl is 1 to 31622400 seconds");
	return 0;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(struct asked *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' }, { "room", required_argument, NULL, 'r' }, { "role", required_argument, NULL, 'o' },
		{ "seat", required_argument, NULL, 's' }, { "ttl", required_argument, NULL, 't' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	char *end;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': a->data = optarg; break;
		case 'r': a->room = optarg; break;
		case 'o': a->role = optarg; break;
		case 's': a->seat = optarg; break;
		case 't':
			a->ttl_s = strtoll(optarg, &end, 10);
			a->ttl_s = *end ? 0 : a->ttl_s;
			break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	return optind < argc ? complain("unknown argument") : check(a);
}

static int print_token(const struct asked *a, const struct room_record *room, const uint8_t key[STORE_KEY_BYTES])
{
	struct token t = { .expires_s = clock_wall_us() / 1000000 + a->ttl_s };
	char text[TOKEN_MAX_BYTES];

	snprintf(t.room, sizeof(t.room), "%s", room->id);
	snprintf(t.role, sizeof(t.role), "%s", a->role);
	snprintf(t.seat, sizeof(t.seat), "%s", a->seat ? a->seat : "");
	snprintf(t.epoch, sizeof(t.epoch), "%s", room->epoch);
	random_hex(t.id, (TOKEN_ID_BYTES - 1) / 2);
	if (token_write(text, &t, key) < 0)
		return complain("the token could not be made");
	puts(text);
	return 0;
}

static int fail(const char *why)
{
	fprintf(stderr, "huitang token: %s\n", why);
	return 1;
}

int token_main(int argc, char **argv)
{
	struct asked a = { .ttl_s = TTL_DEFAULT_S };
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	uint8_t key[STORE_KEY_BYTES];
	char err[STORE_ERROR_BYTES] = "";
	const struct directory *directory;
	const struct room_record *room;
	int r = read_options(&a, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	if (store_open_reader(&reader, a.data, err) < 0)
		return fail(err);
	directory = store_reader_directory(reader);
	if (!directory || store_reader_token_key(reader, key) < 0)
		return fail("the data folder could not be read");
	room = directory_room(directory, a.room);
	if (!room)
		return fail("there is no such room");
	if (room->ended_us)
		return fail("the room has ended");
	if (!*room->epoch)
		return fail("the room was never opened; start the server once");
	return print_token(&a, room, key);
}
