/* A result that reads is written again as itself, and its claims are in order within the day of a class. */
#include <stdlib.h>
#include <string.h>

#include "attendance/result_form.h"
#include "tests/fuzz/must.h"

static int keep(void *user, const char *payload)
{
	char **text = user;

	free(*text);
	*text = strdup(payload);
	return 0;
}

static void check_rows(const struct result_part *part)
{
	for (size_t i = 0; i < part->n; i++) {
		const struct result_row *row = &part->rows[i];
		int64_t last_us = part->head.began_us - 1;

		MUST(row->counted_s >= 0 && row->milli_hours >= 0 && row->met <= row->sent);
		for (size_t k = 0; k < row->claim.n; k++) {
			MUST(row->claim.list[k].from_us > last_us && row->claim.list[k].to_us > row->claim.list[k].from_us);
			last_us = row->claim.list[k].to_us;
		}
	}
}

static void check(const struct result_part *part)
{
	struct result_part again;
	char *text = NULL;
	json_t *json;

	check_rows(part);
	/* More rows than one event holds come in several, of which the last is kept: compared when it is one. */
	if (result_write(&part->head, part->rows, part->n, keep, &text) == 0) {
		json = json_loads(text, 0, NULL);
		MUST(json && result_parse(&again, json, 7) == 0 && again.last && again.n <= part->n);
		for (size_t i = 0; again.n == part->n && i < part->n; i++)
			MUST(strcmp(again.rows[i].person, part->rows[i].person) == 0 && spans_us(&again.rows[i].claim) == spans_us(&part->rows[i].claim));
		result_part_done(&again);
		json_decref(json);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, 0, NULL);
	struct ledger_entry entry;
	struct result_part part;

	if (result_parse(&part, json, 7) == 0) {
		check(&part);
		result_part_done(&part);
	}
	if (ledger_entry_parse(&entry, json, 7) == 0) {
		json_t *again = ledger_entry_write(&entry);
		struct ledger_entry twice;

		MUST(ledger_entry_parse(&twice, again, 7) == 0 && twice.entry == entry.entry && twice.day == entry.day && ledger_same_account(&entry, &twice));
		json_decref(again);
	}
	json_decref(json);
	return 0;
}
