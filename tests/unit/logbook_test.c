/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: its chain, its text, and that each way to tamper with it is named. */
#include <stdlib.h>
#include <unistd.h>

#include "logbook/content.h"
#include "logbook/phrase.h"
#include "logbook/schema.h"
#include "logbook/verify.h"
#include "../tap.h"
#include "util/hex.h"

#define ENTRIES 6

static char folder[] = "/tmp/vigie-logbook.XXXXXX";
static char path[64];

static void remove_log(void)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < 3; i++) {
		char name[80];
		snprintf(name, sizeof name, "%s%s", path, tails[i]);
		unlink(name);
	}
}

static int64_t add(struct logbook *l, int i)
{
	char text[32], line[200];
	snprintf(text, sizeof text, "entry %d", i);
	snprintf(line, sizeof line, "{\"type\":\"event\",\"id\":\"t.a-%d\",\"at\":\"2026-01-13T20:14:0%d.000Z\",\"account\":\"1002\"}", i, i);
	struct draft d = {
		.event_at = 1768335243000 + i * SECOND, .entry_at = 1768335243500 + i * SECOND, .kind = KIND_AUTOMATIC,
		.author = SPAN("auto"), .account = SPAN("1002"), .site = SPAN("North"), .incident = SPAN("7"),
		.text = span_str(text), .type = SPAN("event"), .record = span_str(line),
	};
	char id[16];
	snprintf(id, sizeof id, "t.a-%d", i);
	d.id = span_str(id);
	return logbook_append(l, &d);
}

static void make_log(void)
{
	struct logbook l;
	remove_log();
	logbook_open(&l, path, STORE_WRITE, SECOND);
	logbook_begin(&l);
	for (int i = 1; i <= ENTRIES; i++)
		add(&l, i);
	logbook_commit(&l);
	logbook_close(&l);
}

/* What verify says, as words "flaw:number:other ". */
static struct buf said;

static void note(struct verify *v, enum flaw flaw, int64_t number, int64_t other)
{
	static const char *const words[] = {
		[FLAW_HEAD] = "head", [FLAW_BODY] = "body", [FLAW_ERASED] = "erased", [FLAW_REMOVED] = "removed",
		[FLAW_INSERTED] = "inserted", [FLAW_MOVED] = "moved", [FLAW_BROKEN] = "broken", [FLAW_SEARCH] = "search",
		[FLAW_LOOSE] = "loose",
	};
	(void)v;
	buf_printf(&said, "%s:%lld:%lld ", words[flaw], (long long)number, (long long)other);
}

static void no_progress(struct verify *v, int64_t done, int64_t all)
{
	(void)v;
	(void)done;
	(void)all;
}

static const char *verified(void)
{
	struct logbook l;
	logbook_open(&l, path, STORE_READ, SECOND);
	struct verify v = { .logbook = &l, .flawed = note, .progress = no_progress };
	buf_reset(&said);
	if (logbook_verify(&v) < 0)
		buf_printf(&said, "failed: %s", store_why(l.store));
	logbook_close(&l);
	return buf_cstr(&said);
}

/* As somebody would who has the file: the rules are taken away first. */
static int tamper(const char *sql)
{
	struct store *s = store_open(path, STORE_WRITE, &logbook_form, SECOND);
	store_run(s, "DROP TRIGGER head_order; DROP TRIGGER head_update; DROP TRIGGER head_delete;"
		"DROP TRIGGER body_update; DROP TRIGGER body_delete; DROP TRIGGER record_update; DROP TRIGGER record_delete");
	int result = store_run(s, sql);
	if (result < 0)
		printf("# %s\n", store_why(s));
	store_close(s);
	return result;
}

static void test_chain(void)
{
	struct head head = { .number = 1, .event_at = 1768335243120, .entry_at = 1768335243200, .kind = SPAN("note") };
	head.commit = body_commit(SPAN("0123456789abcdef0123456789abcdef"), SPAN("{\"text\":\"x\"}"));
	struct buf line = { 0 }, digits = { 0 };
	head_put(&line, &head);
	is(buf_cstr(&line), "1\t0000000000000000000000000000000000000000000000000000000000000000\t2026-01-13T20:14:03.120Z\t"
	   "2026-01-13T20:14:03.200Z\tnote\td14517af11301c3c29cb14a7ca59229fde180327bba686c1edb12c89a8a47acb\n",
	   "the head's line");
	struct hash hash = head_hash(&head);
	hex_lower(&digits, hash_view(&hash));
	ok(digits.n == 64, "a hash has 64 digits");
	buf_free(&line);
	buf_free(&digits);
}

static void test_rules(void)
{
	static const char *const forbidden[] = {
		"UPDATE head SET kind = 'x' WHERE number = 1", "DELETE FROM head WHERE number = 6", "UPDATE body SET body = '{}'",
		"DELETE FROM body", "UPDATE record SET id = 'x'", "DELETE FROM record",
		"INSERT INTO head SELECT 9, previous, event_at, entry_at, kind, commitment, hash FROM head WHERE number = 6",
		"INSERT INTO head SELECT 0, previous, event_at, entry_at, kind, commitment, hash FROM head WHERE number = 6",
		"INSERT OR REPLACE INTO head SELECT * FROM head WHERE number = 3",
		"INSERT OR REPLACE INTO body SELECT number, random, '{}', account, site, incident FROM body WHERE number = 3",
	};
	make_log();
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		struct store *s = store_open(path, STORE_WRITE, &logbook_form, SECOND);
		ok(store_run(s, forbidden[i]) < 0 && store_fault(s) == STORE_REFUSED, "refused: %s", forbidden[i]);
		store_close(s);
	}
	is(verified(), "", "and the log is intact");
}

static void test_tampering(void)
{
	static const struct {
		const char *name, *sql, *want;
	} cases[] = {
		{ "the text of an entry", "UPDATE body SET body = replace(body, 'entry 3', 'entry x') WHERE number = 3", "body:3:0 " },
		{ "its random bytes", "UPDATE body SET random = zeroblob(32) WHERE number = 3", "body:3:0 " },
		{ "its kind", "UPDATE head SET kind = 'note' WHERE number = 2", "head:2:0 " },
		{ "its event time", "UPDATE head SET event_at = event_at + 1 WHERE number = 2", "head:2:0 " },
		{ "its event time by ten thousand years", "UPDATE head SET event_at = event_at + 315569520000000 WHERE number = 2", "head:2:0 " },
		{ "its event time by all that a number holds", "UPDATE head SET event_at = -9223372036854775807 - 1 WHERE number = 2", "head:2:0 " },
		{ "its entry time", "UPDATE head SET entry_at = entry_at - 1 WHERE number = 6", "head:6:0 " },
		{ "its hash", "UPDATE head SET hash = zeroblob(32) WHERE number = 6", "head:6:0 " },
		{ "a hash cut short", "UPDATE head SET previous = zeroblob(31) WHERE number = 1", "head:1:0 " },
		{ "account", "UPDATE body SET account = '1003' WHERE number = 4", "search:4:0 " },
		{ "site", "UPDATE body SET site = NULL WHERE number = 4", "search:4:0 " },
		{ "incident", "UPDATE body SET incident = '8' WHERE number = 4", "search:4:0 " },
		{ "a record's id", "UPDATE record SET id = 'x' WHERE number = 4", "search:4:0 " },
		{ "a record that is in no entry", "INSERT INTO record VALUES ('event', 'x', 4)", "search:0:0 " },
		{ "a removed body", "DELETE FROM body WHERE number = 5", "erased:5:0 " },
		{ "a removed entry", "DELETE FROM record WHERE number = 3; DELETE FROM body WHERE number = 3; DELETE FROM head WHERE number = 3", "removed:3:3 " },
		{ "removed entries", "DELETE FROM record WHERE number < 3; DELETE FROM body WHERE number < 3; DELETE FROM head WHERE number < 3", "removed:1:2 " },
		{ "a removed head", "DELETE FROM head WHERE number = 3", "removed:3:3 loose:0:0 " },
		{ "a removed entry, the others moved up", "DELETE FROM record WHERE number = 3; DELETE FROM body WHERE number = 3;"
		  "DELETE FROM head WHERE number = 3; UPDATE head SET number = number - 1 WHERE number > 3;"
		  "UPDATE body SET number = number - 1 WHERE number > 3; UPDATE record SET number = number - 1 WHERE number > 3",
		  "broken:3:0 moved:3:4 " },
		{ "two entries in the other order", "UPDATE head SET number = 100 WHERE number = 2; UPDATE head SET number = 2 WHERE number = 4;"
		  "UPDATE head SET number = 4 WHERE number = 100; UPDATE body SET number = 100 WHERE number = 2;"
		  "UPDATE body SET number = 2 WHERE number = 4; UPDATE body SET number = 4 WHERE number = 100;"
		  "UPDATE record SET number = 100 WHERE number = 2; UPDATE record SET number = 2 WHERE number = 4;"
		  "UPDATE record SET number = 4 WHERE number = 100",
		  "broken:2:0 moved:2:4 broken:3:0 broken:4:0 moved:4:2 broken:5:0 " },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make_log();
		ok(tamper(cases[i].sql) == 0, "tampering: %s", cases[i].name);
		is(verified(), cases[i].want, "is named: %s", cases[i].name);
	}
}

/* A forged entry, well made, between 3 and 4: those behind it have moved. */
static void test_insertion(void)
{
	struct logbook l;
	make_log();
	tamper("UPDATE head SET number = number + 100 WHERE number > 3; UPDATE body SET number = number + 100 WHERE number > 3;"
	       "UPDATE record SET number = number + 100 WHERE number > 3;"
	       "CREATE TEMP TABLE x(y)");
	tamper("UPDATE head SET number = number - 99 WHERE number > 100; UPDATE body SET number = number - 99 WHERE number > 100;"
	       "UPDATE record SET number = number - 99 WHERE number > 100");
	logbook_open(&l, path, STORE_WRITE, SECOND);
	logbook_begin(&l);
	/* The log as it was when 3 was the newest. */
	struct query *q = query_new(l.store, "SELECT hash FROM head WHERE number = 3");
	query_step(q);
	memcpy(l.hash.byte, column_bytes(q, 0).p, SHA256_SIZE);
	query_free(q);
	l.number = 3;
	ok(add(&l, 9) == 4, "an entry is forged");
	logbook_commit(&l);
	logbook_close(&l);
	is(verified(), "inserted:4:0 moved:5:4 ", "an inserted entry is named");
}

static void test_replacement(void)
{
	make_log();
	struct logbook l;
	tamper("DELETE FROM record WHERE number = 4; DELETE FROM body WHERE number = 4; DELETE FROM head WHERE number = 4");
	logbook_open(&l, path, STORE_WRITE, SECOND);
	logbook_begin(&l);
	struct query *q = query_new(l.store, "SELECT hash FROM head WHERE number = 3");
	query_step(q);
	memcpy(l.hash.byte, column_bytes(q, 0).p, SHA256_SIZE);
	query_free(q);
	l.number = 3;
	add(&l, 8);
	logbook_commit(&l);
	logbook_close(&l);
	is(verified(), "broken:5:0 ", "an entry written anew, hash and all, does not fit the next");
}

/* Each byte of each column of an entry, and each of its body's. */
static void test_each_byte(void)
{
	static const char *const columns[] = { "head.previous", "head.kind", "head.commitment", "head.hash", "body.random", "body.body" };
	int missed = 0, tried = 0;
	for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
		char table[8], sql[400];
		snprintf(table, sizeof table, "%.4s", columns[c]);
		for (int at = 1; at <= 400; at += at < 40 ? 1 : 7) {
			const char *column = columns[c] + 5;
			const char *kind = c == 1 || c == 5 ? "TEXT" : "BLOB";
			make_log();
			/* One byte becomes Z, or Y where it is one. */
			snprintf(sql, sizeof sql, "UPDATE %s SET %s = CAST(substr(CAST(%s AS BLOB), 1, %d) ||"
			         " iif(substr(CAST(%s AS BLOB), %d, 1) = CAST('Z' AS BLOB), 'Y', 'Z') || substr(CAST(%s AS BLOB), %d) AS %s)"
			         " WHERE number = 4 AND length(CAST(%s AS BLOB)) >= %d", table, column, column, at - 1, column, at, column,
			         at + 1, kind, column, at);
			struct store *s;
			if (tamper(sql) < 0)
				missed++;
			s = store_open(path, STORE_READ, &logbook_form, SECOND);
			struct query *q = query_new(s, "SELECT max(length(CAST(body AS BLOB))) FROM body WHERE number = 4");
			query_step(q);
			int64_t length = c == 5 ? column_int(q, 0) : c == 1 ? 9 : 32;
			query_free(q);
			store_close(s);
			if (at > length)
				break;
			tried++;
			if (*verified() == '\0') {
				missed++;
				printf("# byte %d of %s\n", at, columns[c]);
			}
		}
	}
	ok(tried > 150 && missed == 0, "%d bytes changed, each one alone: %d were missed", tried, missed);
}

static const char *told(const char *line, enum language language)
{
	static struct buf out;
	struct record r;
	const char *why;
	buf_reset(&out);
	if (record_parse(&r, span_str(line), &why) < 0)
		return why;
	phrase_put(&out, &r, language);
	return buf_cstr(&out);
}

#define CID(account, code, q, kind, category, severity, rest) \
	"{\"type\":\"event\",\"account\":\"" account "\",\"format\":\"cid\",\"code\":\"" code "\",\"qualifier\":\"" q "\"," \
	"\"kind\":\"" kind "\",\"category\":\"" category "\",\"severity\":" #severity rest "}"

static void test_phrases(void)
{
	static const struct {
		const char *line, *french, *english;
	} cases[] = {
		{ CID("1002", "130", "E", "alarm", "burglary", 3, ",\"zone\":\"003\""),
		  "1002 – alarme intrusion zone 3.", "1002 – intrusion alarm zone 3." },
		{ CID("1002", "130", "E", "alarm", "burglary", 3, ",\"zone\":\"003\",\"site\":\"Entrepôt Logis-Nord\",\"zone_name\":\"porte quai 2\""),
		  "1002 Entrepôt Logis-Nord – alarme intrusion zone 3 « porte quai 2 ».",
		  "1002 Entrepôt Logis-Nord – intrusion alarm zone 3 “porte quai 2”." },
		{ CID("1004", "131", "E", "alarm", "burglary", 3, ",\"zone\":\"002\""),
		  "1004 – alarme intrusion périmétrique zone 2.", "1004 – perimeter intrusion zone 2." },
		{ CID("1001", "122", "E", "alarm", "holdup", 4, ",\"zone\":\"009\""),
		  "1001 – ALARME AGRESSION silencieuse zone 9.", "1001 – silent HOLD-UP ALARM zone 9." },
		{ CID("1008", "121", "E", "alarm", "duress", 4, ",\"user\":\"004\""),
		  "1008 – ALARME CONTRAINTE, utilisateur 4.", "1008 – DURESS ALARM, user 4." },
		{ CID("1002", "401", "E", "opening", "arming", 0, ",\"user\":\"012\""),
		  "1002 – mise hors service par l'utilisateur 12.", "1002 – disarmed by user 12." },
		{ CID("1002", "401", "R", "closing", "arming", 0, ",\"user\":\"012\",\"user_name\":\"M. Roche\""),
		  "1002 – mise en service par l'utilisateur 12 (M. Roche).", "1002 – armed by user 12 (M. Roche)." },
		{ CID("1002", "407", "R", "closing", "arming", 0, ",\"user\":\"000\""),
		  "1002 – mise en service à distance.", "1002 – armed remotely." },
		{ CID("1002", "130", "R", "restoral", "burglary", 0, ",\"zone\":\"003\""),
		  "1002 – zone 3 en repos.", "1002 – zone 3 back to normal." },
		{ CID("1004", "301", "R", "trouble_restoral", "power_ac", 0, ""), "1004 – retour secteur.", "1004 – mains restored." },
		{ CID("1004", "302", "R", "trouble_restoral", "battery", 0, ""), "1004 – fin : batterie basse.", "1004 – over: system battery low." },
		{ CID("1005", "602", "E", "test", "test", 0, ",\"zone\":\"000\""), "1005 – test cyclique.", "1005 – periodic test." },
		{ CID("1003", "406", "E", "cancel", "untyped", 1, ",\"user\":\"002\""),
		  "1003 – annulation par l'utilisateur 2.", "1003 – cancelled by user 2." },
		{ CID("1002", "999", "E", "undefined", "untyped", 3, ",\"zone\":\"00A\",\"text\":\"x\",\"warnings\":[\"code-unknown\",\"account-unknown\"]"),
		  "1002 – SIGNAL INCONNU cid 999 zone A « x ». Compte inconnu de la réception.",
		  "1002 – UNKNOWN SIGNAL cid 999 zone A “x”. Account unknown to reception." },
		{ CID("1002", "111", "E", "alarm", "fire", 4, ",\"zone\":\"020\",\"partition\":\"02\""),
		  "1002 – ALARME INCENDIE zone 20 (alarme fumée) (partition 2).",
		  "1002 – FIRE ALARM zone 20 (smoke detector alarm) (partition 2)." },
		{ CID("1007", "152", "E", "alarm", "environment", 3, ",\"zone\":\"002\",\"zone_name\":\"température chambre\""),
		  "1007 – alarme technique zone 2 « température chambre » : défaut de froid (réfrigération).",
		  "1007 – technical alarm zone 2 “température chambre”: refrigeration failure." },
		{ "{\"type\":\"event\",\"account\":\"1002\",\"kind\":\"undefined\",\"severity\":3,\"text\":\"hello   \"}",
		  "1002 – SIGNAL INCONNU « hello ».", "1002 – UNKNOWN SIGNAL “hello”." },
		{ "{\"type\":\"event\",\"account\":\"1002\",\"format\":\"sia\",\"code\":\"FA\",\"kind\":\"alarm\",\"category\":\"fire\",\"severity\":4,\"zone\":\"020\"}",
		  "1002 – ALARME INCENDIE zone 20.", "1002 – FIRE ALARM zone 20." },
		{ "{\"type\":\"event\",\"account\":\"1002\",\"format\":\"sia\",\"code\":\"FS\",\"kind\":\"trouble\",\"category\":\"fire\",\"severity\":2,"
		  "\"zone\":\"020\",\"label\":\"Chambre encrassée\",\"data\":{\"dialect\":\"ajax\"},\"warnings\":[\"detected-doubtful\"]}",
		  "1002 – chambre encrassée zone 20. Forme non précisée : lecture la plus probable.",
		  "1002 – chambre encrassée zone 20. Its form was not named: read as is most likely." },
		{ "{\"type\":\"link\",\"at\":\"2026-01-14T02:25:30.000Z\",\"account\":\"1002\",\"path\":\"1\",\"state\":\"down\",\"since\":\"2026-01-14T02:22:30.000Z\"}",
		  "1002 – perte de liaison (3 min sans communication).", "1002 – line lost (3 min without communication)." },
		{ "{\"type\":\"link\",\"at\":\"2026-01-15T09:31:30.000Z\",\"source\":\"R2\",\"state\":\"down\",\"since\":\"2026-01-15T09:30:00.000Z\"}",
		  "Récepteur R2 : aucune trame depuis 90 s.", "Receiver R2: no frame for 90 s." },
		{ "{\"type\":\"link\",\"at\":\"2026-01-15T09:41:05.000Z\",\"source\":\"R2\",\"state\":\"up\",\"since\":\"2026-01-15T09:30:00.000Z\"}",
		  "Récepteur R2 : liaison rétablie. Interruption 11 min 05 s.", "Receiver R2: line restored. Interruption 11 min 05 s." },
		{ "{\"type\":\"error\",\"error\":\"crc-bad\",\"detail\":\"1234 computed\",\"source\":\"R1\",\"peer\":\"192.0.2.7:51234\",\"account\":\"1002\",\"text\":\"x\"}",
		  "Signal illisible de 1002 (R1, 192.0.2.7) : crc-bad, 1234 computed.",
		  "Unreadable signal from 1002 (R1, 192.0.2.7): crc-bad, 1234 computed." },
		{ "{\"type\":\"event\"}", "Récepteur ? : signal.", "Receiver ?: signal." },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		is(told(cases[i].line, LANG_FR), cases[i].french, "%s", cases[i].french);
		is(told(cases[i].line, LANG_EN), cases[i].english, "%s", cases[i].english);
	}
}

static bool same(const char *type, const char *a, const char *b)
{
	static struct record one, other;
	const char *why;
	return record_parse(&one, span_str(a), &why) == 0 && record_parse(&other, span_str(b), &why) == 0 &&
		content_same(span_str(type), &one, &other);
}

static void test_content(void)
{
	ok(same("event", "{\"id\":\"a\",\"zone\":\"1\"}", "{\"id\":\"a\",\"zone\":\"1\",\"site\":\"x\",\"dup\":true}"),
	   "what filters add is no content");
	ok(same("event", "{\"id\":\"a\",\"label\":\"Fire\"}", "{\"id\":\"a\",\"label\":\"Feu\"}"), "nor are words of a language");
	ok(same("event", "{\"data\":{\"a\":1,\"b\":\"\\u00e9\"}}", "{\"data\":{\"b\":\"é\",\"a\":1}}"), "nor is spelling");
	ok(!same("event", "{\"id\":\"a\",\"zone\":\"1\"}", "{\"id\":\"a\",\"zone\":\"2\"}"), "a zone is");
	ok(!same("event", "{\"id\":\"a\",\"zone\":\"1\"}", "{\"id\":\"a\"}"), "its absence too");
	ok(!same("link", "{\"state\":\"up\"}", "{\"state\":\"down\"}"), "and a link's state");
	ok(content_written(SPAN("error")) && !content_written(SPAN("mark")) && !content_written(SPAN("frame")),
	   "frames and marks are not written");
}

static void test_foreign(void)
{
	static const char *const steps[] = { "CREATE TABLE x (y)", "CREATE TABLE z (y)", "CREATE TABLE w (y)" };
	static const struct store_form other = { .application = 0x12345678, .step = steps, .steps = 1 };
	static const struct store_form newer = { .application = 0x4D436F75, .step = steps, .steps = 3 };
	struct logbook l;
	remove_log();
	logbook_open(&l, path, STORE_READ, SECOND);
	ok(store_fault(l.store) == STORE_MISSING && access(path, F_OK) != 0, "reading makes no log");
	logbook_close(&l);
	store_close(store_open(path, STORE_WRITE, &other, SECOND));
	logbook_open(&l, path, STORE_WRITE, SECOND);
	ok(store_fault(l.store) == STORE_FOREIGN, "another program's database is refused");
	logbook_close(&l);
	remove_log();
	store_close(store_open(path, STORE_WRITE, &newer, SECOND));
	logbook_open(&l, path, STORE_WRITE, SECOND);
	ok(store_fault(l.store) == STORE_FOREIGN, "a newer form is refused: %s", store_why(l.store));
	logbook_close(&l);
}

static void test_two_writers(void)
{
	struct logbook a, b;
	remove_log();
	logbook_open(&a, path, STORE_WRITE, 50);
	logbook_open(&b, path, STORE_WRITE, 50);
	logbook_begin(&a);
	add(&a, 1);
	ok(logbook_begin(&b) < 0 && store_fault(b.store) == STORE_BUSY, "one writes at a time");
	store_forgive(b.store);
	logbook_rollback(&a);
	ok(logbook_begin(&b) == 0 && add(&b, 1) == 1 && logbook_commit(&b) == 0, "what was undone left no number behind");
	ok(logbook_begin(&a) == 0 && add(&a, 2) == 2 && logbook_commit(&a) == 0, "the other goes on behind it");
	logbook_close(&a);
	logbook_close(&b);
	is(verified(), "", "and the chain holds");
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/log.db", folder);
	test_chain();
	test_rules();
	test_tampering();
	test_insertion();
	test_replacement();
	test_each_byte();
	test_phrases();
	test_content();
	test_foreign();
	test_two_writers();
	remove_log();
	rmdir(folder);
	buf_free(&said);
	return done();
}
