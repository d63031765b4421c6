/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes through reception's judgement, with keys and accounts, under
 * every policy: it takes all of them, each record is a line of the pipe, and
 * whatever is answered was queued first or is a poll. */
#include "../../cmd/alarmrecv/accounts.c"
#include "../../cmd/alarmrecv/supervision.c"
#include "../../cmd/alarmrecv/receivers.c"
#include "../../cmd/alarmrecv/record.c"
#include "../../cmd/alarmrecv/recall.c"
#include "../../cmd/alarmrecv/files.c"
#include "../../cmd/alarmrecv/intake.c"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop loop;
static struct journal journal = { .epoch = "1ngd0rh114pqkh" };
static struct intake in = { .loop = &loop, .journal = &journal };

static const char *file(char *path, const char *content)
{
	int fd = mkstemp(path);
	if (fd < 0 || write_all(fd, span_str(content)) < 0)
		abort();
	close(fd);
	return path;
}

static void begin_all(void)
{
	static char keys[] = "/tmp/vigie-keys-XXXXXX", accounts[] = "/tmp/vigie-accounts-XXXXXX";
	const char *why;
	in.keys_path = file(keys, "key * ascii:0123456789abcdef window=off\nkey 1234 00112233445566778899AABBCCDDEEFF\n");
	in.accounts_path = file(accounts, "* * 1234 class=SP4\nR1 0 1002 interval=30s clear=refuse\n");
	loop_init(&loop, NULL);
	loop.now = INT64_C(1769860800000);
	if (intake_init(&in, NULL, &why) < 0)
		abort();
	unlink(keys);
	unlink(accounts);
}

static void set_policy(unsigned bits)
{
	in.policy = (struct policy){
		.strict = bits & 1, .refuse_unknown = bits & 2, .refuse_clear = bits & 4, .journal_polls = bits & 8,
		.no_clear = bits & 16, .repeat_window = bits & 32 ? MINUTE : 0,
	};
}

static void check_records(void)
{
	static struct record r;
	struct span rest = buf_view(&journal.queue), line;
	const char *why;
	while (span_line(&rest, &line))
		if (line.n >= RECORD_MOST || record_parse(&r, line, &why) < 0)
			abort();
	buf_reset(&journal.queue);
}

static size_t take(const struct origin *from, struct span rest, bool at_end)
{
	static struct buf reply;
	struct taken t;
	uint64_t before = journal.seq, polls = in.polls;
	buf_reset(&reply);
	size_t n = intake_take(&in, from, rest, at_end, &reply, &t);
	if (n > rest.n || (at_end && n == 0) || (reply.n == 0) != (t.answer == A_NONE))
		abort();
	if (reply.n && journal.seq == before && in.polls == polls)
		abort();
	check_records();
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct origin from = { .proto = protocol_find(SPAN("dc09")), .source = "R1", .via = "tcp", .peer = SPAN("192.0.2.7:5") };
	struct span rest = span_of(data, size);
	if (!in.forms)
		begin_all();
	set_policy((unsigned)size);
	while (rest.n) {
		size_t n = take(&from, rest, false);
		rest = span_from(rest, n ? n : take(&from, rest, true));
	}
	loop_advance(&loop, loop.now + SECOND);
	intake_abandoned(&in, &from, span_of(data, size), "a beginning");
	check_records();
	return 0;
}
