/* See oracle.h. */
#include "oracle.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "stage.h"

/* What a command prints, in a file of the folder; g_free(). */
static char *save(const char *folder, const char *name, const char *const *arguments)
{
	struct outcome *o = server_command(arguments);
	char *path = g_build_filename(folder, name, NULL);

	CHECK(o->status == 0, "huitang %s: %d %s", arguments[0], o->status, o->err);
	g_file_set_contents(path, o->out, -1, NULL);
	outcome_free(o);
	return path;
}

static bool run(char **arguments)
{
	g_autofree char *out = NULL, *err = NULL;
	int status = -1;

	if (!g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL))
		return CHECK(false, "python3 does not run");
	g_strdelimit(out, "\n", ' ');
	stage_note("%.900s", out);
	return CHECK(status == 0, "the oracle: %.900s %.900s", out, err);
}

bool oracle_agrees_period(struct server *s, const char *org, const char *from, const char *to)
{
	static const char *const levels[] = { "children", "orgs", "persons" };
	char folder[] = "/tmp/huitang-oracle-XXXXXX";
	g_autofree char *all = NULL, *database = g_build_filename(s->data, "huitang.db", NULL);
	char *reports[G_N_ELEMENTS(levels)];
	bool agrees;

	if (!CHECK(g_mkdtemp(folder) != NULL))
		return false;
	for (unsigned i = 0; i < G_N_ELEMENTS(levels); i++)
		reports[i] = save(folder, levels[i], (const char *const[]){ "report", "--data", s->data, "--org", org, "--from", from, "--to", to, "--level", levels[i], "--format", "json", NULL });
	all = save(folder, "all.jsonl", (const char *const[]){ "export", "--data", s->data, "--format", "jsonl", NULL });
	agrees = run((char *[]){ "python3", ORACLE "/periods.py", all, database, reports[0], reports[1], reports[2], NULL });
	for (unsigned i = 0; i < G_N_ELEMENTS(levels); i++)
		g_free(reports[i]);
	server_remove_folder(folder);
	return agrees;
}

bool oracle_agrees(struct server *s, const char *room)
{
	char folder[] = "/tmp/huitang-oracle-XXXXXX";
	g_autofree char *schema = NULL, *all = NULL, *report = NULL, *one = NULL;
	bool agrees;

	if (!CHECK(g_mkdtemp(folder) != NULL))
		return false;
	schema = save(folder, "schema.json", (const char *const[]){ "export", "--schema", NULL });
	report = save(folder, "report.json", (const char *const[]){ "report", "--data", s->data, "--room", room, "--format", "json", NULL });
	all = save(folder, "all.jsonl", (const char *const[]){ "export", "--data", s->data, "--format", "jsonl", NULL });
	one = save(folder, "one.jsonl", (const char *const[]){ "export", "--data", s->data, "--room", room, "--format", "jsonl", NULL });
	agrees = run((char *[]){ "python3", ORACLE "/compare.py", schema, all, report, (char *)room, NULL });
	agrees = run((char *[]){ "python3", ORACLE "/compare.py", schema, one, report, (char *)room, NULL }) && agrees;
	server_remove_folder(folder);
	return agrees;
}
