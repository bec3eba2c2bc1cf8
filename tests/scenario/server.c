/* fork, exec, wait for the ready line. A server never outlives the scenario program: it asks the kernel to die with it. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"
#include "tests/endpoint/http.h"
#include "tests/endpoint/loop.h"

#define COMMAND_MS 40000                /* a report of thousands, beside others on the machine */

static int bind_port(int type, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

uint16_t server_free_port(void)
{
	for (;;) {
		uint16_t port = (uint16_t)(20000 + g_random_int_range(0, 12000));
		int tcp = bind_port(SOCK_STREAM, port), udp = bind_port(SOCK_DGRAM, port), next = bind_port(SOCK_DGRAM, port + 1);
		int good = tcp >= 0 && udp >= 0 && next >= 0;

		close(tcp);
		close(udp);
		close(next);
		if (good)
			return port;
	}
}

static pid_t spawn(const char *const *arguments, int out, int err)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	dup2(out, 1);
	dup2(err, 2);
	execv(arguments[0], (char *const *)arguments);
	_exit(127);
}

struct ended {
	pid_t pid;
	int status;
};

static bool has_ended(void *user)
{
	struct ended *e = user;

	return waitpid(e->pid, &e->status, WNOHANG) == e->pid;
}

static char *read_all(int fd)
{
	GString *s = g_string_new(NULL);
	char buf[4096];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		g_string_append_len(s, buf, n);
	close(fd);
	return g_string_free(s, FALSE);
}

static int temporary_file(void)
{
	char name[] = "/tmp/huitang-scenario-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	unlink(name);
	return fd;
}

struct outcome *server_command(const char *const *arguments)
{
	const char *full[32] = { stage_program() };
	struct outcome *o = g_new0(struct outcome, 1);
	int out = temporary_file(), err = temporary_file();
	struct ended e;

	for (unsigned i = 0; arguments[i] && i + 2 < G_N_ELEMENTS(full); i++)
		full[i + 1] = arguments[i];
	e.pid = spawn(full, out, err);
	o->status = -1;
	if (!wait_until(COMMAND_MS, has_ended, &e))
		kill(e.pid, SIGKILL), waitpid(e.pid, &e.status, 0);
	else if (WIFEXITED(e.status))
		o->status = WEXITSTATUS(e.status);
	o->out = read_all(out);
	o->err = read_all(err);
	return o;
}

struct outcome *outcome_free(struct outcome *o)
{
	g_free(o->out);
	g_free(o->err);
	g_free(o);
	return NULL;
}

char *server_url(const struct server *s, const char *path)
{
	return g_strdup_printf("%s://127.0.0.1:%u%s", s->cfg.tls ? "https" : "http", s->port, path);
}

static bool is_healthy(const struct server *s)
{
	g_autofree char *url = server_url(s, "/healthz");
	struct http_reply *r = http_ask(&(struct http_ask){ .url = url, .timeout_ms = 5000 });
	long status = r->status;

	http_reply_free(r);
	return status == 200;
}

/* Standard output goes to the log too: the one line that says it. */
static bool says_ready(void *user)
{
	struct server *s = user;
	g_autofree char *text = NULL;
	gsize len = 0;

	if (!server_alive(s))
		return true; /* it will not come any more */
	return g_file_get_contents(s->log, &text, &len, NULL) && len > (gsize)s->log_from && strstr(text + s->log_from, "huitang ready ");
}

static void print_log(const struct server *s)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	unsigned n;

	if (!g_file_get_contents(s->log, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	n = g_strv_length(lines);
	for (unsigned i = n > 30 ? n - 30 : 0; i < n; i++)
		stage_note("server: %s", lines[i]);
}

int server_restart(struct server *s)
{
	g_autofree char *listen = g_strdup_printf("127.0.0.1:%u", s->port);
	g_autofree char *media = g_strdup_printf("127.0.0.1:%u", s->media_port);
	g_autofree char *workers = g_strdup_printf("%u", s->cfg.workers ? s->cfg.workers : 1);
	const char *arguments[32] = { stage_program(), "serve", "--data", s->data, "--listen", listen, "--media", media,
	                              "--workers", workers, "--demo" };
	int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	for (unsigned i = 0; i < G_N_ELEMENTS(s->cfg.options) && s->cfg.options[i]; i++)
		arguments[11 + i] = s->cfg.options[i];
	s->log_from = lseek(log, 0, SEEK_END);
	s->pid = spawn(arguments, log, log);
	close(log);
	if (wait_until(s->cfg.wait_ms ? s->cfg.wait_ms : 15000, says_ready, s) && server_alive(s) && is_healthy(s))
		return true;
	print_log(s);
	return false;
}

struct server *server_start(const struct server_cfg *cfg)
{
	struct server *s = g_new0(struct server, 1);

	s->cfg = *cfg;
	s->port = server_free_port();
	s->media_port = server_free_port();
	if (cfg->data) {
		g_strlcpy(s->data, cfg->data, sizeof(s->data));
	} else {
		s->temporary = 1;
		strcpy(s->data, "/tmp/huitang-scenario-XXXXXX");
		if (!mkdtemp(s->data))
			g_error("no temporary folder: %s", strerror(errno));
	}
	g_snprintf(s->log, sizeof(s->log), "%s.log", s->data);
	if (CHECK(server_restart(s), "the server did not start"))
		return s;
	server_free(s);
	return NULL;
}

struct server *server_stage(void)
{
	struct server *s = server_start(&(struct server_cfg){ 0 });

	return s ? defer(s, server_free) : NULL;
}

int server_alive(struct server *s)
{
	int status;

	if (s->pid && waitpid(s->pid, &status, WNOHANG) == s->pid)
		s->pid = 0;
	return s->pid != 0;
}

int server_end(struct server *s, int signal)
{
	struct ended e = { s->pid, -1 };

	if (!s->pid)
		return -1;
	kill(s->pid, signal);
	if (!wait_until(10000, has_ended, &e)) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, &e.status, 0);
		e.status = -1;
	}
	s->pid = 0;
	return e.status;
}

void server_remove_folder(const char *path)
{
	GDir *d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *full = g_build_filename(path, name, NULL);

		if (g_file_test(full, G_FILE_TEST_IS_DIR) && !g_file_test(full, G_FILE_TEST_IS_SYMLINK))
			server_remove_folder(full);
		else
			g_unlink(full);
	}
	if (d)
		g_dir_close(d);
	g_rmdir(path);
}

/* Of a journal and tables that many scenarios made. */
static void verify(const struct server *s)
{
	struct outcome *o = server_command((const char *const[]){ "verify", "--data", s->data, NULL });

	CHECK(o->status == 0, "%s%s", o->out, o->err);
	outcome_free(o);
}

void server_free(void *server)
{
	struct server *s = server;

	if (server_alive(s))
		CHECK(server_end(s, SIGTERM) == 0, "SIGTERM must end it cleanly");
	if (getenv("SCENARIO_KEEP_LOG"))
		print_log(s);
	if (getenv("SCENARIO_VERIFY"))
		verify(s);
	if (s->temporary) {
		g_autofree char *erasures = g_strconcat(s->data, ".erasures", NULL), *card_key = g_strconcat(s->data, ".card-key", NULL);
		g_autofree char *ballot_keys = g_strconcat(s->data, ".ballot-keys", NULL);

		server_remove_folder(s->data);
		g_unlink(erasures);
		g_unlink(card_key);
		g_rmdir(ballot_keys);
	}
	g_unlink(s->log);
	g_free(s);
}

char *server_token(struct server *s, const char *room, const char *role, const char *seat, int ttl_s)
{
	g_autofree char *ttl = g_strdup_printf("%d", ttl_s);
	const char *arguments[16] = { "token", "--data", s->data, "--room", room, "--role", role };
	unsigned n = 7;
	struct outcome *o;
	char *token;

	if (seat) {
		arguments[n++] = "--seat";
		arguments[n++] = seat;
	}
	if (ttl_s) {
		arguments[n++] = "--ttl";
		arguments[n++] = ttl;
	}
	o = server_command(arguments);
	CHECK(o->status == 0, "huitang token: %s", o->err);
	token = g_strstrip(g_strdup(o->out));
	outcome_free(o);
	return token;
}

double server_metric(const struct server *s, const char *name)
{
	g_autofree char *url = server_url(s, "/metrics");
	struct http_reply *r = http_ask(&(struct http_ask){ .url = url });
	g_auto(GStrv) lines = g_strsplit(r->body, "\n", -1);
	double sum = 0;

	for (unsigned i = 0; lines[i]; i++) {
		const char *space = strrchr(lines[i], ' ');

		if (space && g_str_has_prefix(lines[i], name) && strchr(" {", lines[i][strlen(name)]))
			sum += g_ascii_strtod(space, NULL);
	}
	http_reply_free(r);
	return sum;
}
