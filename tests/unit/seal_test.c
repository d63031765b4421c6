/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals: their keys, their bytes, and that each way to tamper with a sealed
 * log is named. */
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "logbook/bundle.h"
#include "logbook/schema.h"
#include "logbook/transcript.h"
#include "logbook/verify.h"
#include "util/hex.h"

static char folder[] = "/tmp/vigie-seal.XXXXXX";
static char path[64], other_path[64];
static struct sign_key key, other_key;

/* RFC 8032, 7.1, test 1; RFC 8410, 10.3 for the forms. */
static void test_keys(void)
{
	struct buf secret = { 0 }, pem = { 0 }, again = { 0 };
	struct sign_key k;
	uint8_t signature[SIGNATURE_SIZE], open[SIGN_KEY];
	const char *why;
	hex_decode(&secret, SPAN("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
	struct sign_key given = { 0 };
	memcpy(given.secret, secret.p, SIGN_KEY);
	sign_put_secret(&pem, &given);
	is(buf_cstr(&pem), "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
	   "-----END PRIVATE KEY-----\n", "a secret key in PEM");
	ok(!sign_read_secret(buf_view(&pem), &k) && memcmp(k.secret, given.secret, SIGN_KEY) == 0, "comes back");
	hex_lower(&again, span_of(k.open, SIGN_KEY));
	is(buf_cstr(&again), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "with its public one");
	sign_bytes(signature, &k, (struct span){ 0 });
	buf_reset(&again);
	hex_lower(&again, span_of(signature, sizeof signature));
	is(buf_cstr(&again), "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	   "and signs as RFC 8032 says");
	ok(sign_good(k.open, (struct span){ 0 }, signature) && !sign_good(k.open, SPAN("x"), signature), "what it signed, and nothing else");
	struct buf open_pem = { 0 };
	sign_put_open(&open_pem, k.open);
	sign_put_open(&open_pem, key.open);
	struct span rest = buf_view(&open_pem);
	ok(sign_next_open(&rest, open, &why) && memcmp(open, k.open, SIGN_KEY) == 0 && sign_next_open(&rest, open, &why) &&
	   memcmp(open, key.open, SIGN_KEY) == 0 && !sign_next_open(&rest, open, &why) && !why, "public keys, one after the other");
	buf_free(&open_pem);
	rest = buf_view(&pem);
	ok(!sign_next_open(&rest, open, &why) && why, "a secret key is no public one");
	buf_free(&secret);
	buf_free(&pem);
	buf_free(&again);
}

static void test_key_forms(void)
{
	static const struct {
		const char *name, *pem;
		bool good;
	} cases[] = {
		{ "with attributes and the public key behind (RFC 8410)", "-----BEGIN PRIVATE KEY-----\n"
		  "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
		  "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
		  "Z9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PRIVATE KEY-----\n", true },
		{ "with CR LF and text around", "Bag Attributes\r\n-----BEGIN PRIVATE KEY-----\r\n"
		  "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\r\n-----END PRIVATE KEY-----\r\n", true },
		{ "one byte short", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVg=\n"
		  "-----END PRIVATE KEY-----\n", false },
		{ "X25519 in its place", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
		  "-----END PRIVATE KEY-----\n", false },
		{ "with a pass phrase", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBK\n-----END ENCRYPTED PRIVATE KEY-----\n", false },
		{ "cut off", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTu", false },
		{ "damaged", "-----BEGIN PRIVATE KEY-----\nMC4CAQAw!!YDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
		  "-----END PRIVATE KEY-----\n", false },
		{ "nothing", "", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sign_key k;
		const char *why = sign_read_secret(span_str(cases[i].pem), &k);
		ok(!why == cases[i].good, "a key %s: %s", cases[i].name, why ? why : "read");
	}
}

static struct seal example(void)
{
	struct seal s = { .seal = 12, .entry = 1234, .at = 1768335243120 };
	memset(s.log.byte, 0x11, SHA256_SIZE);
	memset(s.hash.byte, 0x22, SHA256_SIZE);
	memset(s.previous.byte, 0x33, SHA256_SIZE);
	seal_sign(&s, &key);
	return s;
}

static void test_text(void)
{
	struct seal s = example(), back;
	struct buf text = { 0 }, mail = { 0 };
	seal_put(&text, &s);
	static const char lines[] = "vigie-seal: 1\nlog: 1111111111111111111111111111111111111111111111111111111111111111\nseal: 12\nentry: 1234\n"
	   "hash: 2222222222222222222222222222222222222222222222222222222222222222\ntime: 2026-01-13T20:14:03.120Z\n"
	   "previous: 3333333333333333333333333333333333333333333333333333333333333333\n";
	ok(strncmp(buf_cstr(&text), lines, sizeof lines - 1) == 0, "a seal is lines");
	ok(seal_read(buf_view(&text), &back) && seal_signed(&back) && memcmp(&back, &s, sizeof s) == 0, "that are read back");
	buf_printf(&mail, "From: centre\r\n\r\n%sBye.\r\n", buf_cstr(&text));
	struct span rest = buf_view(&mail);
	bool sound = false;
	ok(seal_next(&rest, &back, &sound) && sound && seal_signed(&back) && !seal_next(&rest, &back, &sound), "also out of a mail");
	ok(!seal_read(buf_view(&mail), &back), "which is no seal itself");
	buf_free(&text);
	buf_free(&mail);
}

/* Each bit of the text: it is no seal then, or its signature does not fit. */
static void test_each_bit(void)
{
	struct seal s = example(), back;
	struct buf text = { 0 };
	int tried = 0, missed = 0;
	seal_put(&text, &s);
	for (size_t i = 0; i < 8 * text.n; i++) {
		text.p[i / 8] ^= (uint8_t)(1 << i % 8);
		missed += seal_read(buf_view(&text), &back) && seal_signed(&back);
		tried++;
		text.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ok(tried > 3000 && missed == 0, "%d bits changed, each one alone: %d were missed", tried, missed);
	for (size_t n = 0; n < text.n; n++)
		missed += seal_read(span_of(text.p, n), &back);
	ok(missed == 0, "a part of it is no seal");
	buf_free(&text);
}

static void test_record(void)
{
	struct seal s = example(), back;
	struct buf line = { 0 };
	int missed = 0;
	seal_put_record(&line, &s);
	ok(seal_from_record(buf_view(&line), &back) && memcmp(&back, &s, sizeof s) == 0, "the record of a seal has all of it");
	for (size_t i = 0; i < 8 * line.n; i++) {
		line.p[i / 8] ^= (uint8_t)(1 << i % 8);
		missed += seal_from_record(buf_view(&line), &back) && seal_signed(&back);
		line.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ok(missed == 0, "in one spelling only: %d bits were missed", missed);
	buf_free(&line);
}

static void remove_log(const char *name)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < 3; i++) {
		char file[80];
		snprintf(file, sizeof file, "%s%s", name, tails[i]);
		unlink(file);
	}
}

static void add(struct logbook *l, const char *text)
{
	struct draft d = { .event_at = 1768335243000, .entry_at = 1768335243500, .kind = "note", .author = SPAN("op"), .text = span_str(text) };
	logbook_begin(l);
	logbook_append(l, &d);
	logbook_commit(l);
}

static enum sealed seal(struct logbook *l, const struct sign_key *k, bool change)
{
	struct seal s;
	int64_t flawed;
	const struct sealing how = { .key = k, .change = change, .writer = SPAN("vigie"), .language = LANG_FR };
	return logbook_seal(l, &how, &s, &flawed);
}

/* Three entries, a seal (entry 4 names it), three, a seal (8), one. */
static void make_log(const char *name, const char *word, const struct sign_key *k)
{
	struct logbook l;
	remove_log(name);
	logbook_open(&l, name, STORE_WRITE, SECOND);
	for (int i = 0; i < 7; i++) {
		if (i == 3 || i == 6)
			seal(&l, k, false);
		add(&l, word);
	}
	logbook_close(&l);
}

static struct buf said;

static void note(struct verify *v, enum flaw flaw, int64_t number, int64_t other)
{
	static const char *const words[] = {
		[FLAW_HEAD] = "head", [FLAW_BODY] = "body", [FLAW_ERASED] = "erased", [FLAW_REMOVED] = "removed",
		[FLAW_INSERTED] = "inserted", [FLAW_MOVED] = "moved", [FLAW_BROKEN] = "broken", [FLAW_SEARCH] = "search",
		[FLAW_LOOSE] = "loose", [FLAW_SEAL_CHANGED] = "seal-changed", [FLAW_SEAL_KEY] = "seal-key", [FLAW_SEAL_LOG] = "seal-log",
		[FLAW_SEAL_FIT] = "seal-fit", [FLAW_SEAL_CUT] = "seal-cut", [FLAW_SEAL_REMOVED] = "seal-removed",
		[FLAW_SEAL_INSERTED] = "seal-inserted", [FLAW_SEAL_ORDER] = "seal-order", [FLAW_SEAL_NONE] = "seal-none",
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

static const char *verified(struct seal *outside, size_t n)
{
	struct logbook l;
	logbook_open(&l, path, STORE_READ, SECOND);
	struct verify v = {
		.logbook = &l, .flawed = note, .progress = no_progress, .keys = { &key.open, 1 }, .outside = outside, .outsides = n,
	};
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
	store_run(s, "DROP TRIGGER head_order; DROP TRIGGER head_update; DROP TRIGGER head_delete; DROP TRIGGER body_update;"
		"DROP TRIGGER body_delete; DROP TRIGGER record_update; DROP TRIGGER record_delete; DROP TRIGGER seal_order;"
		"DROP TRIGGER seal_update; DROP TRIGGER seal_delete");
	int result = store_run(s, sql);
	if (result < 0)
		printf("# %s\n", store_why(s));
	store_close(s);
	return result;
}

#define CUT(from) "DELETE FROM record WHERE number >= " #from "; DELETE FROM body WHERE number >= " #from ";" \
	"DELETE FROM head WHERE number >= " #from ";"

static void test_tampering(void)
{
	static const struct {
		const char *name, *sql, *want;
	} cases[] = {
		{ "nothing", "SELECT 1", "" },
		{ "an entry's text", "UPDATE body SET body = replace(body, 'first', 'First') WHERE number = 2", "body:2:0 " },
		{ "the tail cut off before a sealed entry", CUT(6), "seal-cut:2:7 " },
		{ "the tail cut off behind a sealed entry", CUT(8), "seal-cut:2:8 " },
		{ "all entries cut off", CUT(1), "seal-cut:1:3 seal-cut:2:7 " },
		{ "the newest seal removed", "DELETE FROM seal WHERE seal = 2", "seal-removed:2:2 " },
		{ "the first seal removed", "DELETE FROM seal WHERE seal = 1", "seal-removed:1:1 " },
		{ "all seals removed", "DELETE FROM seal", "seal-removed:1:1 seal-removed:2:2 seal-none:0:0 " },
		{ "a seal's time", "UPDATE seal SET text = replace(text, 'time: 20', 'time: 19') WHERE seal = 1", "seal-changed:1:3 " },
		{ "a seal that is none", "UPDATE seal SET text = 'x' WHERE seal = 2", "seal-order:2:7 seal-changed:2:7 " },
		{ "a seal twice", "INSERT INTO seal SELECT 3, number, text FROM seal WHERE seal = 2", "seal-order:3:7 seal-changed:3:7 " },
		{ "seals the other way round", "UPDATE seal SET seal = 9 WHERE seal = 1; UPDATE seal SET seal = 1 WHERE seal = 2;"
		  "UPDATE seal SET seal = 2 WHERE seal = 9", "seal-changed" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make_log(path, "first", &key);
		ok(tamper(cases[i].sql) == 0, "tampering: %s", cases[i].name);
		const char *got = verified(NULL, 0);
		if (strcmp(cases[i].want, "seal-changed") == 0)
			ok(strstr(got, cases[i].want) != NULL, "is named: %s: %s", cases[i].name, got);
		else
			is(got, cases[i].want, "is named: %s", cases[i].name);
	}
}

/* What somebody does who has another log, or another key. */
static void test_other_logs(void)
{
	char sql[200];
	make_log(path, "first", &key);
	make_log(other_path, "second", &key);
	snprintf(sql, sizeof sql, "ATTACH '%s' AS other; UPDATE seal SET text = (SELECT text FROM other.seal s WHERE s.seal = main.seal.seal)", other_path);
	ok(tamper(sql) == 0, "seals are copied from another log");
	ok(strstr(verified(NULL, 0), "seal-log:1:3") && strstr(buf_cstr(&said), "seal-log:2:7"), "each is named: %s", buf_cstr(&said));

	make_log(path, "first", &other_key);
	is(verified(NULL, 0), "seal-key:1:3 seal-key:2:7 ", "a whole log, well made, by another key");

	/* The seals of the true log, handed out; another log in its place, by whoever has the key. */
	struct seal out[2];
	bool sound;
	struct logbook l;
	make_log(path, "first", &key);
	logbook_open(&l, path, STORE_READ, SECOND);
	struct query *q = seal_search(&l, 0, 0);
	seal_step(q, &out[0], &sound);
	seal_step(q, &out[1], &sound);
	query_free(q);
	logbook_close(&l);
	is(verified(out, 2), "", "seals that were handed out fit their log");
	make_log(path, "second", &key);
	is(verified(out, 2), "seal-fit:0:3 seal-fit:0:7 seal-log:0:3 seal-log:0:7 ", "and no other, though it has the right key");
	make_log(path, "first", &key);
	verified(NULL, 0);
	logbook_open(&l, path, STORE_READ, SECOND);
	q = seal_search(&l, 0, 0);
	seal_step(q, &out[0], &sound);
	seal_step(q, &out[1], &sound);
	query_free(q);
	logbook_close(&l);
	tamper("DELETE FROM seal WHERE seal = 2;" CUT(7));
	is(verified(NULL, 0), "", "a tail cut off with its seal is seen by nobody");
	is(verified(out, 2), "seal-cut:0:7 ", "but by who has that seal");
	out[0].at++;
	is(verified(out, 1), "seal-changed:0:3 ", "a seal that was handed out and changed");
}

static void test_sealing(void)
{
	struct logbook l;
	remove_log(path);
	logbook_open(&l, path, STORE_WRITE, SECOND);
	ok(seal(&l, &key, false) == SEALED_ALREADY, "an empty log is not sealed");
	add(&l, "x");
	ok(seal(&l, &key, false) == SEALED && l.number == 2, "one with an entry is, and says so");
	ok(seal(&l, &key, false) == SEALED_ALREADY, "once");
	add(&l, "y");
	ok(seal(&l, &other_key, false) == SEALED_NOT_KEY, "by its own key");
	ok(seal(&l, &other_key, true) == SEALED, "or by another, where that is meant");
	add(&l, "z");
	logbook_close(&l);
	is(verified(NULL, 0), "seal-key:2:3 ", "which is told");
	tamper("UPDATE head SET kind = 'action' WHERE number = 5");
	logbook_open(&l, path, STORE_WRITE, SECOND);
	ok(seal(&l, &other_key, false) == SEALED_NOT_INTACT, "what was changed since is not sealed");
	logbook_close(&l);
	make_log(path, "first", &key);
	tamper("UPDATE seal SET text = replace(text, 'time: 20', 'time: 19') WHERE seal = 2");
	logbook_open(&l, path, STORE_WRITE, SECOND);
	ok(seal(&l, &key, false) == SEALED_NOT_INTACT, "nor anything behind a seal that was changed");
	logbook_close(&l);
}

static void test_rules(void)
{
	static const char *const forbidden[] = {
		"UPDATE seal SET text = 'x'", "DELETE FROM seal", "INSERT INTO seal VALUES (5, 1, 'x')", "INSERT OR REPLACE INTO seal VALUES (1, 1, 'x')",
	};
	make_log(path, "first", &key);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		struct store *s = store_open(path, STORE_WRITE, &logbook_form, SECOND);
		ok(store_run(s, forbidden[i]) < 0 && store_fault(s) == STORE_REFUSED, "refused: %s", forbidden[i]);
		store_close(s);
	}
}

/* A log of the first version: it is read as it is, and brought up when it is written. */
static void test_upgrade(void)
{
	struct store_form first = logbook_form;
	struct logbook l;
	first.steps = 1;
	remove_log(path);
	store_close(store_open(path, STORE_WRITE, &first, SECOND));
	logbook_open(&l, path, STORE_READ, SECOND);
	ok(store_fault(l.store) == STORE_FINE && store_version(l.store) == 1, "a log without seals is read");
	struct verify v = { .logbook = &l, .flawed = note, .progress = no_progress };
	ok(logbook_verify(&v) == 0 && v.flaws == 0, "and verified");
	logbook_close(&l);
	logbook_open(&l, path, STORE_WRITE, SECOND);
	add(&l, "x");
	ok(store_version(l.store) == 2 && seal(&l, &key, false) == SEALED, "written, it can be sealed");
	logbook_close(&l);
	is(verified(NULL, 0), "", "and verified");
}

/* Every bit of every line that is given away. */
static void test_lines(void)
{
	struct logbook l;
	struct entry e, back;
	struct seal s;
	struct transcript_end end;
	struct buf lines[4] = { 0 }, scratch = { 0 };
	int64_t number;
	make_log(path, "first", &key);
	logbook_open(&l, path, STORE_READ, SECOND);
	const struct search one = { .since = CLOCK_NONE, .until = CLOCK_NONE, .number = 3 };
	struct query *q = logbook_search(&l, &one);
	ok(entry_next(q, &e) == 1, "an entry");
	transcript_put(&lines[0], &e);
	head_put(&lines[1], &e.head);
	contents_put(&lines[2], &e);
	journal_put(&lines[3], &e);
	ok(transcript_read(buf_view(&lines[0]), &scratch, &back, &s, &end) == T_ENTRY && span_eq(back.body, e.body), "comes back from its line");
	int missed = 0;
	for (int i = 0; i < 4; i++) {
		struct buf *b = &lines[i];
		for (size_t bit = 0; bit < 8 * b->n; bit++) {
			b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			struct hash hash, commit;
			struct span line = buf_view(b);
			bool same = false;
			if (i == 0 && transcript_read(line, &scratch, &back, &s, &end) == T_ENTRY) {
				hash = head_hash(&back.head);
				commit = body_commit(back.random, back.body);
				same = hash_eq(&hash, &back.hash) && hash_eq(&commit, &back.head.commit);
			} else if (i == 1 && head_read(line, &back)) {
				same = hash_eq(&back.hash, &e.hash);
			} else if (i == 2 && contents_read(line, &scratch, &number, &back)) {
				commit = body_commit(back.random, back.body);
				same = number == 3 && hash_eq(&commit, &e.head.commit);
			} else if (i == 3) {
				same = journal_same(line, &e);
			}
			missed += same;
			if (same)
				printf("# line %d, bit %zu\n", i, bit);
			b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	ok(missed == 0, "each bit of an entry, a head, contents and a line for people: %d were missed", missed);
	query_free(q);
	logbook_close(&l);
	for (int i = 0; i < 4; i++)
		buf_free(&lines[i]);
	buf_free(&scratch);
}

static void test_stored_names(void)
{
	static const char digits[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
	char text[400], name[STORED_NAME_MOST];
	snprintf(text, sizeof text, "{\"mail\":\"%s.eml\",\"n\":\"0%s.jpg\",\"hash\":\"%s\",\"picture\":\"%s.jpg\",\"x\":\"%s.toolongending\"}",
	         digits, digits, digits, digits, digits);
	struct span rest = span_str(text);
	ok(stored_name_next(&rest, name) && strcmp(name + 64, ".eml") == 0 && stored_name_next(&rest, name) &&
	   strcmp(name + 64, ".jpg") == 0 && !stored_name_next(&rest, name), "names of stored files");
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/log.db", folder);
	snprintf(other_path, sizeof other_path, "%s/other.db", folder);
	sign_new_key(&key);
	sign_new_key(&other_key);
	test_keys();
	test_key_forms();
	test_text();
	test_each_bit();
	test_record();
	test_tampering();
	test_other_logs();
	test_sealing();
	test_rules();
	test_upgrade();
	test_lines();
	test_stored_names();
	remove_log(path);
	remove_log(other_path);
	rmdir(folder);
	buf_free(&said);
	return done();
}
