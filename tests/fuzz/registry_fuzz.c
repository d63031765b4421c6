/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes through any wire protocol and any event language of the
 * registries: the first byte chooses, so a new one joins by itself.
 *
 * A protocol cuts, reads, opens, explains, answers and tells the events;
 * whatever pieces a connection hands on, the whole frames are the same.
 * What is printed is always a record, and what is explained text for a
 * terminal of 80 columns.  session_fuzz.c has the conversations. */
#include <stdio.h>
#include <stdlib.h>

#include "format/explain.h"
#include "json/record.h"
#include "proto/explain.h"
#include "util/charset.h"

#define FRAMES 256
#define INPUT_MOST 4096
#define TOLD_MOST 8	/* frames of an input that are told and explained: the rest is more of the same */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where whole frames stand in the input. */
struct found {
	unsigned n;
	unsigned answers;	/* of them a host's: a byte that may also be cut off a record */
	struct {
		size_t at, n;
	} frame[FRAMES];
};

static const struct key key = { .bytes = "0123456789abcdef", .n = 16 };
static struct buf opened, out, reply, again;
static struct event_list list;
static enum language language;	/* of what is told for people: by turns */
static unsigned told;
static const char *entry;	/* of the registries, for who reads why it failed */

#define must(holds) ((holds) ? (void)0 : failed(__LINE__, #holds))

static _Noreturn void failed(int line, const char *what)
{
	fprintf(stderr, "%s, line %d: %s\n", entry, line, what);
	abort();
}

/* Of so short an input no record is too long for a line. */
static void print_all(void)
{
	static struct record r;
	const char *why;
	for (unsigned i = 0; i < list.n; i++) {
		struct event *ev = &list.event[i];
		buf_reset(&out);
		buf_reset(&again);
		event_print(&out, ev, list.n);
		must(out.n < RECORD_MOST && record_parse(&r, buf_view(&out), &why) == 0);
		must(record_is(&r, "type", ev->unreadable ? "error" : "event"));
		must(!ev->unreadable || record_bytes(&r, &again) == 0);
	}
}

/* Lines of at most 80 columns, and nothing that a terminal would obey. */
static void check_text(void)
{
	struct span rest = buf_view(&out), line;
	must(out.n && out.n < 16 * RECORD_MOST && out.p[out.n - 1] == '\n' && is_utf8(rest));
	while (span_line(&rest, &line)) {
		must(utf8_width(line) <= 80);
		for (; line.n; line = span_from(line, 1))
			must(control_length(line) == 0);
	}
}

static void explain(const struct protocol *p, struct span frame)
{
	struct context cx = { .now = 1768335243000, .key = &key, .opened = &opened };
	buf_reset(&opened);
	buf_reset(&out);
	protocol_explain(p, frame, &cx, language, &out);
	check_text();
}

static void answers(const struct protocol *p, const struct signal *s, const struct context *cx)
{
	static const enum answer all[] = { A_NONE, A_ACK, A_NAK, A_DUH };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct span frame;
		buf_reset(&reply);
		p->answer(s, cx, all[i], &reply);
		must(reply.n <= 1024 + 2 * s->frame.n && (all[i] != A_NONE || reply.n == 0));
		if (reply.n && span_is(span_str(p->name), "dc09"))	/* both sides speak alike */
			must(p->frame(buf_view(&reply), true, &frame) == V_OK && frame.n == reply.n);
	}
}

static void tell(const struct protocol *p, const struct signal *s, enum language l)
{
	event_list_reset(&list);
	p->events(s, l, &list);
	print_all();
}

static void take(const struct protocol *p, struct span frame, bool whole)
{
	if (told++ >= TOLD_MOST)
		return;
	struct signal s;
	struct context cx = { .now = 1768335243000, .key = &key, .opened = &opened };
	explain(p, frame);
	buf_reset(&opened);
	enum verdict v = p->read(frame, &s);
	must(!whole || v == V_OK || v == V_MALFORMED);
	signal_damage(&s);
	if (v != V_OK) {
		answers(p, &s, &cx);
		return;
	}
	if (s.encrypted)
		p->open(&s, &cx);
	tell(p, &s, LANG_EN);
	must(list.n || s.poll || s.is_answer || !p->one_at_a_time || p->conversation);	/* a record that nobody would hear of */
	unsigned events = list.n;
	tell(p, &s, LANG_FR);
	must(list.n == events);
	if (!s.is_answer)
		answers(p, &s, &cx);
	cx.clear = frame;
	if (s.encrypted && p->content(&s, &cx) == V_OK)	/* any bytes may be in a record */
		tell(p, &s, LANG_EN);
}

static size_t next_piece(unsigned *chance)
{
	*chance = *chance * 1103515245u + 12345u;
	return 1 + (*chance >> 16) % 61;
}

/* Is it more than a text with an end?  What is in front of such a one decides
 * where it begins; and of copies that are glued together, where each does. */
static bool is_proof(const struct protocol *p, struct span frame, struct found *f)
{
	struct signal s;
	struct span alone;
	bool ends_itself = p->frame(frame, false, &alone) == V_OK && alone.n == frame.n;
	enum verdict v = p->read(frame, &s);
	f->answers += v == V_OK && s.is_answer;
	return v == V_OK && ends_itself && !s.is_answer && (!p->one_at_a_time || s.receiver.n || s.account.n || s.poll);
}

/* Pieces of a size that the input decides; as one when it is 0. */
static void cut_all(const struct protocol *p, struct span in, unsigned chance, bool look, struct found *f)
{
	size_t at = 0, come = chance && in.n ? 1 : in.n;
	while (at < in.n) {
		struct span have = span_sub(in, at, come - at), piece;
		bool end = come == in.n;
		if (have.n == 0) {	/* nobody asks about nothing */
			come = at + next_piece(&chance);
			come = come < in.n ? come : in.n;
			continue;
		}
		enum verdict v = p->frame(have, false, &piece);
		must(piece.n <= have.n && (v == V_MORE || piece.n) && !(v == V_MORE && have.n - piece.n >= p->most + 16));
		if (v == V_MORE && piece.n == 0) {
			if (!end) {
				come += next_piece(&chance);
				come = come < in.n ? come : in.n;
				continue;
			}
			v = p->frame(have, true, &piece);
			must(v != V_MORE && piece.n && piece.n <= have.n);
		}
		if (v == V_OK && f->n < FRAMES && is_proof(p, piece, f)) {
			f->frame[f->n].at = at;
			f->frame[f->n++].n = piece.n;
		}
		if (look && v != V_MORE)
			take(p, piece, v == V_OK);
		at += piece.n;
	}
}

static const uint8_t *end_of(struct span in, const struct found *f, unsigned i)
{
	struct span frame = span_sub(in, f->frame[i].at, f->frame[i].n);
	while (frame.n && strchr("\r\n", frame.p[frame.n - 1]))	/* or NUL */
		frame.n--;
	return frame.p + frame.n;
}

/* No cut hides a frame; where fill is dropped is not asked. */
static bool all_in(struct span in, const struct found *a, const struct found *b)
{
	unsigned i = 0;
	for (unsigned k = 0; k < b->n; k++)
		i += i < a->n && end_of(in, a, i) == end_of(in, b, k);
	return i == a->n;
}

/* What looks like the next frame inside one that is long in coming ends it,
 * and what looks like fill in front of one, or NULs behind, may be either's. */
static bool any_ambiguous(struct span in, const struct found *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		struct span frame = span_sub(in, f->frame[i].at, f->frame[i].n);
		if (span_find(span_from(frame, 1), '\n') >= 0 || span_find(frame, '\0') >= 0 || (frame.p[0] <= ' ' && frame.p[0] != '\n'))
			return true;
	}
	return false;
}

static void protocol(const struct protocol *p, struct span in)
{
	static struct found whole, pieces;
	unsigned chance = 1;
	for (size_t i = 0; i < in.n; i++)
		chance = chance * 31 + in.p[i];
	told = whole.n = pieces.n = whole.answers = pieces.answers = 0;
	cut_all(p, in, 0, true, &whole);
	cut_all(p, in, chance | 1, false, &pieces);
	if (!p->conversation && whole.n < FRAMES && pieces.n < FRAMES && (p->one_at_a_time || !any_ambiguous(in, &whole)))
		must(all_in(in, &whole, &pieces) || whole.answers != pieces.answers);
	if (p->neighbour)
		p->neighbour(in);
}

static void format(const struct format *f, struct span in)
{
	event_list_reset(&list);
	enum verdict v = f->decode(in, language, &list);
	must((v == V_OK) == (list.n > 0));
	print_all();
	buf_reset(&out);
	format_explain(f, in, language, &out);
	check_text();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_protocols = 0, n_formats = 0;
	while (protocols[n_protocols])
		n_protocols++;
	while (formats[n_formats])
		n_formats++;
	if (size == 0 || size > INPUT_MOST)
		return 0;
	unsigned choice = data[0] % (n_protocols + n_formats);
	struct span in = span_of(data + 1, size - 1);
	language = language == LANG_EN ? LANG_FR : LANG_EN;
	entry = choice < n_protocols ? protocols[choice]->name : formats[choice - n_protocols]->name;
	if (choice < n_protocols)
		protocol(protocols[choice], in);
	else
		format(formats[choice - n_protocols], in);
	return 0;
}
