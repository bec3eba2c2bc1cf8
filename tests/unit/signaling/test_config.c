/* Settings: what is said by options and file is done, what is wrong is told with its place and what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <unistd.h>

#include "media/base/log.h"
#include "media/base/mem.h"
#include "signaling/config.h"
#include "tests/unit/leaves_nothing.h"

static char path[] = "/tmp/huitang-config-XXXXXX";
static char err[CONFIG_ERROR_BYTES];

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

/* Options end with NULL. */
static int read_options(struct config *c, ...)
{
	char *argv[16] = { "serve" };
	int argc = 1;
	va_list args;

	va_start(args, c);
	while ((argv[argc] = va_arg(args, char *)))
		argc++;
	va_end(args);
	return config_read(c, argc, argv, stderr, err);
}

static int read_file(struct config *c, const char *text)
{
	write_file(text);
	return read_options(c, "--config", path, (char *)NULL);
}

static void only_the_data_folder_must_be_given(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_options(&c, "--data", "/d", (char *)NULL), 0);
	assert_string_equal(c.data, "/d");
	assert_int_equal(c.workers, 1);
	assert_int_equal(c.room_seats, 2000);
	assert_int_equal(c.log_level, LOG_INFO);
	assert_int_equal(c.srtp_backend, SRTP_BACKEND_AUTO);
	assert_false(c.demo);
	assert_string_equal(c.card_key, "");
	assert_int_equal(ntohs(((struct sockaddr_in *)&c.listen)->sin_port), 8080);
	assert_int_equal(c.announce.n, 0);
	assert_int_not_equal(read_options(&c, (char *)NULL), 0);
	assert_non_null(strstr(err, "--data"));
}

static void options_win_over_the_file(void **state)
{
	struct config c;

	(void)state;
	write_file("# a comment\ndata = /file\nworkers = 3\ndemo = yes\nlisten = 0.0.0.0:80\nsrtp-backend = ipsec-mb\n");
	assert_int_equal(read_options(&c, "--workers", "5", "--config", path, (char *)NULL), 0);
	assert_string_equal(c.data, "/file");
	assert_int_equal(c.workers, 5);
	assert_true(c.demo);
	assert_int_equal(c.srtp_backend, SRTP_BACKEND_IPSEC_MB);
	assert_int_equal(ntohs(((struct sockaddr_in *)&c.listen)->sin_port), 80);
}

static void an_unknown_key_is_told_with_its_line(void **state)
{
	char place[64];
	struct config c;

	(void)state;
	assert_int_not_equal(read_file(&c, "data = /d\n\ncolour = red\n"), 0);
	snprintf(place, sizeof(place), "%s:3:", path);
	assert_non_null(strstr(err, place));
	assert_non_null(strstr(err, "'colour'"));
	assert_non_null(strstr(err, "workers"));
}

static void a_bad_value_is_told_with_what_is_allowed(void **state)
{
	static const char *const bad[] = { "workers = 0", "workers = 65", "workers = two", "room-seats = 0", "room-seats = 4001", "demo = maybe", "listen = localhost:80", "listen = 1.2.3.4",
					   "listen = 1.2.3.4:70000", "announce = example.org", "log-level = loud", "srtp-backend = openssl", "origin = huitang.cn", "data =",
					   "turn = http://turn.example", "turn = stun:a, stun:b, stun:c, stun:d, stun:e", "turn-ttl = 59",
					   "trusted-proxies = 10.0.0.1/8", "trusted-proxies = proxy.example", "forwarded-header = via",
					   "oidc-issuer = http://id.example", "oidc-person = preferred_username", "oidc-person = card:" };
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "data = /d\n%s\n", bad[i]);
		assert_int_not_equal(read_file(&c, text), 0);
		assert_non_null(strstr(err, ":2:"));
		assert_non_null(strstr(err, "allowed is"));
	}
	assert_int_not_equal(read_options(&c, "--data", "/d", "--workers", "0", (char *)NULL), 0);
	assert_non_null(strstr(err, "--workers"));
	assert_non_null(strstr(err, "1 to 64"));
}

static void what_is_no_setting_is_refused(void **state)
{
	struct config c;

	(void)state;
	assert_int_not_equal(read_file(&c, "data = /d\n[media]\nworkers = 1\n"), 0);
	assert_non_null(strstr(err, ":3:"));
	assert_int_not_equal(read_file(&c, "data = /d\nworkers\n"), 0);
	assert_non_null(strstr(err, ":2:"));
	assert_int_not_equal(read_options(&c, "--data", "/d", "--nope", (char *)NULL), 0);
	assert_int_not_equal(read_options(&c, "--data", "/d", "word", (char *)NULL), 0);
	assert_int_not_equal(read_options(&c, "--data", (char *)NULL), 0);
	assert_int_not_equal(read_options(&c, "--data", "/d", "--config", "/nowhere/at/all", (char *)NULL), 0);
	assert_int_not_equal(read_options(&c, "--data", "/d", "--tls-cert", "/c.pem", (char *)NULL), 0);
	assert_non_null(strstr(err, "tls-key"));
}

static void several_addresses_are_announced(void **state)
{
	struct config c;

	(void)state;
	write_file("data = /d\nmedia = [::]:7000\nannounce = 203.0.113.7 , 2001:db8::7\nannounce = 198.51.100.1\n");
	assert_int_equal(read_options(&c, "--config", path, (char *)NULL), 0);
	assert_int_equal(c.announce.n, 3);
	assert_int_equal(c.announce.addresses[0].ss_family, AF_INET);
	assert_int_equal(c.announce.addresses[1].ss_family, AF_INET6);
	/* Options replace what the file says. */
	assert_int_equal(read_options(&c, "--announce", "2001:db8::8", "--config", path, "--announce", "192.0.2.1", (char *)NULL), 0);
	assert_int_equal(c.announce.n, 2);
	assert_int_equal(c.announce.addresses[0].ss_family, AF_INET6);
	assert_int_not_equal(read_file(&c, "data = /d\nannounce = 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5\n"), 0);
	assert_non_null(strstr(err, "up to four"));
	assert_int_not_equal(read_file(&c, "data = /d\nannounce = 1.1.1.1,\n"), 0);
	/* Nobody could reach it there. */
	assert_int_not_equal(read_file(&c, "data = /d\nmedia = 0.0.0.0:7000\nannounce = 2001:db8::7\n"), 0);
	assert_non_null(strstr(err, "family"));
}

static void turn_servers_come_with_a_secret(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_file(&c, "data = /d\nturn = turn:t.example, turns:t.example:443?transport=tcp\nturn = stun:t.example\n"
	                               "turn-secret-file = /etc/s\nturn-ttl = 600\n"), 0);
	assert_int_equal(c.turn.n, 3);
	assert_string_equal(c.turn.urls[1], "turns:t.example:443?transport=tcp");
	assert_string_equal(c.turn_secret_file, "/etc/s");
	assert_int_equal(c.turn_ttl_s, 600);
	assert_int_equal(read_file(&c, "data = /d\nturn = stun:t.example\n"), 0);
	assert_int_equal(c.turn_ttl_s, 3600);
	assert_int_not_equal(read_file(&c, "data = /d\nturn = turn:t.example\n"), 0);
	assert_non_null(strstr(err, "turn-secret-file"));
	assert_int_not_equal(read_file(&c, "data = /d\nturn-secret-file = /etc/s\n"), 0);
}

static void proxies_are_named_by_network(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_file(&c, "data = /d\n"), 0);
	assert_int_equal(c.trusted_proxies.n, 0);
	assert_int_equal(c.forwarded_header, FORWARDED_X_FORWARDED_FOR);
	assert_int_equal(read_file(&c, "data = /d\ntrusted-proxies = 127.0.0.1, fd00::/8\ntrusted-proxies = 10.0.0.0/8\nforwarded-header = forwarded\n"), 0);
	assert_int_equal(c.trusted_proxies.n, 3);
	assert_int_equal(c.trusted_proxies.networks[2].prefix, 96 + 8);
	assert_int_equal(c.forwarded_header, FORWARDED_RFC_7239);
	/* Options begin anew. */
	assert_int_equal(read_options(&c, "--config", path, "--trusted-proxies", "::1", (char *)NULL), 0);
	assert_int_equal(c.trusted_proxies.n, 1);
}

static void a_provider_is_named_with_its_client(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_file(&c, "data = /d\n"), 0);
	assert_string_equal(c.oidc.issuer, "");
	assert_int_equal(read_file(&c, "data = /d\noidc-issuer = https://id.example\noidc-client = huitang\n"), 0);
	assert_string_equal(c.oidc.claim, "preferred_username");
	assert_string_equal(c.oidc.scope, "openid profile");
	assert_false(c.oidc.by_card);
	assert_int_equal(read_file(&c, "data = /d\noidc-issuer = https://id.example\noidc-client = huitang\noidc-person = card:id_number\n"), 0);
	assert_true(c.oidc.by_card);
	assert_string_equal(c.oidc.claim, "id_number");
	assert_int_not_equal(read_file(&c, "data = /d\noidc-issuer = https://id.example\n"), 0);
	assert_non_null(strstr(err, "oidc-client"));
}

static void addresses_are_numeric_of_both_families(void **state)
{
	struct sockaddr_storage a;

	(void)state;
	assert_int_equal(config_parse_address(&a, "[::1]:443"), 0);
	assert_int_equal(a.ss_family, AF_INET6);
	assert_int_equal(ntohs(((struct sockaddr_in6 *)&a)->sin6_port), 443);
	assert_int_equal(config_parse_address(&a, "127.0.0.1:0"), 0);
	assert_int_not_equal(config_parse_address(&a, ":80"), 0);
	assert_int_not_equal(config_parse_address(&a, "1.2.3:80"), 0);
	assert_int_not_equal(config_parse_address(&a, "127.0.0.1:"), 0);
	assert_int_not_equal(config_parse_address(&a, "127.0.0.1:80x"), 0);
}

static void help_tells_every_setting(void **state)
{
	char *argv[] = { "serve", "--help", NULL }, *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct config c;

	(void)state;
	assert_int_equal(config_read(&c, 2, argv, out, err), 1);
	fclose(out);
	assert_non_null(strstr(text, "--announce ADDR"));
	assert_non_null(strstr(text, "--config FILE"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(only_the_data_folder_must_be_given),
		LEAVES_NOTHING(options_win_over_the_file),
		LEAVES_NOTHING(an_unknown_key_is_told_with_its_line),
		LEAVES_NOTHING(a_bad_value_is_told_with_what_is_allowed),
		LEAVES_NOTHING(what_is_no_setting_is_refused),
		LEAVES_NOTHING(several_addresses_are_announced),
		LEAVES_NOTHING(turn_servers_come_with_a_secret),
		LEAVES_NOTHING(proxies_are_named_by_network),
		LEAVES_NOTHING(a_provider_is_named_with_its_client),
		LEAVES_NOTHING(addresses_are_numeric_of_both_families),
		LEAVES_NOTHING(help_tells_every_setting),
	};
	int fd = mkstemp(path), failed;

	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
