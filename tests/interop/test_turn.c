/*
 * Debian's coturn with the configuration that we ship: a seat that may use nothing but the relay has media, a false or old
 * credential opens nothing, and coturn reaches nothing but our media address.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define SECRET "a secret that only the two know"
#define PLAIN_PORT 3478

static const char *address;     /* of the namespace: the media's and coturn's */
static const char *shipped;     /* docs/operate/turnserver.conf */

struct relay_server {
	pid_t pid;
	char folder[64];
	char *file, *secret, *log;      /* owned */
};

static void relay_server_free(void *server)
{
	struct relay_server *r = server;

	if (r->pid > 0) {
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
	}
	server_remove_folder(r->folder);
	g_free(r->file);
	g_free(r->secret);
	g_free(r->log);
	g_free(r);
}

static bool ours(const char *line)
{
	static const char *const changed[] = { "realm=", "static-auth-secret=", "cert=", "pkey=", "allowed-peer-ip=", "syslog" };

	for (unsigned i = 0; i < G_N_ELEMENTS(changed); i++)
		if (g_str_has_prefix(line, changed[i]))
			return true;
	return false;
}

/* The shipped file with the lines changed that an administrator changes. TLS has a browser's test. */
static void write_file(struct relay_server *r)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	GString *out = g_string_new("");

	g_file_get_contents(shipped, &text, NULL, NULL);
	lines = g_strsplit(text ? text : "", "\n", -1);
	for (unsigned i = 0; lines[i]; i++)
		if (!ours(lines[i]))
			g_string_append_printf(out, "%s\n", lines[i]);
	g_string_append_printf(out, "realm=test\nstatic-auth-secret=%s\nallowed-peer-ip=%s\nlistening-ip=%s\nrelay-ip=%s\nno-tls\nno-dtls\n"
	                            "log-file=%s\nnew-log-timestamp\npidfile=%s/pid\nuserdb=%s/db\n", SECRET, address, address, address, r->log,
	                       r->folder, r->folder);
	g_file_set_contents(r->file, out->str, -1, NULL);
	g_string_free(out, TRUE);
}

static bool listens(void *user)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PLAIN_PORT) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	(void)user;
	inet_pton(AF_INET, address, &to.sin_addr);
	yes = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
	close(fd);
	return yes;
}

static struct relay_server *start_relay(void)
{
	struct relay_server *r = defer(g_new0(struct relay_server, 1), relay_server_free);
	pid_t parent = getpid();

	strcpy(r->folder, "/tmp/huitang-turn-XXXXXX");
	if (!mkdtemp(r->folder))
		return NULL;
	r->file = g_build_filename(r->folder, "turnserver.conf", NULL);
	r->secret = g_build_filename(r->folder, "secret", NULL);
	r->log = g_build_filename(r->folder, "log", NULL);
	g_file_set_contents(r->secret, SECRET "\n", -1, NULL);
	write_file(r);
	r->pid = fork();
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent) {
			dup2(open("/dev/null", O_WRONLY), 1);
			execlp("turnserver", "turnserver", "-c", r->file, NULL);
		}
		_exit(127);
	}
	CHECK(wait_until(10000, listens, NULL), "coturn does not listen");
	return r;
}

static struct server *start_server(const struct relay_server *r)
{
	static char media[64], turn[200];
	struct server_cfg cfg = { .options = { "--media", media, "--turn", turn, "--turn-secret-file", r->secret } };
	struct server *s;

	g_snprintf(media, sizeof(media), "%s:%u", address, server_free_port());
	g_snprintf(turn, sizeof(turn), "turn:%s:%u?transport=udp,turn:%s:%u?transport=tcp,stun:%s:%u", address, PLAIN_PORT, address, PLAIN_PORT,
	           address, PLAIN_PORT);
	s = server_start(&cfg);
	return s ? defer(s, server_free) : NULL;
}

static const json_t *given_servers(const struct seat *s)
{
	return json_object_get(s->joined, "ice_servers");
}

/* A seat's credential as its join gave it. */
static struct relay relay_of(const struct seat *s, bool tcp)
{
	const json_t *server = json_array_get(given_servers(s), 0);
	const char *username = json_string_value(json_object_get(server, "username"));
	const char *password = json_string_value(json_object_get(server, "credential"));
	struct relay r = { .port = PLAIN_PORT, .tcp = tcp };

	g_strlcpy(r.address, address, sizeof(r.address));
	g_strlcpy(r.username, username ? username : "", sizeof(r.username));
	g_strlcpy(r.password, password ? password : "", sizeof(r.password));
	return r;
}

/* Has media by the relay of these credentials and by nothing else. */
static struct whip *play(struct server *s, struct loop *l, const struct relay *relay)
{
	g_autofree char *viewer = server_token(s, ROOM, "viewer", NULL, 0);
	struct endpoint_cfg cfg = { .transport = { .relay = *relay, .local = address } };

	return player_open(s, l, ROOM, viewer, &cfg);
}

static struct seat *publisher(struct server *s, struct loop *l)
{
	return attendee_with(s, l, "participant", "one", &(struct seat_cfg){ .mic = true, .camera = true, .number = 10, .endpoint.transport.local = address });
}

static void relayed(bool tcp)
{
	struct relay_server *r = start_relay();
	struct server *s = r ? start_server(r) : NULL;
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *one;
	struct relay relay;
	struct whip *w;

	REQUIRE(s);
	one = publisher(s, l);
	REQUIRE(one->id[0] && endpoint_wait_up(one->endpoint, 5000));
	relay = relay_of(one, tcp);
	w = play(s, l, &relay);
	REQUIRE(w->status == 201, "%ld", w->status);
	CHECK(endpoint_wait_up(w->endpoint, 8000), "nothing by the relay");
	CHECK(player_wait_frames(w->endpoint, false, 30, 6000), "%u frames by the relay", player_stats(w->endpoint, false).frames);
	CHECK(player_wait_frames(w->endpoint, true, 50, 3000));
}

static void by_udp(void)
{
	relayed(false);
}

static void by_tcp(void)
{
	relayed(true);
}

/* Good for some time; coturn reads times as 32 bits. */
static void set_name(struct relay *r, const char *who)
{
	g_snprintf(r->username, sizeof(r->username), "%ld:%s", (long)(g_get_real_time() / 1000000 + 600), who);
}

/* Signed as the server does it. */
static void sign(struct relay *r)
{
	GHmac *h = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)SECRET, strlen(SECRET));
	guint8 mac[20];
	gsize len = sizeof(mac);
	g_autofree char *password = NULL;

	g_hmac_update(h, (const guchar *)r->username, (gssize)strlen(r->username));
	g_hmac_get_digest(h, mac, &len);
	g_hmac_unref(h);
	password = g_base64_encode(mac, len);
	g_strlcpy(r->password, password, sizeof(r->password));
}

static void refused(void)
{
	struct relay_server *r = start_relay();
	struct server *s = r ? start_server(r) : NULL;
	struct loop *l = s ? stage_loop() : NULL;
	struct relay good, old, forged, other;
	struct whip *w[4];

	REQUIRE(s);
	good = old = forged = other = relay_of(publisher(s, l), false);
	strcpy(old.username, "1500000000:seat");
	sign(&old);
	strcpy(forged.password, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	set_name(&other, "other");
	w[0] = play(s, l, &old);
	w[1] = play(s, l, &forged);
	w[2] = play(s, l, &other);
	sign(&good);
	w[3] = play(s, l, &good);
	CHECK(endpoint_wait_up(w[3]->endpoint, 8000), "a good one must do");
	CHECK(endpoint_stays_down(w[0]->endpoint, 2000), "an expired credential opened a way");
	CHECK(endpoint_stays_down(w[1]->endpoint, 100), "a forged credential opened a way");
	CHECK(endpoint_stays_down(w[2]->endpoint, 100), "a credential of another name opened a way");
}

static void fresh_at_each_restart(void)
{
	struct relay_server *r = start_relay();
	struct server *s = r ? start_server(r) : NULL;
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *one;
	struct relay relay;
	json_t *reply;
	struct whip *w;

	REQUIRE(s);
	one = publisher(s, l);
	REQUIRE(json_array_size(given_servers(one)) == 2, "one server with a credential, one without");
	CHECK(!json_object_get(json_array_get(given_servers(one), 1), "username"));
	relay = relay_of(one, false);
	CHECK(atoll(relay.username) > g_get_real_time() / 1000000 + 3500 && strstr(relay.username, one->id), "%s", relay.username);
	g_usleep(1100000);
	reply = seat_ask(one, "ice.restart", "{}");
	CHECK(strcmp(json_string_value(json_object_get(json_array_get(json_object_get(reply, "ice_servers"), 0), "username")), relay.username) > 0);
	json_decref(reply);
	w = play(s, l, &relay);
	CHECK(w->link && strstr(w->link, "rel=\"ice-server\"; username=\"") && strstr(w->link, "turn:"), "%s", w->link);
}

struct wish {
	const struct relay *relay;
	const char *peer;
};

/* turnutils_uclient asks for a way to a peer; it gets no allocation at all while coturn is not quite up. */
static bool is_forbidden(void *user)
{
	const struct wish *w = user;
	const struct relay *r = w->relay;
	const char *const argv[] = { "turnutils_uclient", "-e", w->peer, "-r", "9999", "-n", "1", "-m", "1", "-c", "-u", r->username, "-w", r->password,
	                             "-p", G_STRINGIFY(PLAIN_PORT), r->address, NULL };
	g_autofree char *out = NULL, *err = NULL;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, NULL, NULL);
	return out && strstr(out, "403 (Forbidden IP)");
}

static void nothing_but_media(void)
{
	static const char *const others[] = { "127.0.0.1", "169.254.169.254", "10.9.9.1", "192.168.1.1", "8.8.8.8" };
	struct relay_server *r = start_relay();
	struct relay relay = { .port = PLAIN_PORT };

	REQUIRE(r);
	g_strlcpy(relay.address, address, sizeof(relay.address));
	for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
		set_name(&relay, others[i]); /* each has its own quota */
		sign(&relay);
		CHECK(wait_until(5000, is_forbidden, &(struct wish){ &relay, others[i] }), "%s", others[i]);
	}
}

int main(int argc, char **argv)
{
	static const struct scenario all[] = {
		{ "a seat that may use nothing but coturn by UDP sees and hears", by_udp },
		{ "a seat that may use nothing but coturn by TCP sees and hears", by_tcp },
		{ "an expired or forged credential opens no way", refused },
		{ "credentials are made anew at each restart, and WHEP gets them as Link", fresh_at_each_restart },
		{ "coturn reaches nothing but our media address", nothing_but_media },
	};

	address = g_getenv("TEST_ADDRESS") ? g_getenv("TEST_ADDRESS") : "127.0.0.1";
	shipped = g_getenv("TURNSERVER_CONF");
	return stage_run(argc, argv, all, G_N_ELEMENTS(all), 150);
}
