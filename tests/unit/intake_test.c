/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reception's judgement, frame by frame, with a journal that is a queue in
 * memory; and what is recalled from one on disk. */
#include "../../cmd/alarmrecv/accounts.c"
#include "../../cmd/alarmrecv/supervision.c"
#include "../../cmd/alarmrecv/receivers.c"
#include "../../cmd/alarmrecv/record.c"
#include "../../cmd/alarmrecv/recall.c"
#include "../../cmd/alarmrecv/files.c"
#include "../../cmd/alarmrecv/intake.c"

#include <sys/stat.h>
#include <unistd.h>

#include "proto/dc09_panel.h"
#include "util/hex.h"

#include "../tap.h"

#define NOW (INT64_C(1769860800000))	/* 2026-01-31T12:00:00Z */

static struct loop loop;
static struct journal journal;
static struct intake in;
static struct buf reply, text;
static struct taken taken;
static char folder[] = "/tmp/vigie-intake-XXXXXX";

static const char *path_to(const char *name)
{
	static char path[64];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const char *content)
{
	FILE *f = fopen(path_to(name), "w");
	fputs(content, f);
	fclose(f);
	chmod(path_to(name), 0600);
}

static void start(const char *keys, const char *accounts)
{
	static char keys_path[64], accounts_path[64];
	const char *why = "";
	in = (struct intake){ .loop = &loop, .journal = &journal, .policy.repeat_window = 10 * MINUTE };
	strcpy(keys_path, path_to("keys"));
	strcpy(accounts_path, path_to("accounts"));
	if (keys) {
		write_file("keys", keys);
		in.keys_path = keys_path;
	}
	if (accounts) {
		write_file("accounts", accounts);
		in.accounts_path = accounts_path;
	}
	if (!journal.loop) {
		journal = (struct journal){ .epoch = "1ngd0rh114pqkh" };
		buf_lit(&journal.node, "t1");
		loop_init(&loop, NULL);
		loop.now = NOW;
	}
	if (intake_init(&in, NULL, &why) < 0)
		printf("Bail out! %s\n", why);
}

static void finish(void)
{
	intake_free(&in);
	if (journal.loop)
		return;
	buf_free(&journal.node);
	buf_free(&journal.queue);
	loop_free(&loop);
	journal = (struct journal){ 0 };
}

/* The records since it was asked last. */
static const char *records(void)
{
	buf_reset(&text);
	buf_span(&text, buf_view(&journal.queue));
	buf_reset(&journal.queue);
	return buf_cstr(&text);
}

static unsigned count(const char *haystack, const char *needle)
{
	unsigned n = 0;
	for (; (haystack = strstr(haystack, needle)); haystack++)
		n++;
	return n;
}

static const char *take_bytes(struct span bytes, bool at_end)
{
	struct origin from = { .proto = protocol_find(SPAN("dc09")), .source = "R1", .via = "tcp", .peer = SPAN("192.0.2.7:5") };
	buf_reset(&reply);
	size_t n = intake_take(&in, &from, bytes, at_end, &reply, &taken);
	ok(n <= bytes.n, "takes no more than there is");
	return buf_cstr(&reply);
}

static struct key key128 = { .bytes = { 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF }, .n = 16 };
#define KEY128 "00112233445566778899AABBCCDDEEFF"

/* A frame of account 1002, its content as given; gives the answer. */
static const char *take(const char *token, unsigned seq, const char *content, const struct key *key, msec sent)
{
	static struct buf frame;
	static const uint8_t chance[16] = "ABCDEFGHIJKLMNO";
	struct dc09_message m = {
		.token = span_str(token), .seq = seq, .has_receiver = true, .receiver = SPAN("1"), .line = SPAN("0"),
		.account = SPAN("1002"), .body = span_str(content), .sent = sent,
	};
	buf_reset(&frame);
	dc09_compose(&m, key, chance, &frame);
	return take_bytes(buf_view(&frame), false);
}

/* Encrypted, and no time in it. */
static void take_timeless(unsigned seq)
{
	uint8_t block[32];
	struct buf digits = { 0 };
	memcpy(block, "ABCDEFGHIJKLM|#1002|1130 01 003]", sizeof block);
	aes_cbc_encrypt(key128.bytes, key128.n, block, block, sizeof block);
	hex_upper(&digits, span_of(block, sizeof block));
	take("*ADM-CID", seq, buf_cstr(&digits), NULL, CLOCK_NONE);
	buf_free(&digits);
}

static bool has(const char *flag)
{
	return strstr(buf_cstr(&text), flag);
}

static const char *word(void)
{
	records();
	return answer_word(taken.answer);
}

static void opened(void)
{
	start("key 1002 " KEY128 "\n", NULL);
	take("ADM-CID", 1, "#1002|1130 01 003]", &key128, NOW);
	ok(strncmp(buf_cstr(&reply) + 9, "\"*ACK\"0001R1L0#1002[", 20) == 0, "encrypted: answered encrypted");
	is(word(), "ack", "acknowledged");
	ok(taken.stored && taken.seq == 1, "once it is stored");
	ok(has("\"clear\":\"#1002|1130 01 003]_12:00:00,01-31-2026\""), "with its content");
	take("NULL", 0, "]", &key128, NOW);
	is(word(), "ack", "a poll");
	ok(!taken.stored && text.n == 0 && in.polls == 1, "is answered at once and counted");
	take("ADM-CID", 2, "#0000|1130 01 003]", &key128, NOW);
	is(word(), "ack", "0000 inside names nobody");
	take("ADM-CID", 3, "#001002|1130 01 003]", &key128, NOW);
	is(word(), "ack", "zeros in front are padding");
	take("ADM-CID", 4, "#1003|1130 01 003]", &key128, NOW);
	is(word(), "duh", "another account inside is refused");
	take_timeless(5);
	is(word(), "nak", "no time: NAK with ours");
	ok(strstr(buf_cstr(&reply), "\"NAK\"0000R0L0A0[]_12:00:00,01-31-2026\r"), "as the standard has it");
	take("ADM-CID", 6, "#1002|1130 01 003]", &key128, NOW + 20 * SECOND);
	is(word(), "ack", "20 s ahead");
	take("ADM-CID", 7, "#1002|1130 01 003]", &key128, NOW + 21 * SECOND);
	is(word(), "nak", "21 s are too many");
	take("ADM-CID", 8, "#1002|1130 01 003]", &key128, NOW - 40 * SECOND);
	is(word(), "ack", "40 s behind");
	take("ADM-CID", 9, "#1002|1130 01 003]", &key128, NOW - 41 * SECOND);
	is(word(), "nak", "41 s are too many");
	struct key other = key128;
	other.bytes[0] = 1;
	take("ADM-CID", 10, "#1002|1130 01 003]", &other, NOW);
	is(word(), "duh", "another key");
	ok(has("[\"key-wrong\"]") && !has("clear"), "is flagged, nothing shown");
	take("*X", 11, "]", NULL, NOW);
	is(word(), "duh", "no ciphertext at all: the same");
	finish();
}

static void in_clear(void)
{
	start("key 1002 " KEY128 "\n", NULL);
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW);
	is(word(), "ack", "in clear in spite of a key");
	ok(has("[\"unencrypted\"]"), "is flagged");
	in.policy.refuse_clear = true;
	take("ADM-CID", 2, "#1002|1130 01 003]", NULL, NOW);
	is(word(), "duh", "or refused");
	take("NULL", 0, "]", NULL, NOW);
	is(word(), "ack", "but no link test");
	take("ADM-CID", 3, "#1002|1130 01 003]", NULL, CLOCK_NONE);
	take("ADM-CID", 3, "#1002|1130 01 003]", NULL, CLOCK_NONE);
	records();
	ok(!has("repeat"), "what was refused has not come");
	finish();
}

static void lost_batches(void)
{
	start(NULL, "* * 1002 class=SP6\n");
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW);
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW + SECOND);
	ok(count(records(), "\"repeat\":\"t1.1ngd0rh114pqkh-1\"") == 1, "a repetition, before the first is stored");
	loop_advance(&loop, NOW + 20 * SECOND);
	ok(count(records(), "\"state\":\"down\"") == 1, "and the path falls silent");
	strcpy(journal.epoch, "1ngd0rh2akv1tr");
	journal.seq = journal.stored = 0;
	intake_stored(&in, 28);
	take("NULL", 0, "]", NULL, NOW);
	records();
	ok(has("\"frame\"") && has("\"state\":\"up\""), "nothing of it was stored; it comes back");
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW + 2 * SECOND);
	records();
	ok(has("\"reply\":\"ack\"") && !has("repeat"), "the same again is the first of it");
	uint64_t seq = journal.stored = journal.seq;
	intake_stored(&in, 0);
	intake_stored(&in, 28);
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW + 2 * SECOND);
	ok(count(records(), "\"repeat\":\"t1.1ngd0rh2akv1tr-3\"") == 1 && seq == 3, "a later loss does not touch what is stored");
	finish();
}

static void unreadable(void)
{
	static uint8_t noise[40000];
	struct origin from = { .proto = protocol_find(SPAN("dc09")), .source = "R1", .via = "udp" };
	start(NULL, NULL);
	memset(noise, 0xFE, sizeof noise);
	take_bytes(span_of(noise, sizeof noise), true);
	ok(reply.n == 0 && taken.answer == A_NONE && !taken.neighbour, "noise gets no answer");
	const char *all = records();
	ok(count(all, "\"type\":\"error\"") == 3 && count(all, "\"parts\":3}") == 3 && strstr(all, "\"part\":3"), "in parts");
	ok(count(all, "fe") == sizeof noise, "every byte of it");
	ok(count(all, "\n") == 3, "a line each");
	take_bytes(SPAN("GET / HTTP/1.0\r\n\r\n"), false);
	is(taken.neighbour, "HTTP", "a neighbour is named");
	ok(count(records(), "\"error\":\"neighbour\"") == 1, "and kept");
	take_bytes(SPAN("\n2F32003B\"ADM-CID\"0003L0#1234[#12"), false);
	ok(!taken.stored && reply.n == 0 && count(records(), "\n") == 0, "a beginning waits");
	intake_abandoned(&in, &from, SPAN("\n2F32003B\"ADM"), "not completed within 10 s");
	ok(count(records(), "\"error\":\"incomplete\",\"detail\":\"not completed within 10 s\"") == 1, "and is kept when nothing follows");
	intake_abandoned(&in, &from, SPAN("\r\n"), "closed");
	ok(count(records(), "\n") == 0, "fill is nothing");
	take_bytes(SPAN("\n2F32003B\"ADM-CID\"0003L0#1234[#1234|1130 01 012]_12:00:00,01-31-2027\r"), false);
	records();
	ok(has("crc-bad") && has("\"account\":\"1234\"") && reply.n == 0, "a wrong CRC: its account, no answer");
	finish();
}

/* A record off a serial line whose fault-th character came with an error. */
static const char *take_faulty(size_t fault)
{
	static const char record[] = "5021 181003E13001004\x14" "1011           @    \x14";
	uint8_t faults[sizeof record - 1] = { 0 };
	struct origin from = { .proto = protocol_find(SPAN("surgard")), .source = "R2", .via = "serial", .faults = span_of(faults, sizeof faults) };
	if (fault < sizeof faults)
		faults[fault] = FAULT_PARITY;
	buf_reset(&reply);
	ok(intake_take(&in, &from, span_of(record, sizeof record - 1), false, &reply, &taken) == 21, "a record is taken");
	return records();
}

static void line_errors(void)
{
	start(NULL, NULL);
	ok(strstr(take_faulty(100), "\"type\":\"frame\"") && taken.answer == A_ACK, "a sound record");
	ok(strstr(take_faulty(14), "\"error\":\"line-error\"") && reply.n == 1 && reply.p[0] == 0x15, "a character came with an error: refused");
	ok(strstr(take_faulty(20), "\"error\":\"line-error\""), "and when it is the last one");
	ok(strstr(take_faulty(21), "\"type\":\"frame\"") && reply.p[0] == 0x06, "an error in the next record is that one's");
	finish();
}

static void standing(void)
{
	start("key 1009 " KEY128 "\n", "* * 1002 interval=1m\n");
	take_bytes(SPAN("junk\r\n"), true);
	ok(taken.standing == STRANGER, "noise: a stranger");
	take("ADM-CID", 1, "#1002|1130 01 003]", NULL, NOW);
	ok(taken.standing == KNOWN_ACCOUNT && taken.silence == 3 * MINUTE, "an account of the file, with its silence");
	in.policy.strict = true;
	take("ADM-CID", 2, "#1002|rubbish]", NULL, NOW);
	is(word(), "duh", "strict: DUH to what cannot be read");
	take("ADM-CID", 3, "#1002|1130 01 003][Q?]", NULL, NOW);
	is(word(), "ack", "strict: unknown letters are acknowledged");
	write_file("accounts", "* * 1003\n* * 1003\n");
	const char *why = "";
	ok(intake_reload(&in, &why) < 0 && strstr(why, "accounts:2:"), "a bad file is refused: %s", why);
	take("ADM-CID", 4, "#1002|1130 01 003]", NULL, NOW);
	ok(taken.standing == KNOWN_ACCOUNT, "the old one stays");
	write_file("accounts", "* * 1003\n");
	ok(intake_reload(&in, &why) == 0, "a good one is taken");
	take("ADM-CID", 5, "#1002|1130 01 003]", NULL, NOW);
	records();
	ok(taken.standing == SPOKE_SOUNDLY && has("account-unknown"), "from then on");
	finish();
}

static void stored(struct journal *j, int error)
{
	(void)j;
	intake_stored(&in, error);
}

static void told(struct journal *j, const char *what)
{
	(void)j;
	printf("# %s\n", what);
}

static void open_journal(const char *keys, const char *accounts)
{
	struct journal_options options = { .dir = path_to("spool"), .segment_most = 1 << 20 };
	const char *why = "";
	char spool[64];
	strcpy(spool, options.dir);
	options.dir = spool;
	loop_init(&loop, clock_now);
	journal = (struct journal){ .loop = &loop, .done = stored, .tell = told };
	if (journal_open(&journal, &options, &why) < 0)
		printf("Bail out! %s\n", why);
	start(keys, accounts);
	ok(recall(&in, spool, &why) == 0, "recalled: %s", why);
}

static void close_journal(void)
{
	journal_drain(&journal);
	journal_close(&journal);
	finish();
	loop_free(&loop);
	journal = (struct journal){ 0 };
}

static unsigned in_spool(const char *needle)
{
	struct place start = { 0 };
	struct reader *reader;
	struct span line, id;
	const char *why;
	unsigned n = 0;
	reader_open(&reader, path_to("spool"), &start, &why);
	while (reader_next(reader, true, &line, &id) == READ_RECORD)
		n += memmem(line.p, line.n, needle, strlen(needle)) != NULL;
	reader_close(reader);
	return n;
}

static void over_a_restart(void)
{
	const char *keys = "key 1002 " KEY128 " window=off\n", *accounts = "* * 1002 class=SP6\n* * 1003 class=SP4\n";
	const char *bare = "\n00000000\"ADM-CID\"";
	open_journal(keys, accounts);
	take("ADM-CID", 1, "#1002|1130 01 003]", &key128, NOW);
	take("ADM-CID", 2, "#1002|1130 01 003]", NULL, NOW);
	in.supervision.path[0].heard -= 20 * SECOND;
	in.supervision.path[0].timer.due(&in.supervision.path[0].timer);
	ok(supervision_is_down(&in.supervision, &in.accounts.account[0]), "silent");
	close_journal();

	open_journal(keys, accounts);
	ok(supervision_is_down(&in.supervision, &in.accounts.account[0]), "down over a restart");
	ok(!supervision_is_down(&in.supervision, &in.accounts.account[1]), "the other is not");
	ok(!timer_is_set(&in.supervision.path[0].timer) && timer_is_set(&in.supervision.path[1].timer), "and has its time");
	take("ADM-CID", 1, "#1002|1130 01 003]", &key128, NOW + 12 * SECOND);
	take("ADM-CID", 2, "#1002|1130 01 003]", NULL, NOW + 12 * SECOND);
	take("ADM-CID", 3, "#1002|1130 01 003]", NULL, NOW + 12 * SECOND);
	close_journal();
	ok(in_spool("\"repeat\":") == 2, "what repeats over a restart is known, encrypted or not");
	ok(in_spool("\"state\":\"up\"") == 1, "the path came up");

	open_journal(keys, accounts);
	ok(!supervision_is_down(&in.supervision, &in.accounts.account[0]), "up over a restart");
	close_journal();
	write_file("spool/.paths", "1 0 -\n{\"type\":\"link\",\"account\":\"1003\",\"state\":\"down\"}\n");
	open_journal(keys, accounts);
	ok(supervision_is_down(&in.supervision, &in.accounts.account[1]), "the note of the last start is read");
	close_journal();
	write_file("spool/.paths", bare);
	open_journal(keys, accounts);
	ok(!supervision_is_down(&in.supervision, &in.accounts.account[1]), "one that makes no sense is not");
	close_journal();
	write_file("spool/.paths", "99 0 -\n{\"type\":\"link\",\"account\":\"1003\",\"state\":\"down\"}\n");
	open_journal(keys, accounts);
	close_journal();
	ok(in_spool("\"state\"") == 2, "nothing is told twice");
}

static struct session *panel;

/* On the panel's connection, until all has been taken. */
static void talk(struct span bytes)
{
	struct origin from = { .proto = protocol_find(SPAN("galaxy")), .source = "R1", .via = "tcp", .session = panel };
	buf_reset(&reply);
	for (size_t n = 1; n && bytes.n; bytes = span_from(bytes, n))
		n = intake_take(&in, &from, bytes, false, &reply, &taken);
}

static void dial(struct span account)
{
	struct buf said = { 0 };
	session_free(panel);
	panel = session_new(protocol_find(SPAN("galaxy")), &in.common, loop.now, &said);
	talk(account);
}

#define ALARM SPAN("FNBA0015\xf0")
#define ITS_END SPAN("FNBR0015\xe3")
#define END_OF_DATA SPAN("@0\x8f")

/* Panels that wait for each answer, on a port that they share. */
static void conversations(void)
{
	start(NULL, "* * 023499\n* * 1234\n* * 01234\n");
	records();
	dial(SPAN("F#023499\x9f"));
	ok(taken.small_talk && taken.standing == STRANGER && reply.n == 3 && !taken.stored, "the account is answered at once, and says nothing of who it is");
	is(records(), "", "and not recorded");
	talk(ALARM);
	ok(taken.stored && reply.n == 3 && taken.standing == KNOWN_ACCOUNT, "the alarm when it is stored");
	ok(strstr(records(), "46233032333439399f464e424130303135f0") != NULL, "behind its account");
	dial(SPAN("D#1234\x9c"));
	talk(ALARM);
	ok(!strstr(records(), "repeat"), "another panel's is another's");
	dial(SPAN("F#023499\x9f"));
	loop.now += 9 * SECOND;
	talk(ALARM);
	records();
	ok(has("\"repeat\"") && !has("repeat-unsure"), "the first one's again, on another connection: a repetition");
	loop.now += 11 * SECOND;
	talk(ALARM);
	records();
	ok(has("\"repeat\"") && has("repeat-unsure"), "later it may be a new one");
	talk(ITS_END);
	talk(ALARM);
	records();
	ok(!has("\"repeat\""), "behind its end it is one");
	talk(END_OF_DATA);
	talk(ALARM);
	records();
	ok(has("repeat-unsure"), "who has gone on does not repeat: perhaps");
	loop.now += 3 * MINUTE;
	talk(ALARM);
	records();
	ok(!has("\"repeat\""), "minutes later nobody dials again");
	talk(SPAN("FNBA0015\xf1"));
	ok(taken.answer == A_NAK && reply.n == 3 && strstr(records(), "\"account\":\"023499\""), "damaged: refused, and whose it is");
	talk(SPAN("\x06NBA0016\xb3"));
	ok(taken.stored && taken.answer == A_NONE && reply.n == 0 && strstr(records(), "\"reply\":\"none\""), "who wants no answer gets none");
	dial(SPAN("\0" "00023499......tttt\x3c\x3c\0\0\0xx"));
	ok(taken.over && reply.n == 26 && taken.standing == KNOWN_ACCOUNT, "a path check of an account with zeros in front");
	is(records(), "", "is no news");
	ok(in.supervision.path[accounts_first(&in.accounts, SPAN("023499"))].silence == 3 * MINUTE, "and announces when it comes again");
	dial(SPAN("\0" "00001234......tttt\x3c\x3c\0\0\0xx"));
	records();
	ok(has("account-unknown"), "where two would fit nobody is meant");
	session_free(panel);
	panel = NULL;
	finish();
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	setenv("VIGIE_NODE", "t1", 1);
	opened();
	in_clear();
	lost_batches();
	unreadable();
	standing();
	line_errors();
	conversations();
	over_a_restart();
	buf_free(&reply);
	buf_free(&text);
	char command[80];
	snprintf(command, sizeof command, "rm -r %s", folder);
	ok(system(command) == 0, "cleaned up");
	return done();
}
