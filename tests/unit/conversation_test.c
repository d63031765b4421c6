/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocols of a conversation that panels speak over the net: what comes out
 * of their bytes where nothing is known but them, and on a connection, in one
 * piece, cut anywhere and byte by byte, in clear and out of the cipher. */
#include <stdlib.h>

#include "../case.h"
#include "../tap.h"
#include "crypto/crypto.h"
#include "proto/session.h"
#include "util/charset.h"
#include "util/cursor.h"
#include "util/file.h"

#define LINES 16
#define START (INT64_C(1769860800000))

/* What came of a panel's bytes. */
struct outcome {
	struct event_list list;
	struct buf answers, damage, wholes;	/* damage: the words; wholes: frames, one behind the other */
	unsigned noise, frames;
	struct signal last;
	const char *neighbour;
};

struct expected {
	struct buf name, panel, answer, damage;
	bool has_answer, poll;
	unsigned noise;
	struct span header, sent, neighbour, event[LINES];	/* event: empty for what is unreadable */
	unsigned events;
};

static const struct protocol *proto;

static void outcome_free(struct outcome *o)
{
	event_list_free(&o->list);
	buf_free(&o->answers);
	buf_free(&o->damage);
	buf_free(&o->wholes);
}

static void take_whole(struct outcome *o, struct span whole, struct session *t)
{
	struct context cx = { .now = START, .session = t };
	o->frames++;
	if (proto->read(whole, &o->last) != V_OK)
		ok(false, "what was cut is read");
	proto->events(&o->last, LANG_EN, &o->list);
	proto->answer(&o->last, &cx, A_ACK, &o->answers);
	buf_span(&o->wholes, whole);
}

static void take_damaged(struct outcome *o, struct span whole, struct session *t)
{
	struct context cx = { .now = START, .session = t };
	struct signal s;
	proto->read(whole, &s);
	buf_str(&o->damage, warning_word(signal_damage(&s)));
	buf_byte(&o->damage, ' ');
	proto->answer(&s, &cx, A_NAK, &o->answers);
}

static bool is_fill(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] && s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

/* As reception does. */
static void take(struct outcome *o, enum verdict v, struct span in, struct span frame, struct span whole, struct session *t)
{
	bool bad = v == V_BAD_CHECK || v == V_MALFORMED, strange = bad || v == V_NOT_MINE;
	const char *other = strange ? t && t->neighbour ? t->neighbour : proto->neighbour(in) : NULL;
	o->neighbour = other ? other : o->neighbour;
	if (v == V_OK && whole.n)
		take_whole(o, whole, t);
	else if (v == V_NOT_MINE || other)
		o->noise += !is_fill(frame);
	else if (bad)
		take_damaged(o, whole, t);
}

static void alone(struct outcome *o, struct span in)
{
	struct span frame;
	for (; in.n; in = span_from(in, frame.n)) {
		enum verdict v = proto->frame(in, true, &frame);
		ok(v != V_MORE && frame.n, "at its end nothing waits");
		if (frame.n == 0)
			return;
		take(o, v, in, frame, frame, NULL);
	}
}

/* Pieces of `step` bytes, the first of `first`. */
static bool talk(struct outcome *o, struct session *t, struct span in, size_t first, size_t step)
{
	struct buf rest = { 0 };
	bool good = true;
	for (size_t n; good && (in.n || rest.n) && !o->neighbour && !t->over; in = span_from(in, n)) {
		struct span frame;
		bool at_end = in.n == 0;
		n = first ? first : step;
		first = 0;
		buf_span(&rest, span_sub(in, 0, n));
		while (rest.n && !o->neighbour) {
			buf_reset(&t->whole);
			enum verdict v = proto->conversation->frame(t, buf_view(&rest), at_end, &frame, &o->answers);
			good &= frame.n <= rest.n && (!at_end || frame.n > 0);
			if (!good || (v == V_MORE && frame.n == 0))
				break;
			take(o, v, buf_view(&rest), frame, buf_view(&t->whole), t);
			buf_consume(&rest, frame.n);
		}
	}
	buf_free(&rest);
	return good;
}

/* Which events, and what they say but for texts, which may come behind them,
 * and for accounts where nobody could know them. */
static void put_codes(struct buf *out, const struct event_list *list, const struct event_list *known)
{
	static const enum field fields[] = { F_ACCOUNT, F_CODE, F_ZONE, F_USER, F_PARTITION };
	for (unsigned i = 0; i < list->n; i++) {
		if (event_get(&list->event[i], F_CODE).n == 0)
			continue;
		bool account = i < known->n && event_get(&known->event[i], F_ACCOUNT).n;
		for (size_t k = account ? 0 : 1; k < sizeof fields / sizeof *fields; k++) {
			buf_span(out, event_get(&list->event[i], fields[k]));
			buf_byte(out, k + 1 < sizeof fields / sizeof *fields ? ' ' : ';');
		}
	}
}

static bool same_codes(const struct outcome *x, const struct outcome *y)
{
	struct buf a = { 0 }, b = { 0 };
	put_codes(&a, &x->list, &y->list);
	put_codes(&b, &y->list, &y->list);
	bool same = span_eq(buf_view(&a), buf_view(&b));
	if (!same)
		printf("# %s\n# %s\n", buf_cstr(&a), buf_cstr(&b));
	buf_free(&a);
	buf_free(&b);
	return same;
}

static struct session *begin(struct buf *said)
{
	return session_new(proto, NULL, START, said);
}

/* One connection in clear; gives whether it agrees with what the bytes alone say. */
static bool agrees(const struct outcome *want, struct span in, size_t first, size_t step)
{
	struct outcome o = { 0 };
	struct buf said = { 0 };
	struct session *t = begin(&said);
	bool good = talk(&o, t, in, first, step) && same_codes(&o, want) && span_eq(buf_view(&o.damage), buf_view(&want->damage));
	if (good && want->noise == 0 && want->damage.n == 0)
		good = span_eq(buf_view(&o.answers), buf_view(&want->answers));
	session_free(t);
	buf_free(&said);
	outcome_free(&o);
	return good;
}

static void on_a_connection(const struct expected *e, const struct outcome *want, const char *name)
{
	struct span in = buf_view(&e->panel);
	bool cut = true;
	if (e->neighbour.n)	/* it is closed at the first byte that tells */
		return;
	ok(agrees(want, in, 0, in.n), "%s: on a connection", name);
	if (want->damage.n)	/* how much of it there is decides what it is taken for */
		return;
	ok(agrees(want, in, 0, 1), "%s: byte by byte", name);
	for (size_t first = 1; first < in.n; first++)
		cut &= agrees(want, in, first, in.n);
	ok(cut, "%s: cut anywhere", name);
}

/* The panel's side of the cipher. */
static void put_sealed(struct buf *out, const struct session *t, struct span text)
{
	size_t n = text.n + TRIPLE_DES_BLOCK - text.n % TRIPLE_DES_BLOCK;
	uint8_t *p = buf_reserve(out, n);
	memset(p, 0, n);
	memcpy(p, text.p, text.n);
	triple_des_encrypt(t->key, p, p, n);
	out->n += n;
}

static bool all_acknowledged(const struct session *t, struct buf *answers, unsigned n)
{
	triple_des_decrypt(t->key, answers->p, answers->p, answers->n);
	bool good = answers->n == (size_t)n * TRIPLE_DES_BLOCK;
	for (size_t at = 0; at < answers->n; at += TRIPLE_DES_BLOCK)
		good &= memcmp(answers->p + at, "ACK\r\0\0\0", TRIPLE_DES_BLOCK) == 0;
	return good;
}

/* Twice the same message, under the connection's key. */
static bool sealed(struct span message, size_t first, size_t step)
{
	struct outcome o = { 0 };
	struct buf said = { 0 }, in = { 0 }, both = { 0 };
	struct session *t = begin(&said);
	for (int i = 0; i < 2; i++) {
		put_sealed(&in, t, message);
		buf_span(&both, message);
	}
	bool good = talk(&o, t, buf_view(&in), first, step) && o.frames == 2 && o.damage.n == 0 && o.noise == 0 &&
	            span_eq(buf_view(&o.wholes), buf_view(&both)) && all_acknowledged(t, &o.answers, 2);
	session_free(t);
	buf_free(&said);
	buf_free(&in);
	buf_free(&both);
	outcome_free(&o);
	return good;
}

static struct span without_zeros(struct span s)
{
	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	return s;
}

static void out_of_the_cipher(const struct expected *e, const struct outcome *want, const char *name)
{
	struct span message = without_zeros(buf_view(&e->panel));
	bool cut = true;
	if (strcmp(proto->name, "osborne-hoffman") || want->damage.n || want->noise || want->frames != 1)
		return;
	ok(sealed(message, 0, 4096), "%s: out of the cipher", name);
	ok(sealed(message, 0, 1), "%s: out of the cipher, byte by byte", name);
	for (size_t first = 1; first < 2 * message.n; first += 3)
		cut &= sealed(message, first, 4096);
	ok(cut, "%s: out of the cipher, cut anywhere", name);
}

static bool event_has(const struct event *ev, struct span key, struct span value)
{
	struct span got;
	if (event_field(ev, key, &got))
		return span_eq(got, value);
	if (!span_is(key, "number"))
		return data_has(ev, key, value);
	return span_eq(event_get(ev, F_ZONE), value) || span_eq(event_get(ev, F_USER), value) ||
	       span_eq(event_get(ev, F_PARTITION), value) || data_has(ev, SPAN("address"), value);
}

static void check_event(struct span want, const struct event *ev, const char *name)
{
	struct buf key = { 0 }, value = { 0 };
	ok(ev->unreadable == (want.n == 0), "%s: %s", name, want.n ? "is read" : "has no reading");
	ok(span_is(event_get(ev, F_PROTO), proto->name), "%s: by %s", name, proto->name);
	while (take_pair(&want, &key, &value))
		ok(event_has(ev, buf_view(&key), buf_view(&value)), "%s: %s %s", name, buf_cstr(&key), buf_cstr(&value));
	ok(want.n == 0, "%s: all of the event is looked at", name);
	buf_free(&key);
	buf_free(&value);
}

static void check_header(const struct expected *e, const struct signal *s, const char *name)
{
	struct buf key = { 0 }, value = { 0 };
	for (struct span rest = e->header; take_pair(&rest, &key, &value);) {
		struct span account = s->account.n ? s->account : s->inner_account;
		struct span k = buf_view(&key);
		struct span got = span_is(k, "receiver") ? s->receiver : span_is(k, "line") ? s->line : span_is(k, "seq") ? s->seq : account;
		ok(span_eq(got, buf_view(&value)), "%s: %s %s", name, buf_cstr(&key), buf_cstr(&value));
	}
	ok(s->poll == e->poll, "%s: a poll or none", name);
	if (e->sent.n)
		ok(s->sent == clock_parse(e->sent), "%s: sent", name);
	buf_free(&key);
	buf_free(&value);
}

static void check(struct expected *e)
{
	struct outcome o = { 0 };
	const char *name = buf_cstr(&e->name);
	alone(&o, buf_view(&e->panel));
	ok(o.list.n == e->events, "%s: %u events", name, e->events);
	for (unsigned i = 0; i < e->events && i < o.list.n; i++)
		check_event(e->event[i], &o.list.event[i], name);
	is(buf_cstr(&o.damage), buf_cstr(&e->damage), "%s: what is damaged", name);
	ok(o.noise == e->noise, "%s: what is noise", name);
	ok(o.neighbour ? span_is(e->neighbour, o.neighbour) : e->neighbour.n == 0, "%s: whose bytes they are", name);
	check_header(e, &o.last, name);
	ok(e->has_answer && span_eq(buf_view(&o.answers), buf_view(&e->answer)), "%s: the answer, byte for byte", name);
	on_a_connection(e, &o, name);
	out_of_the_cipher(e, &o, name);
	outcome_free(&o);
}

static void end_case(struct expected *e)
{
	if (e->panel.n)
		check(e);
	buf_free(&e->name);
	buf_free(&e->panel);
	buf_free(&e->answer);
	buf_free(&e->damage);
	*e = (struct expected){ 0 };
}

static void take_line(struct expected *e, struct span line)
{
	struct span word, all = line;
	if (!span_word(&line, &word)) {
		end_case(e);
		return;
	}
	line = span_trim(line);
	if (span_is(word, "#") && e->name.n == 0)
		buf_span(&e->name, span_sub(line, 0, (size_t)(span_find(line, ':') < 0 ? 40 : span_find(line, ':'))));
	else if (span_is(word, "panel"))
		take_quoted(&line, &e->panel);
	else if (span_is(word, "header"))
		e->header = line;
	else if (span_is(word, "poll"))
		e->poll = true;
	else if (span_is(word, "sent"))
		e->sent = line;
	else if ((span_is(word, "event") || span_is(word, "unreadable")) && e->events < LINES)
		e->event[e->events++] = line;
	else if (span_is(word, "bad"))
		buf_span(&e->damage, line), buf_byte(&e->damage, ' ');
	else if (span_is(word, "noise"))
		e->noise++;
	else if (span_is(word, "neighbour"))
		e->neighbour = span_sub(line, 1, line.n - 2);
	else if (span_is(word, "answer")) {
		e->has_answer = true;
		if (!span_is(line, "none"))
			take_quoted(&line, &e->answer);
	} else
		ok(span_starts(all, SPAN("#")), "a word that is known: %.*s", (int)word.n, (const char *)word.p);
}

static void check_corpus(const char *name)
{
	struct buf file = { 0 }, path = { 0 };
	struct expected e = { 0 };
	struct span rest, line;
	proto = protocol_find(span_str(name));
	buf_printf(&path, "tests/corpus/%s.case", name);
	ok(file_read(buf_cstr(&path), &file) == 0, "%s: has a corpus", name);
	for (rest = buf_view(&file); span_line(&rest, &line);)
		take_line(&e, line);
	end_case(&e);
	buf_free(&file);
	buf_free(&path);
}

static void feed(struct outcome *o, struct session *t, struct span bytes)
{
	ok(talk(o, t, bytes, 0, bytes.n), "taken");
}

/* A panel that waits: each block when the one before it has been answered. */
static void texts_come_behind(void)
{
	static const char account[] = "F#023499\x9f", event[] = "VNti23:42/id023/pi013/CG\xfb", text[] = "NA PART SET USER\x94", end[] = "@0\x8f";
	struct outcome o = { 0 };
	struct buf said = { 0 };
	proto = protocol_find(SPAN("galaxy"));
	struct session *t = begin(&said);
	ok(said.n == 0, "the panel speaks first");
	feed(&o, t, span_str(account));
	ok(o.frames == 0 && o.answers.n == 3, "the account is small talk");
	feed(&o, t, span_str(event));
	ok(o.frames == 1 && o.answers.n == 6 && o.list.n == 1 && !t->settled, "the event is not kept waiting for its text");
	feed(&o, t, span_str(text));
	ok(o.frames == 2 && o.list.n == 2, "which is a record of its own");
	if (o.list.n == 2) {
		const struct event *ev = &o.list.event[1];
		ok(span_is(event_get(ev, F_ACCOUNT), "023499") && span_is(event_get(ev, F_TEXT), "PART SET USER"), "of the account");
		ok(span_is(event_get(ev, F_KIND), "status") && span_is(event_get(ev, F_SEVERITY), "0"), "and no alarm");
		ok(data_has(ev, SPAN("state"), SPAN(" ")), "neither appears nor ends");
	}
	feed(&o, t, span_str(end));
	ok(o.frames == 2 && o.answers.n == 12 && t->settled, "the end is small talk; nothing will be repeated");
	feed(&o, t, SPAN("FNBA0015\xf0"));
	ok(o.frames == 3 && span_is(o.last.account, "023499") && !t->settled, "the account holds on");
	feed(&o, t, SPAN("\0\0\0"));
	ok(o.frames == 3 && o.noise == 0 && o.answers.n == 15, "NULs are fill");
	session_free(t);
	outcome_free(&o);
}

/* Somebody's echo is no reason to go on for ever. */
static void echoes(void)
{
	struct outcome o = { 0 };
	struct buf said = { 0 };
	proto = protocol_find(SPAN("galaxy"));
	struct session *t = begin(&said);
	feed(&o, t, SPAN("@8\x87@9\x86@\x08\xb7"));
	ok(o.answers.n == 0 && o.frames == 0, "an acknowledgement is not acknowledged");
	session_free(t);
	t = begin(&said);
	feed(&o, t, SPAN("\0" "00023499......tttt\x3c\x1e\0\0\0xx"));
	ok(t->over && o.frames == 1 && o.answers.n == 26, "a path check is sent back, and the connection ends");
	ok(o.last.zeros_in_front && o.last.interval == 30 * SECOND, "it comes again");
	session_free(t);
	outcome_free(&o);
}

static void keys(void)
{
	uint8_t key[TRIPLE_DES_KEY], text[24] = "The qufck brown fox jump", out[24];
	static const uint8_t want[24] = "\xA8\x26\xFD\x8C\xE5\x3B\x85\x5F\xCC\xE2\x1C\x81\x12\x25\x6F\xE6\x68\xD5\xC0\x5D\xD9\xB6\xB9";
	struct cursor c = cursor_over(SPAN("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123"));
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)cursor_digits(&c, 2, 16);
	triple_des_encrypt(key, out, text, sizeof text);
	ok(memcmp(out, want, sizeof want) == 0, "triple DES: the example of SP 800-67");
	triple_des_decrypt(key, out, out, sizeof out);
	ok(memcmp(out, text, sizeof text) == 0, "and back");
}

static void other_keys(void)
{
	static const char event[] = "\n0101002F\"SIA-DCS\"0001R0001L0001[#001234|NBA1]\r";
	struct outcome o = { 0 };
	struct buf said = { 0 }, in = { 0 };
	proto = protocol_find(SPAN("osborne-hoffman"));
	struct session *t = begin(&said), *other = begin(&said);
	ok(said.n == 48 && memcmp(said.p, said.p + 24, 24) != 0, "each connection has its own key");
	put_sealed(&in, other, span_str(event));
	feed(&o, t, buf_view(&in));
	ok(o.frames == 0 && o.damage.n > 0 && o.answers.n == 8, "under another key: refused");
	is(buf_cstr(&o.damage), "key-wrong ", "and told so");
	session_free(t);
	outcome_free(&o);
	o = (struct outcome){ 0 };
	buf_reset(&in);
	t = begin(&said);
	put_sealed(&in, t, SPAN("DHR"));
	feed(&o, t, buf_view(&in));
	ok(o.neighbour && strstr(o.neighbour, "version 4"), "version 4 asks for its key");
	session_free(t);
	session_free(other);
	outcome_free(&o);
	buf_free(&in);
	buf_free(&said);
}

/* Who only listens on the wire learns the key as the panel does. */
static void overheard(void)
{
	static const char event[] = "\n0101002F\"SIA-DCS\"0001R0001L0001[#001234|NBA1]\r";
	struct outcome o = { 0 };
	struct buf said = { 0 }, in = { 0 }, ours = { 0 };
	proto = protocol_find(SPAN("osborne-hoffman"));
	struct session *receiver = begin(&said), *t = begin(&ours);
	ok(proto->conversation->overheard(t, span_sub(buf_view(&said), 0, 23)) == 0, "a key that is cut is none");
	ok(proto->conversation->overheard(t, buf_view(&said)) == 24, "the key that a receiver gives");
	ok(proto->conversation->overheard(t, buf_view(&said)) == 0, "and gives once");
	put_sealed(&in, receiver, span_str(event));
	feed(&o, t, buf_view(&in));
	ok(o.frames == 1 && o.list.n == 1 && o.damage.n == 0, "opens what its panel sends");
	session_free(receiver);
	session_free(t);
	outcome_free(&o);
	buf_free(&said);
	buf_free(&in);
	buf_free(&ours);
}

/* What is left of a message whose end never comes can be read. */
static void cut_off(void)
{
	struct buf said = { 0 }, in = { 0 }, reply = { 0 };
	struct span frame;
	proto = protocol_find(SPAN("osborne-hoffman"));
	struct session *t = begin(&said);
	put_sealed(&in, t, SPAN("\n0101002F\"SIA-DCS\"0001R0001L0001[#001234|NBA1]\r"));
	ok(proto->conversation->frame(t, span_sub(buf_view(&in), 0, 40), false, &frame, &reply) == V_MORE, "it waits");
	ok(span_starts(buf_view(&t->whole), SPAN("\n0101002F\"SIA-DCS\"")), "and has read what there is");
	session_free(t);
	buf_free(&in);
	buf_free(&said);
}

/* Whatever comes, every byte is dealt with. */
static void hostile(const char *name)
{
	unsigned seed = 1;
	bool good = true;
	proto = protocol_find(span_str(name));
	for (unsigned round = 0; round < 300; round++) {
		uint8_t bytes[700];
		struct outcome o = { 0 };
		struct buf said = { 0 };
		struct session *t = begin(&said);
		size_t n = 1 + (size_t)rand_r(&seed) % sizeof bytes;
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(round % 3 ? "@F#NA0\n0101SR\0>*"[rand_r(&seed) % 16] : rand_r(&seed));
		good &= talk(&o, t, span_of(bytes, n), 0, 1 + (size_t)rand_r(&seed) % 100);
		session_free(t);
		buf_free(&said);
		outcome_free(&o);
	}
	ok(good, "%s: any bytes are taken", name);
}

/* A mail that never ends is given up, and what there is of it is told. */
static void endless_mail(void)
{
	struct common common = { 0 };
	struct buf said = { 0 };
	struct span frame, in = SPAN("MAIL FROM:<a@b>\r\nRCPT TO:<1002@c>\r\nDATA\r\nSubject: x\r\n");
	proto = protocol_find(SPAN("smtp"));
	struct session *t = session_new(proto, &common, START, &said);
	ok(t->due == CLOCK_NONE, "who has begun no mail has time");
	for (; in.n && proto->conversation->frame(t, in, false, &frame, &said) == V_OK; in = span_from(in, frame.n))
		;
	ok(in.n == 0 && t->due == START + 30 * MINUTE && common.held == 12, "a mail has half an hour");
	ok(!proto->conversation->due(t, &said), "then it is given up");
	struct span left = proto->conversation->left(t);
	ok(memmem(left.p, left.n, "RCPT TO:<1002@c>", 16) && common.held == 0, "what has come of it is there");
	session_free(t);
	buf_free(&said);
}

int main(void)
{
	check_corpus("galaxy");
	check_corpus("osborne-hoffman");
	texts_come_behind();
	echoes();
	keys();
	other_keys();
	overheard();
	cut_off();
	endless_mail();
	hostile("galaxy");
	hostile("osborne-hoffman");
	return done();
}
